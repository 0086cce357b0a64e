-- The store of one prefecture: divisions, registers, households, events, figures, identity.
-- Geometry is CGCS2000 (EPSG:4490), lon, lat. Every geometry is checked; none is repaired here.

CREATE SCHEMA IF NOT EXISTS reliefmap;

-- ── Divisions ────────────────────────────────────────────────────────────────────────────────
CREATE TABLE admin_areas (
    code text PRIMARY KEY CHECK (code ~ '^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$'),
    level text NOT NULL CHECK (level IN ('province', 'prefecture', 'county', 'township', 'village')),
    parent text REFERENCES admin_areas (code),
    name text NOT NULL,
    kind text,
    population integer CHECK (population >= 0),
    households integer CHECK (households >= 0),
    agricultural_population integer CHECK (agricultural_population >= 0),
    population_year smallint,
    seat geometry (Point, 4490) CHECK (ST_IsValid(seat)),
    geom geometry (MultiPolygon, 4490) CHECK (ST_IsValid(geom)),
    seat_synthetic boolean NOT NULL DEFAULT false,
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    CHECK (length(code) = CASE level WHEN 'province' THEN 2 WHEN 'prefecture' THEN 4
        WHEN 'county' THEN 6 WHEN 'township' THEN 9 ELSE 12 END)
);
COMMENT ON TABLE admin_areas IS 'Provinces to villages by their code (GB/T 2260, GB/T 10114)';
CREATE INDEX admin_areas_geom ON admin_areas USING gist (geom);
CREATE INDEX admin_areas_seat ON admin_areas USING gist (seat);
CREATE INDEX admin_areas_parent ON admin_areas (parent);
CREATE INDEX admin_areas_prefix ON admin_areas (code text_pattern_ops);

-- ── Registers ────────────────────────────────────────────────────────────────────────────────
-- `area` is the code of the finest division that is known. `position_error_m` is the error that
-- the source states for the place; null means that it states none ("survey required").
CREATE TABLE shelters (
    id text PRIMARY KEY,
    name text NOT NULL,
    area text REFERENCES admin_areas (code),
    level text NOT NULL CHECK (level IN ('province', 'prefecture', 'county', 'township', 'village')),
    kind text NOT NULL DEFAULT 'outdoor' CHECK (kind IN ('outdoor', 'indoor')),
    capacity integer NOT NULL CHECK (capacity >= 0),
    occupancy integer NOT NULL DEFAULT 0 CHECK (occupancy >= 0),
    ground_area_m2 double precision CHECK (ground_area_m2 >= 0),
    service_radius_m double precision CHECK (service_radius_m > 0),
    facilities text[] NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'full', 'closed')),
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX shelters_geom ON shelters USING gist (geom);
CREATE INDEX shelters_area ON shelters (area text_pattern_ops);

