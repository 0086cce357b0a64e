-- What a plan was made from, which plan it keeps, and what it found besides who goes where.

ALTER TABLE assignments
    ADD COLUMN kept text REFERENCES assignments (id) ON DELETE SET NULL,
    ADD COLUMN data_version jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN findings jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN assignments.data_version IS 'A mark for each layer read, which differs when it has changed';

ALTER TABLE assignment_shelters
    ADD COLUMN reserved integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    ADD COLUMN distance_percentiles jsonb;
