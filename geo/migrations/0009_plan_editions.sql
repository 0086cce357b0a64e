-- The texts of plans: those that an administrator added, and every text that an event was opened
-- under, so that its level is reckoned by the same words for ever.

CREATE TABLE plan_editions (
    digest text PRIMARY KEY,
    id text NOT NULL,
    text text NOT NULL,
    shipped boolean NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON COLUMN plan_editions.shipped IS 'Came with the product; the others stand on the shelf beside';
CREATE UNIQUE INDEX plan_editions_added ON plan_editions (id) WHERE NOT shipped;

ALTER TABLE events ADD COLUMN plan_digest text REFERENCES plan_editions (digest);
COMMENT ON COLUMN events.plan_digest IS 'The text of the plan that rules; null: the shelf''s by its id';

-- Also for sessions that name no schema of their own, as a restore does.
ALTER FUNCTION note_layer_change() SET search_path = reliefmap, public;