CREATE TABLE depots (
    id text PRIMARY KEY,
    name text NOT NULL,
    area text REFERENCES admin_areas (code),
    level text NOT NULL CHECK (level IN ('province', 'prefecture', 'county', 'township', 'village')),
    floor_area_m2 double precision CHECK (floor_area_m2 >= 0),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX depots_geom ON depots USING gist (geom);
CREATE INDEX depots_area ON depots (area text_pattern_ops);

CREATE TABLE depot_stock (
    depot text NOT NULL REFERENCES depots (id) ON DELETE CASCADE,
    item text NOT NULL,
    holder text NOT NULL DEFAULT 'government' CHECK (holder IN ('government', 'social')),
    form text NOT NULL DEFAULT 'physical' CHECK (form IN ('physical', 'capacity')),
    quantity integer NOT NULL CHECK (quantity >= 0),
    unit text NOT NULL,
    PRIMARY KEY (depot, item, holder, form)
);

CREATE TABLE hazard_points (
    id text PRIMARY KEY,
    name text NOT NULL,
    area text REFERENCES admin_areas (code),
    kind text NOT NULL CHECK (kind IN ('landslide', 'collapse', 'debris_flow', 'subsidence',
        'ground_fissure', 'chemical', 'fire_source', 'other')),
    grade text CHECK (grade IN ('very_high', 'high', 'medium', 'low')),
    threatened_people integer CHECK (threatened_people >= 0),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX hazard_points_geom ON hazard_points USING gist (geom);
CREATE INDEX hazard_points_area ON hazard_points (area text_pattern_ops);

CREATE TABLE risk_zones (
    id text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'geological' CHECK (kind IN ('geological', 'flash_flood', 'fire')),
    grade text NOT NULL CHECK (grade IN ('very_high', 'high', 'medium', 'low')),
    geom geometry (MultiPolygon, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX risk_zones_geom ON risk_zones USING gist (geom);

CREATE TABLE faults (
    id text PRIMARY KEY,
    name text,
    slip_type text,
    activity text,
    catalogue text,
    geom geometry (MultiLineString, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX faults_geom ON faults USING gist (geom);

CREATE TABLE flood_areas (
    id text PRIMARY KEY,
    name text NOT NULL,
    return_period_years integer CHECK (return_period_years > 0),
    geom geometry (MultiPolygon, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX flood_areas_geom ON flood_areas USING gist (geom);

CREATE TABLE open_ground (
    id text PRIMARY KEY,
    name text NOT NULL,
    area text REFERENCES admin_areas (code),
    kind text NOT NULL CHECK (kind IN ('school_yard', 'square', 'park', 'field', 'other')),
    ground_area_m2 double precision NOT NULL CHECK (ground_area_m2 > 0),
    geom geometry (MultiPolygon, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX open_ground_geom ON open_ground USING gist (geom);
CREATE INDEX open_ground_area ON open_ground (area text_pattern_ops);

CREATE TABLE roads (
    id text PRIMARY KEY,
    name text,
    class text NOT NULL CHECK (class IN ('motorway', 'national', 'provincial', 'county', 'township', 'village')),
    geom geometry (MultiLineString, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX roads_geom ON roads USING gist (geom);

-- ── Households: personal data ────────────────────────────────────────────────────────────────
CREATE TABLE households (
    id text PRIMARY KEY,
    area text REFERENCES admin_areas (code),
    head_name text,
    address text,
    telephone text,
    persons integer NOT NULL CHECK (persons >= 0 AND persons <= 100),
    key_groups text[] NOT NULL DEFAULT '{}',
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    position_error_m double precision CHECK (position_error_m >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE households IS 'Personal data: read through the functions that scope by area';
CREATE INDEX households_geom ON households USING gist (geom);
CREATE INDEX households_area ON households (area text_pattern_ops);

CREATE TABLE persons (
    id text PRIMARY KEY,
    household text NOT NULL REFERENCES households (id) ON DELETE CASCADE,
    name text,
    sex text CHECK (sex IN ('female', 'male')),
    birth_year smallint,
    id_number text,
    key_groups text[] NOT NULL DEFAULT '{}',
    synthetic boolean NOT NULL DEFAULT false
);
CREATE INDEX persons_household ON persons (household);

-- ── Identity ─────────────────────────────────────────────────────────────────────────────────
CREATE TABLE tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret_sha256 bytea NOT NULL UNIQUE,
    prefix text NOT NULL,
    kind text NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'session', 'sign_in_link')),
    label text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'field', 'planner', 'operator', 'admin')),
    admin_area text NOT NULL,
    authority text CHECK (authority IN ('office', 'deputy', 'director', 'government')),
    department text,
    parent bigint REFERENCES tokens (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON COLUMN tokens.admin_area IS 'Code prefix that bounds what the token sees; empty is everywhere';
COMMENT ON COLUMN tokens.parent IS 'The token that a session was opened with; it ends with it';

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id),
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    previous_sha256 bytea,
    sha256 bytea NOT NULL
);
COMMENT ON TABLE audit IS 'Hash-chained: each row holds the digest of the one before';

CREATE TABLE idempotency_keys (
    token bigint NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    key text NOT NULL,
    request_sha256 bytea NOT NULL,
    status smallint NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (token, key)
);

-- ── Events and figures ───────────────────────────────────────────────────────────────────────
CREATE TABLE events (
    id text PRIMARY KEY,
    hazard text NOT NULL,
    name text NOT NULL,
    occurred_at timestamptz NOT NULL CHECK (isfinite(occurred_at)),
    plan text NOT NULL,
    area text NOT NULL REFERENCES admin_areas (code),
    magnitude double precision CHECK (magnitude BETWEEN 0 AND 10),
    depth_km double precision CHECK (depth_km BETWEEN 0 AND 800),
    strike_deg double precision CHECK (strike_deg BETWEEN 0 AND 360),
    epicentre geometry (Point, 4490) CHECK (ST_IsValid(epicentre)),
    exercise boolean NOT NULL DEFAULT false,
    demo boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'stable', 'closed')),
    major boolean NOT NULL DEFAULT false,
    created_by bigint REFERENCES tokens (id),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE intensity_zones (
    event text NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    intensity smallint NOT NULL CHECK (intensity BETWEEN 1 AND 12),
    method text NOT NULL,
    geom geometry (MultiPolygon, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    PRIMARY KEY (event, intensity)
);
COMMENT ON TABLE intensity_zones IS 'Ground shaken at this intensity and no higher';
CREATE INDEX intensity_zones_geom ON intensity_zones USING gist (geom);

CREATE TABLE house_damage (
    event text NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    household text NOT NULL REFERENCES households (id) ON DELETE CASCADE,
    grade text NOT NULL CHECK (grade IN ('collapsed', 'severe', 'slight')),
    rooms smallint NOT NULL DEFAULT 0 CHECK (rooms >= 0),
    synthetic boolean NOT NULL DEFAULT false,
    source text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (event, household)
);
CREATE INDEX house_damage_household ON house_damage (household);

CREATE TABLE loss_reports (
    id text PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    area text NOT NULL REFERENCES admin_areas (code),
    stage text NOT NULL CHECK (stage IN ('initial', 'follow_up', 'verified', 'final')),
    supersedes text REFERENCES loss_reports (id),
    as_of timestamptz NOT NULL CHECK (isfinite(as_of)),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    superseded_at timestamptz,
    source text NOT NULL,
    note text,
    token bigint REFERENCES tokens (id)
);
CREATE INDEX loss_reports_event ON loss_reports (event, area, as_of);
CREATE UNIQUE INDEX loss_reports_superseded_once ON loss_reports (supersedes);

CREATE TABLE loss_figures (
    report text NOT NULL REFERENCES loss_reports (id),
    event text NOT NULL REFERENCES events (id),
    area text NOT NULL REFERENCES admin_areas (code),
    indicator text NOT NULL,
    value numeric NOT NULL CHECK (value >= 0 AND value < 1e12),
    as_of timestamptz NOT NULL,
    stage_rank smallint NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    PRIMARY KEY (report, indicator)
);
COMMENT ON TABLE loss_figures IS 'The figures of loss_reports, one a row: newest as_of, then stage, then recorded counts';
CREATE INDEX loss_figures_newest ON loss_figures
    (event, area, indicator, as_of DESC, stage_rank DESC, recorded_at DESC) INCLUDE (value, report)
    WHERE superseded_at IS NULL;

CREATE TABLE level_assessments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    report text REFERENCES loss_reports (id),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    level text CHECK (level IN ('I', 'II', 'III', 'IV')),
    plan text NOT NULL,
    evaluation jsonb NOT NULL
);
COMMENT ON TABLE level_assessments IS 'What the plan calls for, computed anew as each report lands';
CREATE INDEX level_assessments_event ON level_assessments (event, id DESC);

CREATE TABLE response_decisions (
    id text PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    kind text NOT NULL CHECK (kind IN ('proposal', 'decision', 'termination')),
    level text NOT NULL CHECK (level IN ('I', 'II', 'III', 'IV')),
    proposal text REFERENCES response_decisions (id),
    clause text NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL CHECK (isfinite(decided_at)),
    document_number text,
    assessment bigint REFERENCES level_assessments (id),
    token bigint REFERENCES tokens (id),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX response_decisions_event ON response_decisions (event, recorded_at);

CREATE TABLE field_reports (
    id uuid PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    kind text NOT NULL CHECK (kind IN ('casualty', 'damage', 'need', 'hazard', 'road', 'other')),
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'verified', 'rejected', 'duplicate')),
    area text REFERENCES admin_areas (code),
    observed_at timestamptz NOT NULL CHECK (isfinite(observed_at)),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    accuracy_m double precision CHECK (accuracy_m >= 0),
    text text,
    figures jsonb NOT NULL DEFAULT '{}',
    body_sha256 bytea NOT NULL,
    token bigint REFERENCES tokens (id)
);
CREATE INDEX field_reports_event ON field_reports (event, received_at);
CREATE INDEX field_reports_geom ON field_reports USING gist (geom);

-- ── Planning ─────────────────────────────────────────────────────────────────────────────────
CREATE TABLE jobs (
    id text PRIMARY KEY,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    progress real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    parameters jsonb NOT NULL,
    payload bytea,
    result jsonb,
    problem jsonb,
    event text REFERENCES events (id),
    token bigint NOT NULL REFERENCES tokens (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    heartbeat_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX jobs_waiting ON jobs (created_at) WHERE state = 'queued';

CREATE TABLE sites (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job text NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    event text REFERENCES events (id),
    rank smallint NOT NULL,
    candidate text NOT NULL,
    purpose text NOT NULL,
    ground_area_m2 double precision NOT NULL,
    serves_people integer NOT NULL,
    survey_required boolean NOT NULL,
    engineering_required boolean NOT NULL DEFAULT false,
    nearest jsonb NOT NULL,
    geom geometry (MultiPolygon, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sites_geom ON sites USING gist (geom);
CREATE INDEX sites_job ON sites (job);

CREATE TABLE assignments (
    id text PRIMARY KEY,
    job text NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    event text NOT NULL REFERENCES events (id),
    parameters jsonb NOT NULL,
    assigned_people integer NOT NULL,
    unassigned_people integer NOT NULL,
    person_metres double precision NOT NULL,
    lower_bound double precision NOT NULL,
    gap double precision NOT NULL,
    created_by bigint REFERENCES tokens (id),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX assignments_event ON assignments (event, created_at DESC);

CREATE TABLE assignment_shelters (
    assignment text NOT NULL REFERENCES assignments (id) ON DELETE CASCADE,
    shelter text NOT NULL,
    capacity integer NOT NULL,
    assigned_people integer NOT NULL,
    PRIMARY KEY (assignment, shelter)
);

CREATE TABLE assignment_households (
    assignment text NOT NULL REFERENCES assignments (id) ON DELETE CASCADE,
    household text NOT NULL,
    shelter text,
    persons integer NOT NULL,
    distance_m double precision,
    reason text,
    PRIMARY KEY (assignment, household),
    CHECK ((shelter IS NULL) = (reason IS NOT NULL))
);
CREATE INDEX assignment_households_left_over ON assignment_households (assignment, household)
    WHERE shelter IS NULL;

-- ── Freshness ────────────────────────────────────────────────────────────────────────────────
-- Sixteen shards a layer, so that writers seldom wait for one another.
CREATE TABLE layer_changes (
    layer text NOT NULL,
    shard smallint NOT NULL,
    changes bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (layer, shard)
);

CREATE FUNCTION note_layer_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO layer_changes AS c (layer, shard, changes)
    VALUES (TG_ARGV[0], pg_backend_pid() % 16, 1)
    ON CONFLICT (layer, shard) DO UPDATE
    SET changes = c.changes + 1, changed_at = clock_timestamp();
    RETURN NULL;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['admin_areas', 'shelters', 'depots', 'depot_stock', 'hazard_points',
        'risk_zones', 'faults', 'flood_areas', 'open_ground', 'roads', 'households', 'events',
        'intensity_zones', 'house_damage', 'loss_figures', 'loss_reports', 'field_reports',
        'level_assessments', 'response_decisions', 'sites', 'assignments'] LOOP
        EXECUTE format('CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
            ON %I FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change(%L)', name, name);
    END LOOP;
END $$;

-- One row: what the demo loader has finished, so that the server knows when it is ready.
CREATE TABLE store_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    demo text,
    demo_loaded_at timestamptz
);
INSERT INTO store_state DEFAULT VALUES;

-- ── Figures by area ──────────────────────────────────────────────────────────────────────────
-- The rule of the figures in one place, read by the tables, the level and the map layer alike.

CREATE FUNCTION newest_figures(of_event text, true_at timestamptz, recorded_by timestamptz)
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
    ORDER BY f.area, f.indicator, f.as_of DESC, f.stage_rank DESC, f.recorded_at DESC
$$;
COMMENT ON FUNCTION newest_figures IS
    'Per area and indicator the figure that counts: newest as_of, then stage, then recorded';

-- A parent's own figure counts where it states one (`stated`), else the sum of its children.
CREATE FUNCTION area_figures(of_event text, true_at timestamptz, recorded_by timestamptz)
RETURNS TABLE (area text, indicator text, value numeric, stated boolean, children_sum numeric,
    children integer, as_of timestamptz, stage_rank smallint, report text)
LANGUAGE sql STABLE AS $$
    WITH newest AS MATERIALIZED (SELECT * FROM newest_figures(of_event, true_at, recorded_by)),
    village AS (SELECT *, value AS counted FROM newest WHERE length(area) = 12),
    township AS (
        SELECT area, indicator, coalesce(own.value, below.total) AS counted,
            own.value IS NOT NULL AS stated, below.total, below.n,
            coalesce(own.as_of, below.as_of) AS as_of,
            coalesce(own.stage_rank, below.stage_rank) AS stage_rank, own.report
        FROM (SELECT * FROM newest WHERE length(area) = 9) AS own
        FULL JOIN (
            SELECT left(v.area, 9) AS area, v.indicator, sum(v.counted) AS total,
                count(*)::integer AS n, max(v.as_of) AS as_of, min(v.stage_rank) AS stage_rank
            FROM village AS v GROUP BY 1, 2
        ) AS below USING (area, indicator)
    ),
    county AS (
        SELECT area, indicator, coalesce(own.value, below.total) AS counted,
            own.value IS NOT NULL AS stated, below.total, below.n,
            coalesce(own.as_of, below.as_of) AS as_of,
            coalesce(own.stage_rank, below.stage_rank) AS stage_rank, own.report
        FROM (SELECT * FROM newest WHERE length(area) = 6) AS own
        FULL JOIN (
            SELECT left(t.area, 6) AS area, t.indicator, sum(t.counted) AS total,
                count(*)::integer AS n, max(t.as_of) AS as_of, min(t.stage_rank) AS stage_rank
            FROM township AS t GROUP BY 1, 2
        ) AS below USING (area, indicator)
    ),
    prefecture AS (
        SELECT area, indicator, coalesce(own.value, below.total) AS counted,
            own.value IS NOT NULL AS stated, below.total, below.n,
            coalesce(own.as_of, below.as_of) AS as_of,
            coalesce(own.stage_rank, below.stage_rank) AS stage_rank, own.report
        FROM (SELECT * FROM newest WHERE length(area) = 4) AS own
        FULL JOIN (
            SELECT left(c.area, 4) AS area, c.indicator, sum(c.counted) AS total,
                count(*)::integer AS n, max(c.as_of) AS as_of, min(c.stage_rank) AS stage_rank
            FROM county AS c GROUP BY 1, 2
        ) AS below USING (area, indicator)
    )
    SELECT * FROM township UNION ALL SELECT * FROM county UNION ALL SELECT * FROM prefecture
$$;
COMMENT ON FUNCTION area_figures IS
    'Townships, counties and prefectures with their own figure or the sum of their children';
