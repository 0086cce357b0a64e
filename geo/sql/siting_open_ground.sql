-- Open ground in an area, as candidates for sites.
-- Parameters: %(area)s code of the area; %(prefix)s the same with a trailing percent sign;
--   %(within)s an outline (WKB in EPSG:4490) that the ground touches, NULL for all;
--   %(most)s rows at most.
-- Index: open_ground_area (text_pattern_ops) for the prefix; open_ground_geom for ground whose
--   division is not known and that is found by the area's outline, and for `within`.
SELECT g.id, g.name, g.slope_percent, ST_AsBinary(g.geom) AS wkb
FROM open_ground AS g
WHERE (
    g.area LIKE %(prefix)s
    OR (g.area IS NULL AND g.geom && (SELECT a.geom FROM admin_areas AS a WHERE a.code = %(area)s)
        AND ST_Intersects(g.geom, (SELECT a.geom FROM admin_areas AS a WHERE a.code = %(area)s))))
    AND (%(within)s::bytea IS NULL
        OR ST_Intersects(g.geom, ST_GeomFromWKB(%(within)s::bytea, 4490)))
ORDER BY g.id
LIMIT %(most)s
