-- The figures that count, kept up to date as each report lands, so that the table, the level and the
-- map of an event read one row a division however many reports lie behind it.

-- ── The nation as a division, for plans and events of the whole country ─────────────────────────
ALTER TABLE admin_areas DROP CONSTRAINT admin_areas_code_check;
ALTER TABLE admin_areas DROP CONSTRAINT admin_areas_level_check;
ALTER TABLE admin_areas DROP CONSTRAINT admin_areas_check;
ALTER TABLE admin_areas ADD CONSTRAINT admin_areas_code_check CHECK (code ~ '^[0-9]*$');
ALTER TABLE admin_areas ADD CONSTRAINT admin_areas_level_check CHECK (
    length(code) = CASE level WHEN 'nation' THEN 0 WHEN 'province' THEN 2 WHEN 'prefecture' THEN 4
        WHEN 'county' THEN 6 WHEN 'township' THEN 9 WHEN 'village' THEN 12 END
);

-- ── Reports: who says it, what it settles, and reports that say "nothing changed" ───────────────
ALTER TABLE loss_reports
    ADD COLUMN own boolean NOT NULL DEFAULT true,
    ADD COLUMN settles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN no_change boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN loss_reports.own IS 'Of the area''s own bureau; others count only where it is silent';
COMMENT ON COLUMN loss_reports.settles IS 'Reports between whose figures a consultation decided';
COMMENT ON COLUMN loss_reports.no_change IS 'A zero report (零报告): nothing has changed since the last';

ALTER TABLE loss_figures ADD COLUMN own boolean NOT NULL DEFAULT true;
DROP INDEX loss_figures_newest;
CREATE INDEX loss_figures_newest ON loss_figures
    (event, area, indicator, own DESC, as_of DESC, stage_rank DESC, recorded_at DESC)
    INCLUDE (value, report) WHERE superseded_at IS NULL;

CREATE OR REPLACE FUNCTION newest_figures(
    of_event text, true_at timestamptz, recorded_by timestamptz
)
RETURNS TABLE (area text, indicator text, value numeric, as_of timestamptz, stage_rank smallint,
    report text)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (f.area, f.indicator)
        f.area, f.indicator, f.value, f.as_of, f.stage_rank, f.report
    FROM loss_figures AS f
    WHERE f.event = of_event
        AND f.as_of <= coalesce(true_at, 'infinity')
        AND f.recorded_at <= coalesce(recorded_by, 'infinity')
        AND (f.superseded_at IS NULL OR f.superseded_at > recorded_by)
    ORDER BY f.area, f.indicator, f.own DESC, f.as_of DESC, f.stage_rank DESC, f.recorded_at DESC,
        f.report
$$;

-- The code one level up, '' above a province; null for the nation itself.
CREATE FUNCTION parent_code(code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE length(code) WHEN 12 THEN left(code, 9) WHEN 9 THEN left(code, 6)
        WHEN 6 THEN left(code, 4) WHEN 4 THEN left(code, 2) WHEN 2 THEN '' END
$$;

-- Villages to the nation with their own figure or the sum of their children, at any moment. A figure
-- counts for each division above it, up to the first one that states its own.
DROP FUNCTION area_figures(text, timestamptz, timestamptz);
CREATE FUNCTION area_figures(of_event text, true_at timestamptz, recorded_by timestamptz)
RETURNS TABLE (area text, indicator text, value numeric, stated boolean, children_sum numeric,
    children integer, as_of timestamptz, stage_rank smallint, report text)
LANGUAGE sql STABLE AS $$
    WITH newest AS MATERIALIZED (SELECT * FROM newest_figures(of_event, true_at, recorded_by)),
    above AS (
        SELECT n.area AS below, n.indicator, n.value, n.as_of, n.stage_rank,
            level.digits, left(n.area, level.digits) AS area,
            left(n.area, level.child_digits) AS child
        FROM newest AS n
        JOIN (VALUES (0, 2), (2, 4), (4, 6), (6, 9), (9, 12)) AS level (digits, child_digits)
            ON level.digits < length(n.area)
    ),
    nearest AS (
        SELECT a.below, a.indicator, max(a.digits) AS digits
        FROM above AS a JOIN newest AS n USING (area, indicator) GROUP BY 1, 2
    ),
    summed AS (
        SELECT a.area, a.indicator, sum(a.value) AS total, count(DISTINCT a.child)::integer AS n,
            max(a.as_of) AS as_of, min(a.stage_rank) AS stage_rank
        FROM above AS a LEFT JOIN nearest AS stop USING (below, indicator)
        WHERE stop.digits IS NULL OR a.digits >= stop.digits
        GROUP BY 1, 2
    )
    SELECT area, indicator, coalesce(n.value, s.total), n.value IS NOT NULL, s.total,
        coalesce(s.n, 0), coalesce(n.as_of, s.as_of), coalesce(n.stage_rank, s.stage_rank), n.report
    FROM newest AS n FULL JOIN summed AS s USING (area, indicator)
$$;
COMMENT ON FUNCTION area_figures IS 'The figures of every division at a moment of both clocks';

-- ── What stands now ────────────────────────────────────────────────────────────────────────────
CREATE TABLE standing_figures (
    event text NOT NULL,
    area text NOT NULL,
    indicator text NOT NULL,
    parent text GENERATED ALWAYS AS (parent_code(area)) STORED,
    own_value numeric,
    children_sum numeric,
    children integer NOT NULL,
    value numeric GENERATED ALWAYS AS (coalesce(own_value, children_sum)) STORED,
    as_of timestamptz NOT NULL,
    stage_rank smallint NOT NULL,
    report text,
    PRIMARY KEY (event, area, indicator)
);
COMMENT ON TABLE standing_figures IS 'What area_figures gives for now, one row a division and indicator';
CREATE INDEX standing_figures_children ON standing_figures (event, parent, indicator);

CREATE TABLE standing_areas (
    event text NOT NULL,
    area text NOT NULL,
    figures jsonb NOT NULL,
    differing_sums jsonb,
    as_of timestamptz NOT NULL,
    stage_rank smallint NOT NULL,
    reports text[] NOT NULL,
    PRIMARY KEY (event, area)
);
COMMENT ON TABLE standing_areas IS 'The same, one row a division';

-- Reckons these divisions of the event anew, and every division above them.
CREATE FUNCTION restand(of_event text, of_areas text[]) RETURNS void LANGUAGE plpgsql AS $$
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
            as_of, stage_rank, report)
        SELECT of_event, area, indicator, n.value, s.total, coalesce(s.n, 0),
            coalesce(n.as_of, s.as_of), coalesce(n.stage_rank, s.stage_rank), n.report
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
        SELECT event, area, jsonb_object_agg(indicator, value),
            jsonb_object_agg(indicator, children_sum) FILTER (WHERE own_value <> children_sum),
            max(as_of), min(stage_rank),
            coalesce(array_agg(DISTINCT report) FILTER (WHERE report IS NOT NULL), '{}')
        FROM standing_figures WHERE event = of_event AND area = ANY (here) GROUP BY 1, 2;
    END LOOP;
END $$;

CREATE FUNCTION restand_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM restand(c.event, array_agg(DISTINCT c.area)) FROM changed AS c GROUP BY c.event;
    RETURN NULL;
END $$;

CREATE TRIGGER stand_added AFTER INSERT ON loss_figures
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION restand_changed();
CREATE TRIGGER stand_superseded AFTER UPDATE ON loss_figures
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION restand_changed();
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON standing_areas FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change('standing_areas');

SELECT restand(event, array_agg(DISTINCT area)) FROM loss_figures GROUP BY event;
