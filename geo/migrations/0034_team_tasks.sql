-- What a team was sent to: the report or the place, and the words that it was given.

ALTER TABLE teams
    ADD COLUMN task text CHECK (length(task) BETWEEN 1 AND 200),
    ADD COLUMN task_report uuid REFERENCES field_reports (id) ON DELETE SET NULL,
    ADD COLUMN task_geom geometry (Point, 4490) CHECK (ST_IsValid(task_geom)),
    ADD COLUMN task_at timestamptz,
    ADD CHECK ((task_at IS NULL) = (task_geom IS NULL)),
    ADD CHECK (task_at IS NOT NULL OR (task IS NULL AND task_report IS NULL));
COMMENT ON COLUMN teams.task_geom IS 'Where it was sent to';
CREATE INDEX teams_task_report ON teams (task_report) WHERE task_report IS NOT NULL;
