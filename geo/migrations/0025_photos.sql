-- Photos of reports from the field, and those that are still on their way.

CREATE TABLE photos (
    report uuid NOT NULL REFERENCES field_reports (id),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    stored_sha256 text NOT NULL CHECK (stored_sha256 ~ '^[0-9a-f]{64}$'),
    sent_bytes integer NOT NULL,
    stored_bytes integer NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    name text,
    client_id text,
    taken_at timestamptz,
    geom geometry (Point, 4490) CHECK (ST_IsValid(geom)),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id),
    PRIMARY KEY (report, sha256)
);
COMMENT ON TABLE photos IS 'sha256 is of the file as sent, stored_sha256 of the picture that was made of it';
COMMENT ON COLUMN photos.geom IS 'Where the camera says it was; the stored picture says nothing of it';

CREATE TABLE photo_uploads (
    id text PRIMARY KEY,
    report uuid NOT NULL REFERENCES field_reports (id),
    length integer NOT NULL CHECK (length > 0),
    metadata jsonb NOT NULL,
    sha256 text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON COLUMN photo_uploads.sha256 IS 'Set once all is there and the photo is kept';
CREATE INDEX photo_uploads_created ON photo_uploads (created_at);

CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON photos
    FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change('field_reports');
CREATE TRIGGER note_insert AFTER INSERT ON photos REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes('''field_reports''', 'c.report::text',
        '(SELECT r.event FROM field_reports AS r WHERE r.id = c.report)',
        '(SELECT r.area FROM field_reports AS r WHERE r.id = c.report)', 'update');
