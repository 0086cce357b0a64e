-- Roads whose box meets a box of degrees.
-- Parameters: %(west)s, %(south)s, %(east)s, %(north)s.
-- Index: roads_geom.
SELECT id, ST_AsBinary(geom) AS line
FROM roads
WHERE geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)
ORDER BY id
