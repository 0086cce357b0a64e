-- Households of an assignment with where they go, for a file.
-- Parameters: %(assignment)s; %(prefix)s code of an area with a trailing percent sign; %(left_over)s
--   true: those without a place alone; %(most)s rows.
-- Index: assignment_households_pkey, households_pkey, shelters_pkey.
SELECT p.household, h.area, a.name AS area_name, h.head_name, h.address, h.telephone, p.persons,
    p.shelter, s.name AS shelter_name, p.distance_m, p.reason, p.reason_numbers,
    ST_AsBinary(h.geom) AS wkb
FROM assignment_households AS p
JOIN households AS h ON h.id = p.household
LEFT JOIN shelters AS s ON s.id = p.shelter
LEFT JOIN admin_areas AS a ON a.code = h.area
WHERE p.assignment = %(assignment)s AND coalesce(h.area, '') LIKE %(prefix)s
    AND (p.shelter IS NULL OR NOT %(left_over)s)
ORDER BY p.household
LIMIT %(most)s
