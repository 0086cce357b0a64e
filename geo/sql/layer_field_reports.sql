-- Reports from the field (现场上报) as points: only those inside detail_like, observed by as_of and
-- received by known_at.
-- Parameters: event, detail_like, as_of, known_at.
-- Index: field_reports_geom, field_reports_event, photos_pkey.
SELECT r.id::text AS id, r.kind, r.state, r.area, r.observed_at, r.received_at, r.accuracy_m,
    r.figures, r.text, r.flags, r.event, e.demo AS synthetic, 'field report' AS source, r.geom,
    (SELECT count(*) FROM photos AS p WHERE p.report = r.id
        AND p.received_at <= coalesce(%(known_at)s::timestamptz, 'infinity')) AS photos
FROM field_reports AS r
JOIN events AS e ON e.id = r.event
WHERE r.event = %(event)s AND coalesce(r.area, '') LIKE %(detail_like)s
    AND r.observed_at <= coalesce(%(as_of)s::timestamptz, 'infinity')
    AND r.received_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
