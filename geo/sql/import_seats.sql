-- A seat for each imported division that has an outline and none: a place inside, marked as made up.
-- Relies on the primary key of admin_areas.
UPDATE admin_areas AS a SET seat = ST_PointOnSurface(a.geom), seat_synthetic = true
FROM import_rows AS i
WHERE a.code = i.code AND a.seat IS NULL AND a.geom IS NOT NULL
