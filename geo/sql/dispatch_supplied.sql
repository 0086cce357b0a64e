-- What shelters have been given in an event, or is on its way or asked for, by item.
-- Parameters: %(event)s.
-- Index: supply_requests_event.
SELECT r.shelter, r.item, sum(coalesce(r.received_quantity, r.quantity))::bigint AS quantity
FROM supply_requests AS r
WHERE r.event = %(event)s AND r.state NOT IN ('refused', 'cancelled')
GROUP BY r.shelter, r.item
