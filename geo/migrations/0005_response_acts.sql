-- What people do about a level: proposed, started or adjusted, refused, ended. Nothing is changed or
-- removed; each act keeps the evaluation that it rests on, so that it can be looked at again.

ALTER TABLE response_decisions RENAME TO response_acts;
ALTER INDEX response_decisions_event RENAME TO response_acts_event;
ALTER TABLE response_acts DROP CONSTRAINT response_decisions_kind_check;
ALTER TABLE response_acts
    ADD CONSTRAINT response_acts_kind_check
        CHECK (kind IN ('proposal', 'start', 'refusal', 'termination')),
    ADD COLUMN plan text NOT NULL,
    ADD COLUMN evaluation jsonb NOT NULL,
    DROP COLUMN assessment;
ALTER TABLE response_acts RENAME COLUMN decided_by TO by_whom;
ALTER TABLE response_acts RENAME COLUMN decided_at TO at;

-- Figures that a consultation judges likely (经会商研判可能出现); the newest counts.
CREATE TABLE anticipated_figures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    figures jsonb NOT NULL,
    drought jsonb NOT NULL DEFAULT '[]',
    reason text NOT NULL,
    by_whom text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
CREATE INDEX anticipated_figures_event ON anticipated_figures (event, recorded_at DESC);

-- 5.5: conditions that were lowered for this event, by whom and on what ground; the newest counts.
CREATE TABLE lowerings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    ground text NOT NULL,
    percent numeric NOT NULL CHECK (percent >= 0 AND percent < 100),
    reason text NOT NULL,
    by_whom text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON COLUMN lowerings.percent IS 'By how much every threshold is lowered; 0 lifts the lowering';
CREATE INDEX lowerings_event ON lowerings (event, recorded_at DESC);

-- 5.6: responses beside this one: the city's to another hazard, or a county's own.
CREATE TABLE linked_responses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    kind text NOT NULL,
    area text NOT NULL REFERENCES admin_areas (code),
    level text NOT NULL CHECK (level IN ('I', 'II', 'III', 'IV')),
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz CHECK (isfinite(ended_at) AND ended_at >= started_at),
    by_whom text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
CREATE INDEX linked_responses_event ON linked_responses (event, recorded_at);

-- 4.2: figures go out when somebody with the right to do so releases them.
ALTER TABLE events ADD COLUMN release text NOT NULL DEFAULT 'at_once'
    CHECK (release IN ('at_once', 'authorised'));
COMMENT ON COLUMN events.release IS 'Whether viewers see figures at once, or what was released last';
CREATE TABLE releases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    known_at timestamptz NOT NULL CHECK (isfinite(known_at)),
    reason text NOT NULL,
    by_whom text NOT NULL,
    released_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON COLUMN releases.known_at IS 'What was recorded by then is released';
CREATE INDEX releases_event ON releases (event, released_at DESC);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['anticipated_figures', 'lowerings', 'linked_responses', 'releases'] LOOP
        EXECUTE format('CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
            ON %I FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change(%L)', name, name);
    END LOOP;
END $$;
