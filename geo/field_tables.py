"""The tables of reports from the field: what came, its photos, how it was checked and used."""

from __future__ import annotations

from geo.table_notation import table

field_reports = table(
    "field_reports",
    "id! uuid, event text, kind text, state text, area? text, observed_at instant, "
    "received_at instant, geom point, accuracy_m? double, text? text, figures jsonb, "
    "body_sha256 bytea, token? bigint, stated jsonb, details jsonb, flags text[], via text, "
    "duplicate_of? uuid",
)
field_report_uses = table(
    "field_report_uses",
    "report! uuid, account! text, loss_report? text, household? text, at instant, token? bigint",
)
photos = table(
    "photos",
    "report! uuid, sha256! text, stored_sha256 text, sent_bytes integer, stored_bytes integer, "
    "width integer, height integer, name? text, client_id? text, taken_at? instant, geom? point, "
    "received_at instant, token? bigint",
)
photo_uploads = table(
    "photo_uploads",
    "id! text, report uuid, length integer, metadata jsonb, sha256? text, created_at instant, "
    "token? bigint",
)
field_report_checks = table(
    "field_report_checks",
    "id identity, report uuid, state text, duplicate_of? uuid, reason text, at instant, "
    "token? bigint",
)
