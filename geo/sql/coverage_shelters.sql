-- Open shelters in and around an area: its neighbours' count for those who live near them.
-- Parameters: %(west)s, %(south)s, %(east)s, %(north)s degrees of EPSG:4490, already widened.
-- Index: shelters_geom.
SELECT s.id, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat, s.service_radius_m
FROM shelters AS s
WHERE s.state = 'open'
    AND s.geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)
ORDER BY s.id
