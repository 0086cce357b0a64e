-- Villages and communities (村、社区) at their seats.
-- Index: admin_areas_seat.
SELECT code AS id, code, name, parent, kind, population, households, seat_synthetic, synthetic,
    source, seat AS geom
FROM admin_areas
WHERE level = 'village'
