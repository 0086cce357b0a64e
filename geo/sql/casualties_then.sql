-- The divisions of a level inside an area, with the figures that counted then, as one JSON array by
-- code. Names and populations are those known then, outlines those of today.
-- Parameters: event, within (code prefix), level, digits (length of its codes), as_of, known_at,
-- geometry (whether to add GeoJSON). Divisions without any figure come too: figures is then null.
-- Index: loss_figures_newest (through area_figures), admin_areas_level.
WITH counted AS (
    SELECT area,
        jsonb_object_agg(indicator, trim_scale(value)) AS figures,
        jsonb_object_agg(indicator, trim_scale(children_sum)) FILTER (
            WHERE stated AND children_sum <> value
        ) AS differing_sums,
        max(as_of) AS as_of,
        min(stage_rank) AS stage_rank,
        array_agg(DISTINCT report) FILTER (WHERE report IS NOT NULL) AS reports
    FROM area_figures(%(event)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz)
    WHERE length(area) = %(digits)s
    GROUP BY area
)
SELECT coalesce(json_agg(row_to_json(x) ORDER BY x.area), '[]')::text AS areas
FROM (
    SELECT a.code AS area, coalesce(was.name, a.name) AS name,
        CASE WHEN was.code IS NULL THEN a.population ELSE was.population END AS population,
        CASE WHEN was.code IS NULL THEN a.agricultural_population
            ELSE was.agricultural_population END AS agricultural_population,
        c.figures, c.differing_sums, c.as_of, c.stage_rank, c.reports,
        CASE WHEN %(geometry)s::boolean
            THEN ST_AsGeoJSON(ST_ForcePolygonCCW(a.geom), 6, 0)::json END AS geometry
    FROM admin_areas AS a
    LEFT JOIN former_divisions(%(known_at)s::timestamptz) AS was ON was.code = a.code
    LEFT JOIN counted AS c ON c.area = a.code
    WHERE a.level = %(level)s AND a.code LIKE %(within)s || '%%'
) AS x
