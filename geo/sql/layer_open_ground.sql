-- Open ground (开阔地), where settlements could stand.
-- Index: open_ground_geom, open_ground_pkey.
SELECT id, name, area, kind, ground_area_m2, slope_percent,
    position_error_m, synthetic, source, updated_at, geom
FROM open_ground
