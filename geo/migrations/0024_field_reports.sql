-- Reports from the field as phones, files and forms send them, and how people checked them.

ALTER TABLE field_reports
    ADD COLUMN stated jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN flags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN via text NOT NULL DEFAULT 'page' CHECK (via IN ('page', 'file', 'form', 'desk')),
    ADD COLUMN duplicate_of uuid REFERENCES field_reports (id);
COMMENT ON COLUMN field_reports.stated IS 'Place and clock as the sender stated them, where that matters';
COMMENT ON COLUMN field_reports.flags IS 'What a checker should ask about; nothing is refused for it';
CREATE INDEX field_reports_token ON field_reports (token, received_at);

CREATE TABLE field_report_checks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report uuid NOT NULL REFERENCES field_reports (id),
    state text NOT NULL CHECK (state IN ('verified', 'rejected', 'duplicate')),
    duplicate_of uuid REFERENCES field_reports (id),
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id)
);
COMMENT ON TABLE field_report_checks IS 'Who found what of a report and when; the last one counts';
CREATE INDEX field_report_checks_report ON field_report_checks (report, id);
