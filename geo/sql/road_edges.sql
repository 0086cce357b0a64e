-- The whole graph of the roads, one row an edge.
-- Index: road_edges_pkey, for the order; all rows are read.
SELECT road, start_node, end_node, length_m, oneway, vehicle_kmh, walking_kmh,
    ST_AsBinary(geom) AS line
FROM road_edges
ORDER BY id
