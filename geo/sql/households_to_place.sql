-- Households to be placed: those that an event left without a home, or those a planner names.
-- Parameters: %(event)s; %(prefix)s code of the area with a trailing percent sign; and, null for
--   "any": %(damage)s grades, %(ids)s, %(areas)s prefixes likewise, %(groups)s key groups.
-- Index: the primary key of house_damage (event first) and of households, households_area.
SELECT h.id, h.area, h.persons, h.key_groups, ST_X(h.geom) AS lon, ST_Y(h.geom) AS lat
FROM households AS h
LEFT JOIN house_damage AS d ON d.event = %(event)s AND d.household = h.id
WHERE h.area LIKE %(prefix)s
    AND (%(damage)s::text[] IS NULL OR d.grade = ANY (%(damage)s))
    AND (%(ids)s::text[] IS NULL OR h.id = ANY (%(ids)s))
    AND (%(areas)s::text[] IS NULL OR h.area LIKE ANY (%(areas)s))
    AND (%(groups)s::text[] IS NULL OR h.key_groups && %(groups)s)
ORDER BY h.id
