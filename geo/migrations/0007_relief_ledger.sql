-- What departments fill into the ledgers of an event, household by household. Nothing is overwritten:
-- of each item and department the entry with the newest as-of time counts, then the later recorded.

CREATE TABLE relief_ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event text NOT NULL REFERENCES events (id),
    household text NOT NULL REFERENCES households (id) ON DELETE CASCADE,
    item text NOT NULL CHECK (item IN ('social_assistance_before', 'emergency_relief',
        'transition_relief', 'winter_spring_relief', 'social_assistance_after',
        'fell_into_poverty', 'property_loss')),
    department text NOT NULL
        CHECK (department IN ('civil_affairs', 'emergency', 'veterans_affairs', 'joint')),
    content text NOT NULL,
    as_of timestamptz NOT NULL CHECK (isfinite(as_of)),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON TABLE relief_ledger IS 'Personal data: planners and above, inside their area';
CREATE INDEX relief_ledger_newest ON relief_ledger
    (event, household, item, department, as_of DESC, recorded_at DESC);
CREATE INDEX relief_ledger_household ON relief_ledger (household);
