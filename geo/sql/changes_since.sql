-- What transactions did that a reader has not had yet, in the order (xid, seq) after the rest of the
-- one that it has had in part, beside the snapshot that this was read in; one row with nulls where
-- they did nothing. A transaction that has ended is told even while an older one still runs.
-- Parameters: had, the snapshot of what the reader has had; xid and seq, the transaction of which it
-- has had a part, up to that row (0, 0 for none); upto, a snapshot not to read beyond (null: now);
-- event, whose changes and those of no event are wanted (null: all).
-- Index: changes_pkey.
SELECT pg_current_snapshot()::text AS snapshot, c.xid, c.seq, c.event, c.layer, c.op, c.id, c.area
FROM (SELECT) AS always
LEFT JOIN (
    SELECT xid, seq, event, layer, op, id, area FROM changes
    WHERE xid >= pg_snapshot_xmin(%(had)s::pg_snapshot)::text::bigint
        AND NOT pg_visible_in_snapshot(xid::text::xid8, %(had)s::pg_snapshot)
        AND (%(upto)s::pg_snapshot IS NULL
            OR pg_visible_in_snapshot(xid::text::xid8, %(upto)s::pg_snapshot))
        AND NOT (xid = %(xid)s AND seq <= %(seq)s)
        AND (%(event)s::text IS NULL OR event IS NULL OR event = %(event)s)
) AS c ON true
ORDER BY c.xid IS DISTINCT FROM %(xid)s, c.xid, c.seq
