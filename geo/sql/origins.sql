-- The reports whose figures make up the totals of an area: a figure counts for every division above it
-- up to the first that states its own.
-- Parameters: event, within (code of the area), now (whether it is about now), as_of, known_at.
-- Index: standing_figures_pkey for now, loss_figures_newest for a past moment.
WITH stated AS MATERIALIZED (
    SELECT area, indicator, own_value AS value, report
    FROM standing_figures
    WHERE %(now)s::boolean AND event = %(event)s AND own_value IS NOT NULL
    UNION ALL
    SELECT area, indicator, value, report
    FROM newest_figures(%(event)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz)
    WHERE NOT %(now)s::boolean
)
SELECT s.indicator, s.area, s.value, s.report
FROM stated AS s
WHERE s.area LIKE %(within)s || '%%'
    AND NOT EXISTS (
        SELECT FROM stated AS above
        WHERE above.indicator = s.indicator
            AND above.area IN (left(s.area, 2), left(s.area, 4), left(s.area, 6), left(s.area, 9))
            AND length(above.area) < length(s.area)
            AND length(above.area) >= length(%(within)s)
    )
ORDER BY s.indicator, s.area
