-- Counties (县级行政区) with their outlines.
-- Index: admin_areas_geom.
SELECT code AS id, code, name, parent, kind, population, households, agricultural_population,
    population_year, synthetic, source, geom, far_geom
FROM admin_areas
WHERE level = 'county'
