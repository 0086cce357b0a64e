-- Ground by seismic intensity (地震烈度) of the event.
-- Parameters: event.
-- Index: intensity_zones_pkey.
SELECT z.intensity::text AS id, z.intensity, z.event, e.name AS event_name, e.exercise,
    e.demo AS synthetic, z.method AS source, z.geom
FROM intensity_zones AS z
JOIN events AS e ON e.id = z.event
WHERE z.event = %(event)s
