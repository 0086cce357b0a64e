-- What the screens of a command centre show of new reports before they ask for more, by id.
-- Parameters: ids.
-- Index: field_reports_pkey.
SELECT r.id::text AS id, r.kind, r.state, r.area, a.name AS area_name, r.observed_at, r.received_at,
    jsonb_build_object('lon', ST_X(r.geom), 'lat', ST_Y(r.geom), 'accuracy_m', r.accuracy_m)
        AS location,
    left(r.text, 200) AS text, r.figures, r.details
FROM field_reports AS r
LEFT JOIN admin_areas AS a ON a.code = r.area
WHERE r.id = ANY (%(ids)s::uuid[])
