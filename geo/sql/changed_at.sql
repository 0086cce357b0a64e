-- When rows of each of these tables were last changed; a table that never was has no row.
-- Parameters: tables (array of names).
-- Index: layer_changes_pkey.
SELECT layer AS name, max(changed_at) AS changed_at
FROM layer_changes
WHERE layer = ANY(%(tables)s)
GROUP BY layer
