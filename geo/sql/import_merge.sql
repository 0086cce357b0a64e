-- New rows in, rows that differ in what the file states changed, equal ones left alone.
-- Identifiers: table, key, columns (all that are staged), written (those that a change sets), stated
-- (those that make a difference). Relies on the primary key.
WITH written AS (
    INSERT INTO {table} AS present ({columns})
    SELECT {columns} FROM import_rows
    ON CONFLICT ({key}) DO UPDATE SET ({written}) = ROW({new_written})
    WHERE ROW({present_stated}) IS DISTINCT FROM ROW({new_stated})
    RETURNING xmax = 0 AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed
FROM written
