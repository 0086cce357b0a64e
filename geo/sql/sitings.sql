-- The sitings of an event in short, the newest first.
-- Parameters: %(event)s.
-- Index: jobs_event.
SELECT j.id, j.state, j.created_at, j.finished_at, j.parameters ->> 'admin_area' AS area,
    j.parameters ->> 'purpose' AS purpose, j.parameters ->> 'objective' AS objective,
    jsonb_array_length(j.result -> 'features') AS chosen,
    (j.result ->> 'objective_value')::double precision AS objective_value,
    (j.result ->> 'bound')::double precision AS bound
FROM jobs AS j
WHERE j.kind = 'siting' AND j.event = %(event)s
ORDER BY j.created_at DESC, j.id
