-- What an assignment rested on: who already slept in a shelter, and the numbers behind a reason.

ALTER TABLE assignment_shelters
    ADD COLUMN occupancy integer NOT NULL DEFAULT 0 CHECK (occupancy >= 0);
ALTER TABLE assignment_households ADD COLUMN reason_numbers jsonb;

-- No number where somebody walks and the bound is nought.
ALTER TABLE assignments ALTER COLUMN gap DROP NOT NULL;
