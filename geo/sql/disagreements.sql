-- Areas and indicators for which the newest figures of two sources with one as-of time differ.
-- Parameters: event, as_of, known_at. Index: loss_figures_newest, loss_reports_pkey.
WITH newest AS (
    SELECT DISTINCT ON (f.area, f.indicator, r.source)
        f.area, f.indicator, r.source, f.value, f.as_of, f.report
    FROM loss_figures AS f
    JOIN loss_reports AS r ON r.id = f.report
    WHERE f.event = %(event)s
        AND f.as_of <= coalesce(%(as_of)s::timestamptz, 'infinity')
        AND f.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
        AND (f.superseded_at IS NULL OR f.superseded_at > %(known_at)s::timestamptz)
    ORDER BY f.area, f.indicator, r.source, f.as_of DESC, f.stage_rank DESC, f.recorded_at DESC
)
SELECT area, indicator,
    json_agg(json_build_object('source', source, 'value', value, 'as_of', as_of,
        'report', report) ORDER BY as_of DESC, source) AS claims
FROM newest
GROUP BY area, indicator
HAVING count(*) > 1 AND min(value) <> max(value) AND min(as_of) = max(as_of)
ORDER BY area, indicator
