-- The outline of an area: its own, else those of the divisions right below it, where every one of
-- them has one; no row where it isn't known.
-- Parameters: %(area)s code of the area.
-- Index: the primary key of admin_areas, admin_areas_parent for the divisions below.
SELECT ST_AsBinary(a.geom) AS wkb
FROM admin_areas AS a
WHERE a.code = %(area)s AND a.geom IS NOT NULL
UNION ALL
SELECT ST_AsBinary(below.geom)
FROM admin_areas AS below
WHERE below.parent = %(area)s
    AND EXISTS (SELECT FROM admin_areas AS a WHERE a.code = %(area)s AND a.geom IS NULL)
    AND NOT EXISTS (
        SELECT FROM admin_areas AS other
        WHERE other.parent = %(area)s AND other.geom IS NULL)
