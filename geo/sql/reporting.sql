-- The counties inside an area with the times of their reports of an event, and the last report.
-- Parameters: event, within (code prefix), now (what was recorded later is not seen), as_of (what
-- was true only later is not seen either), known_at (names are those known then).
-- Index: loss_reports_event, admin_areas_prefix.
SELECT a.code, coalesce(was.name, a.name) AS name, coalesce(r.recorded, '{}') AS recorded, r.last
FROM admin_areas AS a
LEFT JOIN former_divisions(%(known_at)s::timestamptz) AS was ON was.code = a.code
LEFT JOIN LATERAL (
    SELECT array_agg(recorded_at ORDER BY recorded_at) AS recorded,
        (array_agg(json_build_object('id', id, 'stage', stage, 'as_of', as_of, 'recorded_at',
            recorded_at, 'no_change', no_change) ORDER BY as_of DESC, recorded_at DESC))[1] AS last
    FROM loss_reports
    WHERE event = %(event)s AND area = a.code AND recorded_at <= %(now)s
        AND as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
) AS r ON true
WHERE a.code LIKE %(within)s || '%%' AND length(a.code) = 6
ORDER BY a.code
