-- The same for layers without a code: what is there now meets outlines, but none inside %(within)s.
-- Identifiers: table. Relies on its primary key and on admin_areas_geom.
SELECT i.row_number FROM import_rows AS i JOIN {table} AS t USING (id)
WHERE (
    SELECT NOT bool_or(starts_with(a.code, %(within)s)) FROM admin_areas AS a
    WHERE a.geom && t.geom AND ST_Intersects(a.geom, t.geom)
)
