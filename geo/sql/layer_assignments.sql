-- From each house to its shelter: of the assignment asked for, else of the newest of the event.
-- Personal data: only households whose division matches detail_like.
-- Made by the time of both clocks.
-- Parameters: event, assignment, detail_like, as_of, known_at.
-- Index: assignments_event, assignment_households_pkey, households_pkey, shelters_pkey.
SELECT p.household AS id, p.household, p.shelter, s.name AS shelter_name, p.persons, p.distance_m,
    p.assignment, e.demo AS synthetic, 'assignment' AS source, ST_MakeLine(h.geom, s.geom) AS geom
FROM assignment_households AS p
JOIN assignments AS a ON a.id = p.assignment
JOIN events AS e ON e.id = a.event
JOIN households AS h ON h.id = p.household
JOIN shelters AS s ON s.id = p.shelter
WHERE coalesce(h.area, '') LIKE %(detail_like)s
    AND p.assignment = coalesce(%(assignment)s, (
        SELECT id FROM assignments
        WHERE event = %(event)s AND created_at <= coalesce(
            least(%(as_of)s::timestamptz, %(known_at)s::timestamptz), 'infinity')
        ORDER BY created_at DESC, id LIMIT 1
    ))
    AND a.created_at <= coalesce(
        least(%(as_of)s::timestamptz, %(known_at)s::timestamptz), 'infinity')
