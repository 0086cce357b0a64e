-- Depots with what each holds and what has been asked of it, a row a depot, item, holder and form.
-- An exercise sends nothing in truth: only to itself does what it has sent seem gone.
-- Parameters: %(event)s; %(exercise)s whether it is one; %(prefix)s code of the area with a
--   trailing percent sign.
-- Index: depots_area, depot_stock_pkey, supply_requests_depot.
SELECT d.id AS depot, d.name, d.area, d.state, ST_X(d.geom) AS lon, ST_Y(d.geom) AS lat,
    s.item, s.holder, s.form, s.unit,
    greatest(s.quantity - coalesce(q.played, 0), 0)::integer AS quantity,
    coalesce(q.requested, 0)::integer AS requested
FROM depots AS d
LEFT JOIN depot_stock AS s ON s.depot = d.id
LEFT JOIN LATERAL (
    SELECT sum(r.quantity) FILTER (WHERE r.state = 'requested') AS requested,
        sum(r.quantity) FILTER (
            WHERE r.state IN ('sent', 'received', 'compensated') AND NOT r.books_stock) AS played
    FROM supply_requests AS r
    WHERE r.depot = d.id AND r.item = s.item AND r.holder = s.holder AND r.form = s.form
        AND (r.event = %(event)s OR (r.books_stock AND NOT %(exercise)s))
) AS q ON true
WHERE d.area LIKE %(prefix)s OR d.area IS NULL
ORDER BY d.id, s.item, s.holder, s.form
