-- Shelters inside an area with their free places, as GeoJSON, by id.
-- Parameters: within (code prefix).
-- Index: shelters_area.
SELECT name, state, capacity, greatest(capacity - occupancy, 0) AS free,
    ST_AsGeoJSON(geom, 5)::json AS geometry
FROM shelters
WHERE area LIKE %(within)s || '%%'
ORDER BY id
