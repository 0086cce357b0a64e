-- Active faults (活动断层).
-- Index: faults_geom, faults_pkey.
SELECT id, name, slip_type, activity, catalogue, position_error_m, synthetic, source, updated_at,
    geom
FROM faults
