-- The divisions of a level inside an area, with the figures that stand for each, as one JSON array
-- by code: text is read far faster than thousands of rows.
-- Parameters: event, within (code prefix), level, digits (length of its codes), geometry (whether to
-- add GeoJSON). Divisions without any figure come too: figures is then null.
-- Index: admin_areas_level, standing_areas_level.
SELECT coalesce(json_agg(row_to_json(x) ORDER BY x.area), '[]')::text AS areas
FROM (
    SELECT a.code AS area, a.name, a.population, a.agricultural_population,
        s.figures, s.differing_sums, s.as_of, s.stage_rank, s.reports,
        CASE WHEN %(geometry)s::boolean
            THEN ST_AsGeoJSON(ST_ForcePolygonCCW(a.geom), 6, 0)::json END AS geometry
    FROM admin_areas AS a
    LEFT JOIN standing_areas AS s
        ON s.event = %(event)s AND length(s.area) = %(digits)s AND s.area = a.code
    WHERE a.level = %(level)s AND a.code LIKE %(within)s || '%%'
) AS x
