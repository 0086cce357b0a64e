-- Teams with their newest position, by id; age_s is how old it is at `now`; what they were sent to.
-- With `inside`, a division's code, the teams of the divisions around it come too.
-- Parameters: id, area_like, inside, event (null leaves a condition out), now.
-- Index: teams_pkey, team_positions_pkey.
SELECT t.id, t.name, t.kind, t.area, a.name AS area_name, t.people, t.skills, t.contact,
    t.telephone, t.state, t.event, t.synthetic, t.source, t.updated_at,
    ST_X(t.geom) AS home_lon, ST_Y(t.geom) AS home_lat,
    ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.accuracy_m, p.at,
    greatest(0, extract(epoch FROM %(now)s::timestamptz - p.at))::float8 AS age_s,
    t.task, t.task_report::text AS task_report, t.task_at,
    ST_X(t.task_geom) AS task_lon, ST_Y(t.task_geom) AS task_lat
FROM teams AS t
LEFT JOIN admin_areas AS a ON a.code = t.area
LEFT JOIN LATERAL (
    SELECT at, geom, accuracy_m FROM team_positions WHERE team = t.id ORDER BY at DESC LIMIT 1
) AS p ON true
WHERE (%(id)s::text IS NULL OR t.id = %(id)s)
    AND (%(area_like)s::text IS NULL OR coalesce(t.area, '') LIKE %(area_like)s
        OR starts_with(%(inside)s::text, t.area))
    AND (%(event)s::text IS NULL OR t.event = %(event)s)
ORDER BY t.id
