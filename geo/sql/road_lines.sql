-- Every road with its line, as the graph is built from them.
-- Index: none, all rows are read; the order makes the graph the same each time.
SELECT id, class, oneway, vehicle_kmh, walking_kmh, ST_AsBinary(geom) AS line
FROM roads
ORDER BY id
