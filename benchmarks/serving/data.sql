-- A prefecture of 60 townships and %(households)s households, the same at every run: most of the
-- homes lie round 2,000 villages of unequal size, the rest anywhere. 112.9-114.1 E, 37.6-38.5 N.
-- Parameters: households. The last statement copies them for servers that want EPSG:4326.
SELECT setseed(0.7);
INSERT INTO admin_areas (code, level, parent, name, population, source, geom)
SELECT '14', 'province', NULL, '省', NULL::integer, 'benchmark', NULL::geometry
UNION ALL SELECT '1403', 'prefecture', '14', '市', NULL, 'benchmark', NULL
UNION ALL SELECT '1403' || to_char(20 + c, 'FM00'), 'county', '1403', '县' || c, 500000, 'benchmark',
    ST_Multi(ST_MakeEnvelope(112.9, 37.6 + 0.15 * c, 114.1, 37.75 + 0.15 * c, 4490))
FROM generate_series(0, 5) AS c
UNION ALL SELECT '1403' || to_char(20 + c, 'FM00') || to_char(100 + t, 'FM000'), 'township',
    '1403' || to_char(20 + c, 'FM00'), '镇' || c || t, 50000, 'benchmark',
    ST_Multi(ST_MakeEnvelope(112.9 + 0.12 * t, 37.6 + 0.15 * c, 113.02 + 0.12 * t,
        37.75 + 0.15 * c, 4490))
FROM generate_series(0, 5) AS c, generate_series(0, 9) AS t;
INSERT INTO events (id, hazard, name, occurred_at, plan, area, demo)
VALUES ('quake', 'earthquake', '地震', '2026-09-15Z', 'yangquan-2026', '1403', true);
CREATE TEMP TABLE village AS
SELECT v, 112.92 + 1.16 * random() AS x, 37.62 + 0.86 * random() AS y,
    0.001 + 0.007 * random() ^ 2 AS spread
FROM generate_series(1, 2000) AS v;
CREATE TEMP TABLE home AS
SELECT n, floor(2000 * random() ^ 1.6)::integer + 1 AS v, random() < 0.85 AS near,
    sqrt(-2 * ln(1 - random())) AS far, 2 * pi() * random() AS turn, random() AS a, random() AS b
FROM generate_series(1, %(households)s) AS n;
ANALYZE village, home;
INSERT INTO households (id, area, head_name, address, telephone, persons, key_groups, geom,
    synthetic, source, updated_at)
SELECT to_char(n, 'FM00000000'),
    '1403' || to_char(20 + least(floor((y - 37.6) / 0.15), 5), 'FM00')
        || to_char(100 + least(floor((x - 112.9) / 0.12), 9), 'FM000'),
    '户主' || n %% 100000, v || ' 号', '1390000' || to_char(n %% 10000, 'FM0000'),
    1 + floor(7 * a * a)::integer,
    CASE WHEN n %% 5 = 0 THEN '{elderly}'::text[] ELSE '{}' END,
    ST_SetSRID(ST_Point(x, y), 4490), true, 'benchmark',
    timestamptz '2026-07-20Z' + floor(864000 * b) * interval '1 second'
FROM (
    SELECT n, h.v, a, b,
        least(greatest(CASE WHEN near THEN g.x + spread * far * cos(turn)
            ELSE 112.92 + 1.16 * a END, 112.9), 114.1) AS x,
        least(greatest(CASE WHEN near THEN g.y + spread * far * sin(turn) * 0.8
            ELSE 37.62 + 0.86 * b END, 37.6), 38.5) AS y
    FROM home AS h JOIN village AS g USING (v)
) AS placed ORDER BY n;
INSERT INTO house_damage (event, household, grade, source)
SELECT 'quake', id, (ARRAY['collapsed', 'severe', 'slight'])[1 + persons %% 3], 'benchmark'
FROM households WHERE id::bigint %% 20 = 0;
CREATE SCHEMA peer;
CREATE TABLE peer.households AS
SELECT id, area, head_name, address, telephone, persons, key_groups, position_error_m, synthetic,
    source, updated_at, ST_SetSRID(geom, 4326) AS geom
FROM households ORDER BY id;
ALTER TABLE peer.households ADD PRIMARY KEY (id);
CREATE INDEX ON peer.households USING gist (geom);
