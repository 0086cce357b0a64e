-- Open shelters of an area with the places that are free, as sites that stand already.
-- Parameters: %(prefix)s code of the area with a trailing percent sign; %(ids)s text[] of those
--   asked for, null for all.
-- Index: shelters_area (text_pattern_ops) for the prefix.
SELECT s.id, s.name, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat,
    greatest(s.capacity - s.occupancy, 0) AS places
FROM shelters AS s
WHERE s.state = 'open'
    AND s.area LIKE %(prefix)s
    AND (%(ids)s::text[] IS NULL OR s.id = ANY (%(ids)s::text[]))
ORDER BY s.id
