-- The counties inside an area, by code, as arrays: far quicker to read than thousands of rows.
-- Each of `aggregates` is `array_agg((figures -> 'code')::bigint)`, null where it was not reported.
-- Parameters: event, within (code prefix).
-- Index: admin_areas_level, standing_areas_level.
SELECT array_agg(code), array_agg(population), array_agg(agricultural_population), {aggregates}
FROM (
    SELECT a.code, a.population, a.agricultural_population, s.figures
    FROM admin_areas AS a
    LEFT JOIN standing_areas AS s
        ON s.event = %(event)s AND length(s.area) = 6 AND s.area = a.code
    WHERE a.level = 'county' AND a.code LIKE %(within)s || '%%'
    ORDER BY a.code
) AS county
