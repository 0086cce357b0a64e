-- What a tile is asked of: the event, and a mark that differs whenever rows of these tables have
-- changed. The event is the one asked for, else the demo's, else the newest open one that is no
-- exercise; null where there is none.
-- Parameters: event, tables (array of names).
-- Index: layer_changes_pkey; events are few.
SELECT e.id, e.release, v.version
FROM (
    SELECT concat_ws('.', coalesce(sum(changes), 0), extract(epoch FROM max(changed_at))) AS version
    FROM layer_changes
    WHERE layer = ANY(%(tables)s)
) AS v
LEFT JOIN LATERAL (
    SELECT id, release FROM events
    WHERE CASE WHEN %(event)s::text IS NULL THEN demo OR (state <> 'closed' AND NOT exercise)
        ELSE id = %(event)s::text END
    ORDER BY demo DESC, occurred_at DESC, id
    LIMIT 1
) AS e ON true
