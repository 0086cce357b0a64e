-- Rescue teams and village information officers (灾害信息员), and where they said they are; closures
-- of roads are told by the change feed too.

CREATE TABLE teams (
    id text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('rescue', 'information', 'medical', 'repair', 'other')),
    area text,
    people integer CHECK (people > 0),
    skills text[] NOT NULL DEFAULT '{}',
    contact text,
    telephone text,
    state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'deployed', 'resting', 'off_duty')),
    event text REFERENCES events (id) ON DELETE SET NULL,
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision,
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN teams.geom IS 'Where the team is at home; where it is now stands in team_positions';
COMMENT ON COLUMN teams.event IS 'What it is assigned to now';
CREATE INDEX teams_geom ON teams USING gist (geom);

CREATE TABLE team_positions (
    team text NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    accuracy_m double precision,
    token bigint REFERENCES tokens (id),
    PRIMARY KEY (team, at)
);
COMMENT ON TABLE team_positions IS 'The last day of each team, and its newest position however old';
COMMENT ON COLUMN team_positions.at IS 'By the device, whose clock was set right where it was off';

CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON teams
    FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change('teams');
CREATE TRIGGER note_change AFTER INSERT ON team_positions
    FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change('teams');
CREATE TRIGGER note_insert AFTER INSERT ON team_positions REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes('''teams''', 'c.team', 'NULL',
        '(SELECT t.area FROM teams AS t WHERE t.id = c.team)', 'update');

DO $$
DECLARE
    t record;
    e record;
BEGIN
    FOR t IN SELECT * FROM (VALUES
        ('teams', '''teams''', 'c.id', 'NULL', 'c.area', ''),
        ('road_closures', '''road_closures''', 'c.id', 'c.event', 'NULL', '')
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
