-- The closures of an event that hold at a time.
-- Parameters: %(event)s; %(at)s instant, null for now.
-- Index: road_closures_event.
SELECT id, direction, roads, ST_AsBinary(geom) AS stretches
FROM road_closures
WHERE event = %(event)s
    AND lifted_at IS NULL
    AND from_at <= coalesce(%(at)s::timestamptz, now())
    AND (until_at IS NULL OR until_at > coalesce(%(at)s::timestamptz, now()))
ORDER BY id
