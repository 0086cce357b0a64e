-- Townships (乡镇、街道) with their outlines.
-- Index: admin_areas_geom.
SELECT code AS id, code, name, parent, kind, population, households, agricultural_population,
    population_year, seat_synthetic, synthetic, source, geom, far_geom
FROM admin_areas
WHERE level = 'township'
