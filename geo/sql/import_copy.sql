-- The staged rows, as text. Identifiers: columns.
COPY import_rows (row_number, {columns}) FROM STDIN (FORMAT csv)
