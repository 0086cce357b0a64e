-- Where a division is: its seat, else a point inside its outline, else those of the finest division
-- above it that has one. Parameters: code. Index: admin_areas_pkey.
SELECT ST_X(place) AS lon, ST_Y(place) AS lat, population
FROM (
    SELECT coalesce(a.seat, ST_PointOnSurface(a.geom)) AS place, a.code,
        (SELECT own.population FROM admin_areas AS own WHERE own.code = %(code)s) AS population
    FROM admin_areas AS a
    WHERE a.code IN (left(%(code)s, 12), left(%(code)s, 9), left(%(code)s, 6), left(%(code)s, 4))
) AS known
WHERE place IS NOT NULL AND EXISTS (SELECT FROM admin_areas AS own WHERE own.code = %(code)s)
ORDER BY length(code) DESC LIMIT 1
