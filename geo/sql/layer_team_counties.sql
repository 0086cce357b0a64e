-- How many teams a county has, at its seat or middle, and nothing of where they are now. Divisions
-- that match detail_like are left out; when it is null all are counted.
-- Parameters: detail_like.
-- Index: admin_areas_pkey.
SELECT c.code AS id, c.name, n.teams, n.people, n.synthetic, 'register of teams' AS source,
    coalesce(c.seat, ST_PointOnSurface(c.geom)) AS geom
FROM (
    SELECT left(area, 6) AS county, count(*) AS teams, sum(people) AS people,
        bool_or(synthetic) AS synthetic
    FROM teams
    WHERE state <> 'off_duty' AND (%(detail_like)s::text IS NULL OR area NOT LIKE %(detail_like)s)
    GROUP BY 1
) AS n
JOIN admin_areas AS c ON c.code = n.county AND coalesce(c.seat, c.geom) IS NOT NULL
