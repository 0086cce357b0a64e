-- How many households the caller may see one by one, from the grid that their writers keep.
-- Parameters: detail_like.
-- Index: none; the whole grid is read, a few rows a km2.
SELECT coalesce(sum(households), 0) FROM household_cells WHERE area LIKE %(detail_like)s
