-- What was so before it changed, so that a past moment reads as it was known then. A former value
-- held until `replaced_at`; before the first change, what an event or a division began with counts.

CREATE TABLE event_changes (
    event text NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    state text NOT NULL,
    major boolean NOT NULL,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE event_changes IS 'State of an event and whether it was major, until replaced_at';
CREATE INDEX event_changes_event ON event_changes (event, replaced_at);

CREATE FUNCTION keep_former_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO event_changes (event, state, major) VALUES (OLD.id, OLD.state, OLD.major);
    RETURN NULL;
END $$;
CREATE TRIGGER keep_former AFTER UPDATE ON events FOR EACH ROW
    WHEN ((OLD.state, OLD.major) IS DISTINCT FROM (NEW.state, NEW.major))
    EXECUTE FUNCTION keep_former_event();

CREATE TABLE division_changes (
    code text NOT NULL,
    name text NOT NULL,
    population integer,
    agricultural_population integer,
    replaced_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE division_changes IS 'Name and populations of a division, until replaced_at';
CREATE INDEX division_changes_replaced ON division_changes (replaced_at);

CREATE FUNCTION keep_former_division() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO division_changes (code, name, population, agricultural_population)
    VALUES (OLD.code, OLD.name, OLD.population, OLD.agricultural_population);
    RETURN NULL;
END $$;
CREATE TRIGGER keep_former AFTER UPDATE ON admin_areas FOR EACH ROW
    WHEN ((OLD.name, OLD.population, OLD.agricultural_population)
        IS DISTINCT FROM (NEW.name, NEW.population, NEW.agricultural_population))
    EXECUTE FUNCTION keep_former_division();

-- Of the divisions that have changed since: what was known of them then. None for now (null).
CREATE FUNCTION former_divisions(at timestamptz)
RETURNS TABLE (code text, name text, population integer, agricultural_population integer)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (c.code) c.code, c.name, c.population, c.agricultural_population
    FROM division_changes AS c
    WHERE c.replaced_at > at
    ORDER BY c.code, c.replaced_at
$$;

CREATE TABLE intensity_changes (
    event text NOT NULL,
    intensity smallint NOT NULL,
    method text NOT NULL,
    geom geometry (MultiPolygon, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    replaced_at timestamptz NOT NULL
);
COMMENT ON TABLE intensity_changes IS 'Zones of an event, until others took their place together';
CREATE INDEX intensity_changes_event ON intensity_changes (event, replaced_at);

CREATE FUNCTION keep_former_intensity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    together CONSTANT timestamptz := clock_timestamp();
BEGIN
    INSERT INTO intensity_changes (event, intensity, method, geom, replaced_at)
    SELECT event, intensity, method, geom, together FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_former AFTER DELETE ON intensity_zones
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_former_intensity();

-- ── When it became known that a response elsewhere had ended ────────────────────────────────────
ALTER TABLE linked_responses ADD COLUMN end_recorded_at timestamptz;
UPDATE linked_responses SET end_recorded_at = ended_at WHERE ended_at IS NOT NULL;

-- ── A correction takes the place of what it corrects at the instant it is recorded ──────────────
UPDATE loss_reports AS r SET superseded_at = by.recorded_at
FROM loss_reports AS by WHERE by.supersedes = r.id AND r.superseded_at <> by.recorded_at;
UPDATE loss_figures AS f SET superseded_at = r.superseded_at
FROM loss_reports AS r WHERE r.id = f.report AND f.superseded_at <> r.superseded_at;
