-- Where people live by the census, each with its division: the finest that state a population.
-- Parameters: %(prefix)s code of the area with a trailing percent sign.
-- Index: admin_areas_prefix for the area, admin_areas_parent for the divisions below.
SELECT a.code, ST_X(p.place) AS lon, ST_Y(p.place) AS lat, a.population AS people
FROM admin_areas AS a,
    LATERAL (SELECT coalesce(a.seat, ST_PointOnSurface(a.geom)) AS place) AS p
WHERE a.code LIKE %(prefix)s
    AND a.population > 0
    AND p.place IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM admin_areas AS below
        WHERE below.parent = a.code AND below.population > 0
            AND coalesce(below.seat, below.geom) IS NOT NULL)
ORDER BY a.code
