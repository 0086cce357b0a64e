-- What became of a verified report: it counts in one loss report and in the record of one household,
-- and in neither twice.

CREATE TABLE field_report_uses (
    report uuid NOT NULL REFERENCES field_reports (id),
    account text NOT NULL CHECK (account IN ('loss_report', 'household')),
    loss_report text REFERENCES loss_reports (id),
    household text REFERENCES households (id) ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id),
    PRIMARY KEY (report, account),
    CHECK ((loss_report IS NOT NULL) = (account = 'loss_report')),
    CHECK ((household IS NOT NULL) = (account = 'household'))
);
COMMENT ON TABLE field_report_uses IS 'Into which loss report or household record a report was taken over';
CREATE INDEX field_report_uses_loss_report ON field_report_uses (loss_report);
CREATE INDEX field_report_uses_household ON field_report_uses (household);
