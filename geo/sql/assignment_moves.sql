-- Households whose place differs between two plans, by id. Kinds: moved, placed (left over before),
-- left_over (now), new (not in the plan before), gone (not in the plan after).
-- Personal data: only households of the area asked for.
-- Parameters: %(before)s, %(after)s plans; %(prefix)s code of the area with a percent sign;
--   %(household)s the id that the page follows; %(limit)s.
-- Index: assignment_households_pkey, households_pkey.
SELECT coalesce(a.household, b.household) AS household, coalesce(a.persons, b.persons) AS persons,
    b.shelter AS "from", a.shelter AS "to", b.distance_m AS from_distance_m,
    a.distance_m AS to_distance_m,
    CASE
        WHEN b.household IS NULL THEN 'new'
        WHEN a.household IS NULL THEN 'gone'
        WHEN b.shelter IS NULL THEN 'placed'
        WHEN a.shelter IS NULL THEN 'left_over'
        ELSE 'moved'
    END AS kind
FROM (
    SELECT * FROM assignment_households
    WHERE assignment = %(before)s AND household > %(household)s
) AS b
FULL JOIN (
    SELECT * FROM assignment_households
    WHERE assignment = %(after)s AND household > %(household)s
) AS a USING (household)
JOIN households AS h ON h.id = coalesce(a.household, b.household)
WHERE h.area LIKE %(prefix)s
    AND (a.shelter IS DISTINCT FROM b.shelter OR a.household IS NULL OR b.household IS NULL)
ORDER BY coalesce(a.household, b.household)
LIMIT %(limit)s
