-- Teams (救援队伍、灾害信息员) where they last said that they are, else at home: only those of
-- divisions that match detail_like, and none when that is null. Who to call stays in the register.
-- Parameters: detail_like.
-- Index: teams_pkey, team_positions_pkey.
SELECT t.id, t.name, t.kind, t.state, t.area, t.people, t.skills, t.event,
    p.at AS positioned_at, p.accuracy_m, p.at IS NOT NULL AS located, t.position_error_m,
    t.synthetic, t.source, t.updated_at, coalesce(p.geom, t.geom) AS geom
FROM teams AS t
LEFT JOIN LATERAL (
    SELECT at, geom, accuracy_m FROM team_positions WHERE team = t.id ORDER BY at DESC LIMIT 1
) AS p ON true
WHERE %(detail_like)s = '%%' OR t.area LIKE %(detail_like)s
