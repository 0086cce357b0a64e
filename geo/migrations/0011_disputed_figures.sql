-- Reads of a large event stay quick: past figures come from one index in the order in which they
-- count, divisions of a level lie together, and only disputed figures are looked at for disputes.

DROP INDEX loss_figures_newest;
CREATE INDEX loss_figures_newest ON loss_figures
    (event, area, indicator, own DESC, as_of DESC, stage_rank DESC, recorded_at DESC, report)
    INCLUDE (value, superseded_at);

CREATE INDEX admin_areas_level ON admin_areas (level, code);
CREATE INDEX standing_areas_level ON standing_areas (event, length(area), area);

ALTER TABLE standing_figures ADD COLUMN disputed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN standing_figures.disputed IS
    'Whether another figure stands beside its own: of another source, or of the same hour';
CREATE INDEX standing_figures_disputed ON standing_figures (event, area, indicator) WHERE disputed;

CREATE INDEX standing_figures_stated ON standing_figures (event, indicator, area)
    INCLUDE (own_value, report) WHERE own_value IS NOT NULL;

CREATE OR REPLACE FUNCTION restand(of_event text, of_areas text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted text[] := of_areas;
    level_digits integer;
    here text[];
BEGIN
    -- One writer an event: sums of children must see what the neighbour has just committed.
    PERFORM pg_advisory_xact_lock(hashtextextended(of_event, 4490));
    FOREACH level_digits IN ARRAY ARRAY[12, 9, 6, 4, 2, 0] LOOP
        SELECT array_agg(DISTINCT code) INTO here
        FROM unnest(wanted) AS code WHERE length(code) = level_digits;
        CONTINUE WHEN here IS NULL;
        wanted := wanted || ARRAY(SELECT DISTINCT parent_code(code) FROM unnest(here) AS code
            WHERE parent_code(code) IS NOT NULL);
        DELETE FROM standing_figures WHERE event = of_event AND area = ANY (here);
        INSERT INTO standing_figures (event, area, indicator, own_value, children_sum, children,
            as_of, stage_rank, report, disputed)
        SELECT of_event, area, indicator, n.value, s.total, coalesce(s.n, 0),
            coalesce(n.as_of, s.as_of), coalesce(n.stage_rank, s.stage_rank), n.report,
            EXISTS (
                SELECT FROM loss_figures AS o
                WHERE o.event = of_event AND o.area = n.area AND o.indicator = n.indicator
                    AND o.superseded_at IS NULL AND o.value <> n.value
                    AND (NOT o.own OR o.as_of = n.as_of)
            )
        FROM (
            SELECT DISTINCT ON (f.area, f.indicator) f.area, f.indicator, f.value, f.as_of,
                f.stage_rank, f.report
            FROM loss_figures AS f
            WHERE f.event = of_event AND f.area = ANY (here) AND f.superseded_at IS NULL
            ORDER BY f.area, f.indicator, f.own DESC, f.as_of DESC, f.stage_rank DESC,
                f.recorded_at DESC, f.report
        ) AS n
        FULL JOIN (
            SELECT parent AS area, indicator, sum(value) AS total, count(*)::integer AS n,
                max(as_of) AS as_of, min(stage_rank) AS stage_rank
            FROM standing_figures WHERE event = of_event AND parent = ANY (here) GROUP BY 1, 2
        ) AS s USING (area, indicator);
        DELETE FROM standing_areas WHERE event = of_event AND area = ANY (here);
        INSERT INTO standing_areas (event, area, figures, differing_sums, as_of, stage_rank, reports)
        SELECT event, area, jsonb_object_agg(indicator, trim_scale(value)),
            jsonb_object_agg(indicator, trim_scale(children_sum))
                FILTER (WHERE own_value <> children_sum),
            max(as_of), min(stage_rank),
            coalesce(array_agg(DISTINCT report) FILTER (WHERE report IS NOT NULL), '{}')
        FROM standing_figures WHERE event = of_event AND area = ANY (here) GROUP BY 1, 2;
    END LOOP;
END $$;

SELECT restand(event, array_agg(DISTINCT area)) FROM loss_figures GROUP BY event;
