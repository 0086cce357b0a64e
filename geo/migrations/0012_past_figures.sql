-- The figures of every division at a past moment, level by level from villages to the nation: each
-- has its own figure or the sum of its children, so that no figure is looked at more than twice.

DO $$
DECLARE
    -- %1: the level, %2: digits of its codes, %3: the level below.
    step CONSTANT text := '
    %1$s AS (
        SELECT area, indicator, coalesce(n.value, s.total) AS value, n.value IS NOT NULL AS stated,
            s.total AS children_sum, coalesce(s.children, 0) AS children,
            coalesce(n.as_of, s.as_of) AS as_of, coalesce(n.stage_rank, s.stage_rank) AS stage_rank,
            n.report
        FROM (SELECT * FROM newest WHERE length(area) = %2$s) AS n
        FULL JOIN (
            SELECT left(c.area, %2$s) AS area, c.indicator, sum(c.value) AS total,
                count(*)::integer AS children, max(c.as_of) AS as_of,
                min(c.stage_rank) AS stage_rank
            FROM %3$s AS c
            GROUP BY 1, 2
        ) AS s USING (area, indicator)
    )';
BEGIN
    EXECUTE '
CREATE OR REPLACE FUNCTION area_figures(
    of_event text, true_at timestamptz, recorded_by timestamptz
)
RETURNS TABLE (area text, indicator text, value numeric, stated boolean, children_sum numeric,
    children integer, as_of timestamptz, stage_rank smallint, report text)
LANGUAGE sql STABLE AS $body$
    WITH newest AS MATERIALIZED (SELECT * FROM newest_figures(of_event, true_at, recorded_by)),
    village AS (
        SELECT area, indicator, value, true AS stated, NULL::numeric AS children_sum,
            0 AS children, as_of, stage_rank, report
        FROM newest WHERE length(area) = 12
    ),' || concat_ws(',',
        format(step, 'township', 9, 'village'),
        format(step, 'county', 6, 'township'),
        format(step, 'prefecture', 4, 'county'),
        format(step, 'province', 2, 'prefecture'),
        format(step, 'nation', 0, 'province')
    ) || '
    SELECT * FROM village UNION ALL SELECT * FROM township UNION ALL SELECT * FROM county
    UNION ALL SELECT * FROM prefecture UNION ALL SELECT * FROM province
    UNION ALL SELECT * FROM nation
$body$';
END $$;
