-- The entries that one took the place of, the newest first.
-- Parameters: event, id.
-- Index: casualty_persons_pkey.
WITH RECURSIVE earlier AS (
    SELECT supersedes, 1 AS step FROM casualty_persons WHERE event = %(event)s AND id = %(id)s
    UNION ALL
    SELECT p.supersedes, e.step + 1
    FROM earlier AS e JOIN casualty_persons AS p ON p.id = e.supersedes AND p.event = %(event)s
)
SELECT p.id, p.area, p.status, p.name, p.sex, p.age, p.id_number, p.place, p.as_of, p.source,
    p.recorded_at
FROM earlier AS e JOIN casualty_persons AS p ON p.id = e.supersedes AND p.event = %(event)s
ORDER BY e.step
