-- Reports from the field, the newest received first, each with what is known of its sender.
-- Those of divisions that match area_like (a report outside every division counts as the event's),
-- or only those of the token `own` and its sessions; null leaves a condition out.
-- Parameters: event, id, area_like, own, states, kinds, since, lon, lat, radius_m, after, rows.
-- Index: field_reports_event, field_reports_pkey for one, field_reports_geom for a place.
SELECT r.id::text AS id, r.event, r.kind, r.state, r.area, a.name AS area_name, r.observed_at,
    r.received_at, ST_X(r.geom) AS lon, ST_Y(r.geom) AS lat, r.accuracy_m, r.text, r.figures,
    r.details, r.stated, r.flags, r.via, r.duplicate_of::text AS duplicate_of,
    coalesce(t.parent, t.id) AS reporter, t.label AS reporter_label,
    CASE WHEN %(lon)s::float8 IS NOT NULL THEN round(ST_Distance(r.geom::geography,
        ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)::geography)::numeric, 1)::float8
    END AS distance_m
FROM field_reports AS r
JOIN events AS e ON e.id = r.event
LEFT JOIN admin_areas AS a ON a.code = r.area
LEFT JOIN tokens AS t ON t.id = r.token
WHERE r.event = %(event)s
    AND (%(id)s::uuid IS NULL OR r.id = %(id)s::uuid)
    AND (%(area_like)s::text IS NULL OR coalesce(r.area, e.area) LIKE %(area_like)s)
    AND (%(own)s::bigint IS NULL OR coalesce(t.parent, t.id)
        = (SELECT coalesce(me.parent, me.id) FROM tokens AS me WHERE me.id = %(own)s))
    AND (%(states)s::text[] IS NULL OR r.state = ANY (%(states)s))
    AND (%(kinds)s::text[] IS NULL OR r.kind = ANY (%(kinds)s))
    AND (%(since)s::timestamptz IS NULL OR r.received_at >= %(since)s)
    AND (%(lon)s::float8 IS NULL OR (
        r.geom && ST_Buffer(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)::geography,
            %(radius_m)s * 1.01)::geometry
        AND ST_DWithin(r.geom::geography,
            ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)::geography, %(radius_m)s)))
    AND (%(after)s::uuid IS NULL OR (r.received_at, r.id) <
        (SELECT l.received_at, l.id FROM field_reports AS l WHERE l.id = %(after)s::uuid))
ORDER BY r.received_at DESC, r.id DESC LIMIT %(rows)s
