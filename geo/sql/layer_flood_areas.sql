-- Ground that floods (洪水淹没区) by return period.
-- Index: flood_areas_geom, flood_areas_pkey.
SELECT id, name, return_period_years, position_error_m, synthetic, source, updated_at, geom
FROM flood_areas
