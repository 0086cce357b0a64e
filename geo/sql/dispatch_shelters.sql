-- Shelters that are not closed, with the people to supply: those of an assignment where one is
-- named and knows the shelter, else those who sleep there now.
-- Parameters: %(prefix)s code of the area with a trailing percent sign; %(assignment)s or null;
--   %(ids)s text[] of shelters, null for any.
-- Index: shelters_area, assignment_shelters_pkey.
SELECT s.id, s.name, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat,
    coalesce(a.occupancy + a.assigned_people, s.occupancy) AS people
FROM shelters AS s
LEFT JOIN assignment_shelters AS a ON a.assignment = %(assignment)s AND a.shelter = s.id
WHERE s.area LIKE %(prefix)s
    AND s.state <> 'closed'
    AND coalesce(a.occupancy + a.assigned_people, s.occupancy) > 0
    AND (%(ids)s::text[] IS NULL OR s.id = ANY (%(ids)s))
ORDER BY s.id
