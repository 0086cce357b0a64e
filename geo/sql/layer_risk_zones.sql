-- Graded risk zones (风险区划).
-- Index: risk_zones_geom, risk_zones_pkey.
SELECT id, name, kind, grade, position_error_m, synthetic, source, updated_at, geom
FROM risk_zones
