-- The newest verdict on each pair of entries of an event's register.
-- Parameters: event. Index: person_verdicts_pair.
SELECT DISTINCT ON (v.first, v.second) v.first, v.second, v.same, v.reason, v.by_whom, v.decided_at
FROM person_verdicts AS v
JOIN casualty_persons AS p ON p.id = v.first
WHERE p.event = %(event)s
ORDER BY v.first, v.second, v.decided_at DESC
