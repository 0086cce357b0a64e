-- Roads that an event has cut and why, where detail_like is given. Without as_of those that
-- are open again too, with it those that held then; only what had been recorded by known_at.
-- Parameters: event, detail_like, as_of, known_at.
-- Index: road_closures_event, roads_pkey.
SELECT c.id, n.name, CASE WHEN l.at IS NULL OR %(as_of)s::timestamptz IS NOT NULL THEN 'closed'
        ELSE 'lifted' END AS state,
    c.direction, c.roads, c.reason, c.from_at AS since, c.until_at AS until, c.recorded_at, c.event,
    e.demo AS synthetic, c.geom,
    CASE WHEN c.field_report IS NULL THEN 'planning desk' ELSE 'field report' END AS source
FROM road_closures AS c
JOIN events AS e ON e.id = c.event
CROSS JOIN LATERAL (
    SELECT string_agg(DISTINCT r.name, '、' ORDER BY r.name) AS name
    FROM roads AS r WHERE r.id = ANY (c.roads)
) AS n
LEFT JOIN LATERAL (
    SELECT c.lifted_at AS at WHERE c.lifted_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
) AS l ON true
WHERE c.event = %(event)s AND %(detail_like)s::text IS NOT NULL
    AND c.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
    AND (%(as_of)s::timestamptz IS NULL OR (c.from_at <= %(as_of)s
        AND coalesce(c.until_at, 'infinity') > %(as_of)s
        AND coalesce(l.at, 'infinity') > %(as_of)s))
