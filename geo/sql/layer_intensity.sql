-- Ground by seismic intensity (地震烈度) of the event, as it was drawn at known_at: the zones that
-- were replaced first after that time, else those of today.
-- Parameters: event, known_at.
-- Index: intensity_zones_pkey, intensity_changes_event.
SELECT z.intensity::text AS id, z.intensity, z.event, e.name AS event_name, e.exercise,
    e.demo AS synthetic, z.method AS source, z.geom
FROM (
    SELECT event, intensity, method, geom, 'infinity' AS replaced_at FROM intensity_zones
    UNION ALL
    SELECT event, intensity, method, geom, replaced_at FROM intensity_changes
) AS z
JOIN events AS e ON e.id = z.event
WHERE z.event = %(event)s
    AND z.replaced_at = coalesce((
        SELECT min(c.replaced_at) FROM intensity_changes AS c
        WHERE c.event = %(event)s AND c.replaced_at > %(known_at)s::timestamptz
    ), 'infinity')
