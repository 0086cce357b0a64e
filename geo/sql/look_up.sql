-- What requests ask first, answered at once for all that wait: who asks, which event is meant, and
-- how often and when rows of each table were last changed. An event is the one asked for, else the
-- demo's, else the newest open one that is no exercise.
-- Parameters: digests (in hex as bytea is written, with commas), events (a JSON array; null is none
-- named): texts, which the driver passes on as they are, where it would write arrays one by one.
-- Index: tokens_secret_sha256_key, events_pkey, releases_event; layer_changes has 16 rows a table.
SELECT
    (
        SELECT json_agg(t) FROM (
            SELECT encode(t.secret_sha256, 'hex') AS digest, t.id, t.kind, t.label, t.role,
                t.admin_area, t.authority, t.department
            FROM tokens AS t LEFT JOIN tokens AS parent ON parent.id = t.parent
            WHERE t.secret_sha256 = ANY(string_to_array(%(digests)s, ',')::bytea[])
                AND t.revoked_at IS NULL AND parent.revoked_at IS NULL
                AND (t.expires_at IS NULL OR t.expires_at > now())
        ) AS t
    ) AS tokens,
    (
        SELECT json_agg(e) FROM (
            SELECT asked.id AS asked, e.*
            FROM json_array_elements_text(%(events)s::json) AS asked (id), LATERAL (
                SELECT id, release, (
                    SELECT known_at FROM releases WHERE event = events.id
                    ORDER BY released_at DESC LIMIT 1
                ) AS released
                FROM events
                WHERE CASE WHEN asked.id IS NULL THEN demo OR (state <> 'closed' AND NOT exercise)
                    ELSE id = asked.id END
                ORDER BY demo DESC, occurred_at DESC, id
                LIMIT 1
            ) AS e
        ) AS e
    ) AS events,
    (
        SELECT json_object_agg(layer, json_build_array(changes, changed_at)) FROM (
            SELECT layer, sum(changes) AS changes,
                (extract(epoch FROM max(changed_at)) * 1000000)::bigint AS changed_at
            FROM layer_changes GROUP BY layer
        ) AS c
    ) AS changes
