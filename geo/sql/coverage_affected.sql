-- Where the people live whose house is recorded as collapsed or severely damaged in an event.
-- Parameters: %(event)s; %(prefix)s code of the area with a trailing percent sign.
-- Index: the primary key of house_damage (event first), households by id.
SELECT h.area AS code, ST_X(h.geom) AS lon, ST_Y(h.geom) AS lat, h.persons AS people
FROM house_damage AS d
JOIN households AS h ON h.id = d.household
WHERE d.event = %(event)s
    AND d.grade IN ('collapsed', 'severe')
    AND h.area LIKE %(prefix)s
    AND h.persons > 0
ORDER BY h.id
