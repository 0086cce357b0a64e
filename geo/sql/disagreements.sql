-- Figures on which another source's last word differs from the one that counts, until settled. A word
-- of the area's own bureau disagrees only with one of the same hour. Only figures beside which
-- another one stands at all are looked at.
-- Parameters: event, now (whether it is about now), as_of, known_at.
-- Index: for now standing_figures_disputed; loss_figures_newest, loss_reports_pkey.
WITH pairs AS MATERIALIZED (
    SELECT area, indicator FROM standing_figures
    WHERE %(now)s::boolean AND event = %(event)s AND disputed
    UNION
    SELECT c.area, c.indicator
    FROM newest_figures(%(event)s, %(as_of)s::timestamptz, %(known_at)s::timestamptz) AS c
    JOIN loss_figures AS o
        ON o.event = %(event)s AND o.area = c.area AND o.indicator = c.indicator
    WHERE NOT %(now)s::boolean AND o.value <> c.value AND (NOT o.own OR o.as_of = c.as_of)
),
stated AS MATERIALIZED (
    SELECT f.area, f.indicator, r.source, f.value, f.as_of, f.stage_rank, f.recorded_at, f.own,
        f.report, r.settles
    FROM pairs AS p
    JOIN loss_figures AS f
        ON f.event = %(event)s AND f.area = p.area AND f.indicator = p.indicator
    JOIN loss_reports AS r ON r.id = f.report
    WHERE f.as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
        AND f.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
        AND (f.superseded_at IS NULL OR f.superseded_at > %(known_at)s::timestamptz)
),
counted AS (
    SELECT DISTINCT ON (area, indicator) *
    FROM stated
    ORDER BY area, indicator, own DESC, as_of DESC, stage_rank DESC, recorded_at DESC, report
),
last_word AS (
    SELECT DISTINCT ON (area, indicator, source) *
    FROM stated
    ORDER BY area, indicator, source, own DESC, as_of DESC, stage_rank DESC, recorded_at DESC, report
)
SELECT w.area, w.indicator,
    json_build_object('source', c.source, 'value', c.value, 'as_of', c.as_of, 'report', c.report)
        AS counted,
    json_build_object('source', w.source, 'value', w.value, 'as_of', w.as_of, 'report', w.report)
        AS other,
    w.value - c.value AS difference
FROM last_word AS w
JOIN counted AS c USING (area, indicator)
WHERE w.value <> c.value
    AND (w.as_of = c.as_of OR NOT w.own)
    AND NOT EXISTS (
        SELECT FROM stated AS settled
        WHERE settled.area = w.area AND settled.indicator = w.indicator
            AND w.report = ANY (settled.settles)
    )
ORDER BY w.area, w.indicator, w.source
