-- Earlier results are listed by event.

CREATE INDEX jobs_event ON jobs (event, kind, created_at DESC);
