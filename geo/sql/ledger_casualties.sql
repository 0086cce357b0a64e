-- The dead, missing and injured as persons: entries that were judged to be one person are one row,
-- each field as the newest of them states it. Who was found unharmed is not among them.
-- Parameters: event, within (code prefix), as_of, known_at.
-- Index: casualty_persons_event, person_verdicts_pair.
WITH RECURSIVE entries AS MATERIALIZED (
    SELECT * FROM casualty_persons
    WHERE event = %(event)s AND area LIKE %(within)s || '%%'
        AND recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
        AND as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
        AND (superseded_at IS NULL OR superseded_at > %(known_at)s::timestamptz)
),
verdicts AS MATERIALIZED (
    SELECT DISTINCT ON (first, second) first, second, same
    FROM person_verdicts
    WHERE first IN (SELECT id FROM entries)
        AND decided_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
    ORDER BY first, second, decided_at DESC
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
grouped AS (SELECT id, min(root) AS person FROM one_person GROUP BY id),
persons AS (
    SELECT g.person,
        (array_agg(e.area ORDER BY e.as_of DESC, e.recorded_at DESC))[1] AS area,
        (array_agg(e.status ORDER BY e.as_of DESC, e.recorded_at DESC))[1] AS casualty,
        (array_agg(e.name ORDER BY e.as_of DESC, e.recorded_at DESC)
            FILTER (WHERE e.name IS NOT NULL))[1] AS name,
        (array_agg(e.sex ORDER BY e.as_of DESC, e.recorded_at DESC)
            FILTER (WHERE e.sex IS NOT NULL))[1] AS sex,
        (array_agg(e.age ORDER BY e.as_of DESC, e.recorded_at DESC)
            FILTER (WHERE e.age IS NOT NULL))[1] AS age,
        (array_agg(e.id_number ORDER BY e.as_of DESC, e.recorded_at DESC)
            FILTER (WHERE e.id_number IS NOT NULL))[1] AS id_number,
        (array_agg(e.place ORDER BY e.as_of DESC, e.recorded_at DESC)
            FILTER (WHERE e.place IS NOT NULL))[1] AS address,
        max(e.as_of) AS as_of,
        string_agg(DISTINCT e.source, '、') AS sources
    FROM grouped AS g JOIN entries AS e USING (id)
    GROUP BY g.person
)
SELECT p.*, county.name AS county, township.name AS township
FROM persons AS p
LEFT JOIN admin_areas AS county ON county.code = left(p.area, 6) AND length(p.area) >= 6
LEFT JOIN admin_areas AS township ON township.code = left(p.area, 9) AND length(p.area) >= 9
WHERE p.casualty <> 'found'
ORDER BY array_position(ARRAY['dead', 'missing', 'seriously_injured', 'injured'], p.casualty),
    p.area, p.person
