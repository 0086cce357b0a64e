-- What tiles carry of households now, which is little: the damage of all of them is joined once, as
-- a tile takes every home that it covers.
-- Parameters: event, detail_like.
-- Index: households_geom; house_damage_pkey, or all damage of the event for a tile of many homes.
SELECT h.id, h.persons, coalesce(d.grade, 'none') AS damage, h.synthetic, h.updated_at, h.geom
FROM households AS h
LEFT JOIN house_damage AS d ON d.event = %(event)s AND d.household = h.id
WHERE %(detail_like)s = '%%' OR h.area LIKE %(detail_like)s
