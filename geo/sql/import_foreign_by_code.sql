-- Staged rows whose id belongs to something outside the division %(within)s.
-- Identifiers: table. Relies on its primary key.
SELECT i.row_number FROM import_rows AS i JOIN {table} AS t USING (id)
WHERE NOT starts_with(coalesce(t.area, ''), %(within)s)
