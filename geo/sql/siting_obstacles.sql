-- Everything that sites keep away from near a place: of each layer asked for, the features whose
-- box meets the given one.
-- Parameters: %(layers)s text[]; %(west)s, %(south)s, %(east)s, %(north)s degrees of EPSG:4490,
--   already widened by the reach in metres.
-- Index: the GiST index on geom of each layer; the envelope is a constant, the column untouched.
WITH box AS MATERIALIZED (
    SELECT ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490) AS geom
)
SELECT 'faults' AS layer, f.id, f.slip_type AS kind, NULL AS grade, f.position_error_m,
    ST_AsBinary(f.geom) AS wkb
FROM faults AS f, box WHERE 'faults' = ANY (%(layers)s) AND f.geom && box.geom
UNION ALL
SELECT 'hazard_points', h.id, h.kind, h.grade, h.position_error_m, ST_AsBinary(h.geom)
FROM hazard_points AS h, box
WHERE 'hazard_points' = ANY (%(layers)s) AND h.state = 'open' AND h.geom && box.geom
UNION ALL
SELECT 'risk_zones', r.id, r.kind, r.grade, r.position_error_m, ST_AsBinary(r.geom)
FROM risk_zones AS r, box WHERE 'risk_zones' = ANY (%(layers)s) AND r.geom && box.geom
UNION ALL
SELECT 'flood_areas', w.id, NULL, NULL, w.position_error_m, ST_AsBinary(w.geom)
FROM flood_areas AS w, box WHERE 'flood_areas' = ANY (%(layers)s) AND w.geom && box.geom
UNION ALL
SELECT 'roads', d.id, d.class, NULL, d.position_error_m, ST_AsBinary(d.geom)
FROM roads AS d, box WHERE 'roads' = ANY (%(layers)s) AND d.geom && box.geom
ORDER BY layer, id
