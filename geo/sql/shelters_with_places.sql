-- Open shelters with free places, and those of a kept plan that are not closed.
-- Parameters: %(prefix)s code of the area with a trailing percent sign; %(kept)s ids; and, null for
--   "any": %(ids)s, %(areas)s prefixes likewise, %(levels)s, %(kinds)s.
-- Index: shelters_area.
SELECT s.id, s.name, s.state, s.capacity, s.occupancy, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat
FROM shelters AS s
WHERE s.area LIKE %(prefix)s
    AND (
        (s.state = 'open' AND s.capacity > s.occupancy)
        OR (s.state <> 'closed' AND s.id = ANY (%(kept)s))
    )
    AND (%(ids)s::text[] IS NULL OR s.id = ANY (%(ids)s))
    AND (%(areas)s::text[] IS NULL OR s.area LIKE ANY (%(areas)s))
    AND (%(levels)s::text[] IS NULL OR s.level = ANY (%(levels)s))
    AND (%(kinds)s::text[] IS NULL OR s.kind = ANY (%(kinds)s))
ORDER BY s.id
