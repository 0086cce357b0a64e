-- The reports whose figures make up the totals of an area: a figure counts for every division above it
-- up to the first that states its own. Nothing where more than `most` figures are stated.
-- Parameters: event, within (code of the area), indicators, now (whether it is about now), as_of,
-- known_at, most.
-- Index: standing_figures_stated for now, loss_figures_newest for a past moment.
WITH stated AS MATERIALIZED (
    SELECT * FROM (
        SELECT area, indicator, own_value AS value, report
        FROM standing_figures
        WHERE %(now)s::boolean AND event = %(event)s AND own_value IS NOT NULL
        UNION ALL
        SELECT area, indicator, value, report
        FROM newest_figures(%(event)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz)
        WHERE NOT %(now)s::boolean
    ) AS figures
    WHERE area LIKE %(within)s || '%%' AND indicator = ANY (%(indicators)s)
    LIMIT %(most)s + 1
),
listed AS MATERIALIZED (
    SELECT * FROM stated WHERE (SELECT count(*) FROM stated) <= %(most)s
),
outspoken AS (
    SELECT DISTINCT s.area, s.indicator
    FROM listed AS s
    CROSS JOIN (VALUES (0), (2), (4), (6), (9)) AS level (digits)
    JOIN listed AS above
        ON above.indicator = s.indicator AND above.area = left(s.area, level.digits)
    WHERE level.digits < length(s.area)
)
SELECT s.indicator, s.area, s.value, s.report
FROM listed AS s
LEFT JOIN outspoken AS o USING (area, indicator)
WHERE o.area IS NULL
ORDER BY s.indicator, s.area
