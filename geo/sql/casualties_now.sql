-- The divisions of a level inside an area, with the figures that stand for each (object by code).
-- Parameters: event, within (code prefix), digits (length of the codes), geometry (whether to add
-- GeoJSON). Divisions without any figure come too: figures is then {}.
-- Index: standing_areas_pkey, admin_areas_prefix.
SELECT a.code AS area, a.name, a.population, a.agricultural_population,
    coalesce(s.figures, '{}') AS figures, s.differing_sums, s.as_of, s.stage_rank, s.reports,
    CASE WHEN %(geometry)s::boolean THEN ST_AsGeoJSON(a.geom, 6)::json END AS geometry
FROM admin_areas AS a
LEFT JOIN standing_areas AS s ON s.event = %(event)s AND s.area = a.code
WHERE a.code LIKE %(within)s || '%%' AND length(a.code) = %(digits)s
ORDER BY a.code
