-- Persons in an event's register by status; entries that were judged to be one person count once, with
-- the status of the newest of them.
-- Parameters: event, within (code prefix). Index: casualty_persons_event, person_verdicts_pair.
WITH RECURSIVE entries AS MATERIALIZED (
    SELECT id, status, as_of, recorded_at FROM casualty_persons
    WHERE event = %(event)s AND area LIKE %(within)s || '%%' AND superseded_at IS NULL
),
verdicts AS MATERIALIZED (
    SELECT DISTINCT ON (v.first, v.second) v.first, v.second, v.same
    FROM person_verdicts AS v
    ORDER BY v.first, v.second, v.decided_at DESC
),
edges AS (
    SELECT first AS a, second AS b FROM verdicts WHERE same
    UNION ALL SELECT second, first FROM verdicts WHERE same
),
one_person AS (
    SELECT id AS root, id FROM entries
    UNION
    SELECT p.root, e.b FROM one_person AS p JOIN edges AS e ON e.a = p.id
        JOIN entries AS known ON known.id = e.b
),
newest AS (
    SELECT DISTINCT ON (person) person, e.status
    FROM (SELECT id, min(root) AS person FROM one_person GROUP BY id) AS p
    JOIN entries AS e USING (id)
    ORDER BY person, e.as_of DESC, e.recorded_at DESC
)
SELECT status, count(*)::integer AS persons FROM newest GROUP BY status ORDER BY status
