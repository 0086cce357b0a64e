-- The finest division whose outline covers a place; on a border the one whose code sorts first.
-- Parameters: lon, lat. Index: admin_areas_geom.
SELECT code, name, population FROM admin_areas
WHERE ST_Intersects(geom, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490))
ORDER BY length(code) DESC, code LIMIT 1
