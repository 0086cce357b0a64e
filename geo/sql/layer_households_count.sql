-- How many households the caller may see one by one, from the grid that their writers keep.
-- Parameters: detail_like.
-- Index: household_cells_pkey; the few cells of the smallest zoom are read.
SELECT coalesce(sum(households), 0) FROM household_cells
WHERE zoom = 5 AND area LIKE %(detail_like)s
