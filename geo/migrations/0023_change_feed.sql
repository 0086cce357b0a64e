-- The change feed: what was changed, written by triggers in the transaction that changes it. Readers
-- take the rows of transactions that ended since they last looked (geo/sql/changes_since.sql).

CREATE TABLE changes (
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    event text,
    layer text NOT NULL,
    op text NOT NULL CHECK (op IN ('insert', 'update', 'delete', 'change')),
    id text,
    area text,
    PRIMARY KEY (xid, seq)
);
COMMENT ON TABLE changes IS 'One row a change; op "change" with no id stands for many of one statement';
COMMENT ON COLUMN changes.event IS 'Null for what belongs to no event';
CREATE INDEX changes_at ON changes (at);

CREATE TABLE change_retention (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    deleted_to bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE change_retention IS 'The highest transaction of which rows of changes were deleted';
INSERT INTO change_retention DEFAULT VALUES;

-- Arguments: layer, id, event and area as expressions over the rows that a statement changed, and
-- the op to note instead of the statement's own ('' for none). More than a hundred rows of one
-- statement are noted as one change of the layer.
CREATE FUNCTION note_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    op CONSTANT text := coalesce(nullif(TG_ARGV[4], ''), lower(TG_OP));
    rows integer;
BEGIN
    SELECT count(*) INTO rows FROM (SELECT FROM changed LIMIT 101) AS first_ones;
    IF rows = 0 THEN
        RETURN NULL;
    ELSIF rows > 100 THEN
        EXECUTE format('INSERT INTO changes (layer, event, op)
            SELECT DISTINCT %s, %s, ''change'' FROM changed AS c', TG_ARGV[0], TG_ARGV[2]);
    ELSE
        EXECUTE format('INSERT INTO changes (layer, id, event, area, op)
            SELECT %s, %s, %s, %s, %L FROM changed AS c',
            TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], op);
    END IF;
    NOTIFY reliefmap_changes;
    RETURN NULL;
END $$;

DO $$
DECLARE
    t record;
    e record;
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('admin_areas', 'CASE c.level WHEN ''village'' THEN ''villages''
            WHEN ''township'' THEN ''townships'' ELSE ''counties'' END', 'c.code', 'NULL', 'c.code', ''),
        ('shelters', '''shelters''', 'c.id', 'NULL', 'c.area', ''),
        ('depots', '''depots''', 'c.id', 'NULL', 'c.area', ''),
        ('depot_stock', '''depots''', 'c.depot', 'NULL', 'NULL', 'update'),
        ('hazard_points', '''hazard_points''', 'c.id', 'NULL', 'c.area', ''),
        ('risk_zones', '''risk_zones''', 'c.id', 'NULL', 'NULL', ''),
        ('faults', '''faults''', 'c.id', 'NULL', 'NULL', ''),
        ('flood_areas', '''flood_areas''', 'c.id', 'NULL', 'NULL', ''),
        ('open_ground', '''open_ground''', 'c.id', 'NULL', 'c.area', ''),
        ('roads', '''roads''', 'c.id', 'NULL', 'NULL', ''),
        ('households', '''households''', 'c.id', 'NULL', 'c.area', ''),
        ('house_damage', '''households''', 'c.household', 'c.event',
            '(SELECT h.area FROM households AS h WHERE h.id = c.household)', 'update'),
        ('field_reports', '''field_reports''', 'c.id::text', 'c.event', 'c.area', ''),
        ('intensity_zones', '''intensity''', 'c.intensity::text', 'c.event', 'NULL', ''),
        ('loss_reports', '''casualties''', 'c.area', 'c.event', 'c.area', 'update'),
        ('level_assessments', '''response_level''', 'c.event', 'c.event', 'NULL', 'update'),
        ('response_acts', '''response_level''', 'c.event', 'c.event', 'NULL', 'update'),
        ('anticipated_figures', '''response_level''', 'c.event', 'c.event', 'NULL', 'update'),
        ('lowerings', '''response_level''', 'c.event', 'c.event', 'NULL', 'update'),
        ('linked_responses', '''response_level''', 'c.event', 'c.event', 'NULL', 'update'),
        ('releases', '''releases''', 'c.id::text', 'c.event', 'NULL', ''),
        ('events', '''events''', 'c.id', 'c.id', 'NULL', ''),
        ('supply_requests', '''supply_requests''', 'c.id', 'c.event', 'NULL', ''),
        ('sites', '''sites''', 'c.id::text', 'c.event', 'NULL', ''),
        ('assignments', '''assignments''', 'c.id', 'c.event', 'NULL', '')
    ) AS noted (name, layer, id, event, area, op) LOOP
        FOR e IN SELECT * FROM (VALUES ('INSERT', 'NEW'), ('UPDATE', 'NEW'), ('DELETE', 'OLD'))
            AS x (act, version) LOOP
            EXECUTE format('CREATE TRIGGER %I AFTER %s ON %I REFERENCING %s TABLE AS changed
                FOR EACH STATEMENT EXECUTE FUNCTION note_changes(%L, %L, %L, %L, %L)',
                'note_' || lower(e.act), e.act, t.name, e.version,
                t.layer, t.id, t.event, t.area, t.op);
        END LOOP;
    END LOOP;
END $$;
