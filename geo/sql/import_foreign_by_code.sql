-- Staged rows whose id belongs to something outside the division %(within)s; what has no code is
-- nobody's, and whoever may add such a row may send it again.
-- Identifiers: table. Relies on its primary key.
SELECT i.row_number FROM import_rows AS i JOIN {table} AS t USING (id)
WHERE NOT starts_with(t.area, %(within)s)
