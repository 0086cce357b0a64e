-- Supply: the norms and the basis that stock is measured by, plans of dispatch, and requests for
-- goods with every step that they took.

CREATE TABLE supply_norms (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text text NOT NULL,
    digest text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON TABLE supply_norms IS 'Item norms as TOML; the newest counts, before any the shipped ones';

CREATE TABLE supply_bases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    level text NOT NULL CHECK (level IN ('I', 'II', 'III', 'IV')),
    basis jsonb NOT NULL,
    reason text NOT NULL,
    by_whom text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON TABLE supply_bases IS 'By what stock is measured in an event, as people set it; the newest counts';
CREATE INDEX supply_bases_event ON supply_bases (event, level, id DESC);

CREATE TABLE dispatch_plans (
    id text PRIMARY KEY,
    event text NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    admin_area text NOT NULL,
    parameters jsonb NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
CREATE INDEX dispatch_plans_event ON dispatch_plans (event, created_at DESC);

CREATE TABLE supply_requests (
    id text PRIMARY KEY,
    event text NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    plan text REFERENCES dispatch_plans (id),
    depot text NOT NULL REFERENCES depots (id),
    shelter text NOT NULL REFERENCES shelters (id),
    item text NOT NULL,
    holder text NOT NULL CHECK (holder IN ('government', 'social')),
    form text NOT NULL CHECK (form IN ('physical', 'capacity')),
    quantity integer NOT NULL CHECK (quantity > 0),
    unit text NOT NULL,
    state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'sent', 'received',
        'refused', 'cancelled', 'compensated')),
    books_stock boolean NOT NULL,
    received_quantity integer CHECK (received_quantity BETWEEN 0 AND quantity),
    compensation_yuan numeric CHECK (compensation_yuan >= 0)
);
COMMENT ON COLUMN supply_requests.books_stock IS 'False in an exercise: it leaves the stock on file as it is';
CREATE INDEX supply_requests_event ON supply_requests (event, id);
CREATE INDEX supply_requests_depot ON supply_requests (depot, item);
CREATE INDEX supply_requests_plan ON supply_requests (plan);

CREATE TABLE supply_request_steps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request text NOT NULL REFERENCES supply_requests (id) ON DELETE CASCADE,
    state text NOT NULL,
    by_whom text NOT NULL,
    reason text,
    at timestamptz NOT NULL CHECK (isfinite(at)),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
CREATE INDEX supply_request_steps_request ON supply_request_steps (request, id);
