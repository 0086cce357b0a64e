-- Roads (道路).
-- Index: roads_geom, roads_pkey.
SELECT id, name, class, oneway, vehicle_kmh, walking_kmh, position_error_m, synthetic, source,
    updated_at, geom
FROM roads
