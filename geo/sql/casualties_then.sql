-- The divisions of a level inside an area, with the figures that counted then (object by code).
-- Parameters: event, within (code prefix), digits (length of the codes), as_of, known_at, geometry
-- (whether to add GeoJSON). Divisions without any figure come too: figures is then {}. Names and
-- populations are those known then, outlines those of today.
-- Index: loss_figures_newest (through area_figures), admin_areas_prefix.
WITH figures AS (
    SELECT area,
        jsonb_object_agg(indicator, value) AS figures,
        jsonb_object_agg(indicator, children_sum) FILTER (
            WHERE stated AND children_sum <> value
        ) AS differing_sums,
        max(as_of) AS as_of,
        min(stage_rank) AS stage_rank,
        array_agg(DISTINCT report) FILTER (WHERE report IS NOT NULL) AS reports
    FROM area_figures(%(event)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz)
    WHERE length(area) = %(digits)s
    GROUP BY area
)
SELECT a.code AS area, coalesce(was.name, a.name) AS name,
    CASE WHEN was.code IS NULL THEN a.population ELSE was.population END AS population,
    CASE WHEN was.code IS NULL THEN a.agricultural_population
        ELSE was.agricultural_population END AS agricultural_population,
    coalesce(f.figures, '{}') AS figures, f.differing_sums, f.as_of, f.stage_rank, f.reports,
    CASE WHEN %(geometry)s::boolean THEN ST_AsGeoJSON(a.geom, 6)::json END AS geometry
FROM admin_areas AS a
LEFT JOIN former_divisions(%(known_at)s::timestamptz) AS was ON was.code = a.code
LEFT JOIN figures AS f ON f.area = a.code
WHERE a.code LIKE %(within)s || '%%' AND length(a.code) = %(digits)s
ORDER BY a.code
