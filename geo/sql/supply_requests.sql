-- Requests for goods with their steps, by id.
-- Parameters: %(event)s; %(prefix)s code of an area with a trailing percent sign, in which the
--   depot or the shelter lies; %(after)s the id that the page follows; %(limit)s; and, null for
--   "any": %(id)s, %(state)s, %(plan)s.
-- Index: supply_requests_event, supply_request_steps_request.
SELECT r.id, r.event, r.plan, r.depot, d.name AS depot_name, r.shelter, s.name AS shelter_name,
    r.item, r.holder, r.form, r.quantity, r.unit, r.state, NOT r.books_stock AS exercise,
    r.received_quantity, r.compensation_yuan::double precision AS compensation_yuan,
    (
        SELECT json_agg(json_build_object('state', t.state, 'by', t.by_whom, 'reason', t.reason,
            'at', t.at) ORDER BY t.id)
        FROM supply_request_steps AS t WHERE t.request = r.id
    ) AS steps
FROM supply_requests AS r
JOIN depots AS d ON d.id = r.depot
JOIN shelters AS s ON s.id = r.shelter
WHERE r.event = %(event)s
    AND (d.area LIKE %(prefix)s OR s.area LIKE %(prefix)s OR %(prefix)s = '%%')
    AND r.id > %(after)s
    AND (%(id)s::text IS NULL OR r.id = %(id)s)
    AND (%(state)s::text IS NULL OR r.state = %(state)s)
    AND (%(plan)s::text IS NULL OR r.plan = %(plan)s)
ORDER BY r.id
LIMIT %(limit)s
