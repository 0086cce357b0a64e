-- Closures of an event, the newest first, lifted ones included.
-- Parameters: %(event)s; null for "any": %(id)s one closure, %(at)s those that hold at that time.
-- Index: road_closures_event, road_closures_pkey.
SELECT id, event, place AS location, direction, roads, ST_AsGeoJSON(geom, 7)::jsonb AS stretches,
    round(ST_Length(geom::geography)::numeric, 1)::double precision AS length_m,
    from_at AS "from", until_at AS "until", reason, by_whom AS by, field_report, recorded_at,
    lifted_at, lifted_by, lifted_reason
FROM road_closures
WHERE event = %(event)s
    AND (%(id)s::text IS NULL OR id = %(id)s)
    AND (%(at)s::timestamptz IS NULL OR (lifted_at IS NULL AND from_at <= %(at)s
        AND (until_at IS NULL OR until_at > %(at)s)))
ORDER BY recorded_at DESC, id
