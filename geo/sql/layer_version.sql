-- A mark that differs whenever rows of these tables have changed.
-- Parameters: tables (array of names).
-- Index: layer_changes_pkey.
SELECT concat_ws('.', coalesce(sum(changes), 0), extract(epoch FROM max(changed_at))) AS version
FROM layer_changes
WHERE layer = ANY(%(tables)s)
