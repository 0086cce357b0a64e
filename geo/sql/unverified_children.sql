-- The children of a division whose newest standing report is not verified or final, by code.
-- Parameters: event, area. Index: admin_areas_parent, loss_reports_event.
SELECT a.code, a.name
FROM admin_areas AS a
LEFT JOIN LATERAL (
    SELECT r.stage
    FROM loss_reports AS r
    WHERE r.event = %(event)s AND r.area = a.code AND r.superseded_at IS NULL
    ORDER BY r.as_of DESC, r.recorded_at DESC
    LIMIT 1
) AS last ON true
WHERE a.parent = %(area)s AND coalesce(last.stage, '') NOT IN ('verified', 'final')
ORDER BY a.code
