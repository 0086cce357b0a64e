-- Figures on which another source's last word differs from the one that counts, until settled. A word
-- of the area's own bureau disagrees only with one of the same hour.
-- Parameters: event, now (whether it is about now), as_of, known_at.
-- Index: for now standing_figures_disputed; loss_figures_newest, loss_reports_pkey.
WITH figures AS (
    SELECT f.*
    FROM standing_figures AS s
    JOIN loss_figures AS f USING (event, area, indicator)
    WHERE %(now)s::boolean AND s.event = %(event)s AND s.disputed AND f.superseded_at IS NULL
    UNION ALL
    SELECT f.*
    FROM loss_figures AS f
    WHERE NOT %(now)s::boolean AND f.event = %(event)s
        AND f.as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
        AND f.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
        AND (f.superseded_at IS NULL OR f.superseded_at > %(known_at)s::timestamptz)
),
stated AS MATERIALIZED (
    SELECT f.area, f.indicator, r.source, f.value, f.as_of, f.stage_rank, f.recorded_at, f.own,
        f.report, r.settles
    FROM figures AS f
    JOIN loss_reports AS r ON r.id = f.report
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
