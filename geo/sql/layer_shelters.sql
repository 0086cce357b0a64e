-- Shelters (避难场所) with the places that are still free.
-- Index: shelters_geom, shelters_pkey.
SELECT id, name, area, level, kind, state, capacity, occupancy,
    greatest(capacity - occupancy, 0) AS free, ground_area_m2, service_radius_m, facilities,
    position_error_m, synthetic, source, updated_at, geom
FROM shelters
