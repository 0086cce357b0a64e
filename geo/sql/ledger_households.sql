-- One row a person of every household that is listed for an event: its home was damaged, or somebody
-- filled in its ledger. A household whose persons are not on file is one row with its head.
-- `entries` is an object of item/department, `casualty` what the register says of that ID number.
-- Parameters: event, within (code prefix), as_of, known_at, groups (key groups; null: everybody).
-- Index: house_damage_pkey, relief_ledger_newest, households_pkey, persons_household,
-- casualty_persons_event.
WITH damage AS (
    SELECT household, grade, rooms FROM house_damage
    WHERE event = %(event)s
        AND recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
),
newest AS (
    SELECT DISTINCT ON (household, item, department) household, item, department, content
    FROM relief_ledger
    WHERE event = %(event)s
        AND recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
        AND as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
    ORDER BY household, item, department, as_of DESC, recorded_at DESC, id DESC
),
entries AS (
    SELECT household, jsonb_object_agg(item || '/' || department, content) AS entries
    FROM newest GROUP BY household
),
listed AS (SELECT household FROM damage UNION SELECT household FROM entries),
registered AS (
    SELECT DISTINCT ON (id_number) id_number, status FROM casualty_persons
    WHERE event = %(event)s AND id_number IS NOT NULL
        AND recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
        AND as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
        AND (superseded_at IS NULL OR superseded_at > %(known_at)s::timestamptz)
    ORDER BY id_number, as_of DESC, recorded_at DESC
)
SELECT h.id AS household, h.area, county.name AS county, township.name AS township,
    coalesce(p.name, CASE WHEN p.id IS NULL THEN h.head_name END) AS name, p.sex, p.birth_year,
    p.id_number, h.address, coalesce(p.key_groups, h.key_groups) AS key_groups,
    d.grade, d.rooms, c.status AS casualty, coalesce(e.entries, '{}') AS entries
FROM listed AS l
JOIN households AS h ON h.id = l.household
LEFT JOIN persons AS p ON p.household = h.id
LEFT JOIN damage AS d ON d.household = h.id
LEFT JOIN entries AS e ON e.household = h.id
LEFT JOIN registered AS c ON c.id_number = p.id_number
LEFT JOIN admin_areas AS county ON county.code = left(h.area, 6) AND length(h.area) >= 6
LEFT JOIN admin_areas AS township ON township.code = left(h.area, 9) AND length(h.area) >= 9
WHERE coalesce(h.area, '') LIKE %(within)s || '%%'
    AND (%(groups)s::text[] IS NULL OR coalesce(p.key_groups, h.key_groups) && %(groups)s)
ORDER BY h.area, h.id, p.id
