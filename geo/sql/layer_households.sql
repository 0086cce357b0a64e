-- Households (住户) as points, with the state of their house in the event. Personal data: only
-- those whose division matches detail_like, and none when that is null. The damage is looked up
-- row by row, so that a page costs a page; it counts once it was recorded.
-- Parameters: event, detail_like, known_at.
-- Index: households_geom, households_pkey, house_damage_pkey.
SELECT h.id, h.area, h.persons, h.key_groups,
    coalesce((
        SELECT d.grade FROM house_damage AS d
        WHERE d.event = %(event)s AND d.household = h.id
            AND d.recorded_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
    ), 'none') AS damage,
    h.head_name, h.address, h.telephone, h.position_error_m, h.synthetic, h.source, h.updated_at,
    h.geom
FROM households AS h
WHERE %(detail_like)s = '%%' OR h.area LIKE %(detail_like)s
