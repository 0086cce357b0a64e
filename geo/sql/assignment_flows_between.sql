-- How many households and people go from each shelter of one plan to each of another, those who
-- stay included. Kinds: stays, moved, placed (left over before), left_over (now), still_left_over,
-- new (not in the plan before), gone (not in the plan after).
-- Parameters: %(before)s, %(after)s plans; %(prefix)s code of the area with a percent sign.
-- Index: assignment_households_pkey, households_pkey.
SELECT f."from", f."to", f.kind, count(*) AS households, sum(f.persons)::bigint AS persons
FROM (
    SELECT b.shelter AS "from", a.shelter AS "to", coalesce(a.persons, b.persons) AS persons,
        CASE
            WHEN b.household IS NULL THEN 'new'
            WHEN a.household IS NULL THEN 'gone'
            WHEN a.shelter IS NULL AND b.shelter IS NULL THEN 'still_left_over'
            WHEN b.shelter IS NULL THEN 'placed'
            WHEN a.shelter IS NULL THEN 'left_over'
            WHEN a.shelter = b.shelter THEN 'stays'
            ELSE 'moved'
        END AS kind
    FROM (SELECT * FROM assignment_households WHERE assignment = %(before)s) AS b
    FULL JOIN (SELECT * FROM assignment_households WHERE assignment = %(after)s) AS a
        USING (household)
    JOIN households AS h ON h.id = coalesce(a.household, b.household)
    WHERE h.area LIKE %(prefix)s
) AS f
GROUP BY f."from", f."to", f.kind
ORDER BY persons DESC, f."from", f."to"
