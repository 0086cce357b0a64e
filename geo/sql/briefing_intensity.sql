-- Ground by seismic intensity (地震烈度) as GeoJSON, the weakest first.
-- Parameters: event.
-- Index: intensity_zones_pkey.
SELECT intensity, ST_AsGeoJSON(geom, 4)::json AS geometry
FROM intensity_zones
WHERE event = %(event)s
ORDER BY intensity
