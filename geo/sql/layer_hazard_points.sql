-- Hazard points (灾害隐患点): places that can hurt.
-- Index: hazard_points_geom, hazard_points_pkey.
SELECT id, name, area, kind, grade, state, threatened_people, position_error_m, synthetic, source,
    updated_at, geom
FROM hazard_points
