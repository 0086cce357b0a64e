-- The dead, missing and injured as persons, registered before anybody is sure who they are (先报后核).
-- Departments register apart; that two entries are one person is judged by people and never merged.

CREATE TABLE casualty_persons (
    id text PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    area text NOT NULL REFERENCES admin_areas (code),
    status text NOT NULL CHECK (status IN ('dead', 'missing', 'injured', 'seriously_injured', 'found')),
    name text,
    sex text CHECK (sex IN ('female', 'male')),
    age smallint CHECK (age BETWEEN 0 AND 130),
    id_number text,
    place text,
    as_of timestamptz NOT NULL CHECK (isfinite(as_of)),
    source text NOT NULL,
    supersedes text REFERENCES casualty_persons (id),
    superseded_at timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON TABLE casualty_persons IS 'Personal data: planners and above, inside their area';
CREATE INDEX casualty_persons_event ON casualty_persons (event, area text_pattern_ops)
    WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX casualty_persons_superseded_once ON casualty_persons (supersedes);

CREATE TABLE person_verdicts (
    first text NOT NULL REFERENCES casualty_persons (id),
    second text NOT NULL REFERENCES casualty_persons (id),
    same boolean NOT NULL,
    reason text NOT NULL,
    by_whom text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id),
    CHECK (first < second)
);
COMMENT ON TABLE person_verdicts IS 'Whether two entries are one person; the newest verdict counts';
CREATE INDEX person_verdicts_pair ON person_verdicts (first, second, decided_at DESC);

CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON casualty_persons FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change('casualty_persons');
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON person_verdicts FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change('person_verdicts');
