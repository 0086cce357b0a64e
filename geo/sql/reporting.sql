-- The counties inside an area with the times of their reports of an event, and the last report.
-- Parameters: event, within (code prefix), now (what was recorded later is not seen).
-- Index: loss_reports_event, admin_areas_prefix.
SELECT a.code, a.name, coalesce(r.recorded, '{}') AS recorded, r.last
FROM admin_areas AS a
LEFT JOIN LATERAL (
    SELECT array_agg(recorded_at ORDER BY recorded_at) AS recorded,
        (array_agg(json_build_object('id', id, 'stage', stage, 'as_of', as_of, 'recorded_at',
            recorded_at, 'no_change', no_change) ORDER BY as_of DESC, recorded_at DESC))[1] AS last
    FROM loss_reports
    WHERE event = %(event)s AND area = a.code AND recorded_at <= %(now)s
) AS r ON true
WHERE a.code LIKE %(within)s || '%%' AND length(a.code) = 6
ORDER BY a.code
