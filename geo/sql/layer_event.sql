-- The event whose layers are shown unless another is asked for: the demo's, else the newest open
-- one that is no exercise.
-- Index: none; events are few.
SELECT id, release FROM events
WHERE demo OR (state <> 'closed' AND NOT exercise)
ORDER BY demo DESC, occurred_at DESC, id
LIMIT 1
