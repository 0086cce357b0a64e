-- The closures in force of an event that rest on a report (`own`) or lie within radius_m of a place.
-- Parameters: event, report, lon, lat, radius_m.
-- Index: road_closures_event.
SELECT c.id, c.roads, c.reason, c.by_whom AS by, c.from_at AS "from",
    c.field_report::text AS field_report, coalesce(c.field_report = %(report)s::uuid, false) AS own
FROM road_closures AS c
WHERE c.event = %(event)s AND c.lifted_at IS NULL
    AND coalesce(c.until_at, 'infinity') > clock_timestamp()
    AND (c.field_report = %(report)s::uuid
        OR ST_DWithin(c.geom::geography,
            ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490)::geography, %(radius_m)s))
ORDER BY c.recorded_at, c.id
