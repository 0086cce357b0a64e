-- Open depots of an area, as sites that stand already; a depot has no places for people.
-- Parameters: %(prefix)s code of the area with a trailing percent sign; %(ids)s text[] of those
--   asked for, null for all.
-- Index: depots_area (text_pattern_ops) for the prefix.
SELECT d.id, d.name, ST_X(d.geom) AS lon, ST_Y(d.geom) AS lat, 0 AS places
FROM depots AS d
WHERE d.state = 'open'
    AND d.area LIKE %(prefix)s
    AND (%(ids)s::text[] IS NULL OR d.id = ANY (%(ids)s::text[]))
ORDER BY d.id
