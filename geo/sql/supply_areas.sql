-- Divisions whose stock is looked at: those with a depot of their own, and every county.
-- Parameters: %(prefix)s code of the area with a trailing percent sign.
-- Index: admin_areas_prefix for the area, depots_area for the depots.
SELECT a.code, a.name, a.level, a.population
FROM admin_areas AS a
WHERE a.code LIKE %(prefix)s
    AND (a.level = 'county' OR EXISTS (SELECT FROM depots AS d WHERE d.area = a.code))
ORDER BY length(a.code), a.code
