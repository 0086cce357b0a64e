-- A table for the rows of one file, without index or check, gone with the transaction.
-- Identifiers: table, columns.
CREATE TEMPORARY TABLE import_rows ON COMMIT DROP AS
SELECT 0 AS row_number, {columns} FROM {table} WITH NO DATA
