-- People from each township to each shelter: of the assignment asked for, else of the newest of the
-- event. Households outside the loaded townships start from the middle of their grid cell.
-- Divisions that match detail_like are left out; when it is null all are counted.
-- Made by the time of both clocks.
-- Parameters: event, assignment, detail_like, as_of, known_at.
-- Index: assignments_event, assignment_households_pkey, households_pkey, shelters_pkey.
SELECT concat_ws('-', f.township, f.cell_x, f.cell_y, f.shelter) AS id, f.township,
    t.name AS township_name, f.shelter, s.name AS shelter_name, f.households, f.persons,
    f.assignment, f.synthetic, 'assignment' AS source,
    ST_MakeLine(
        coalesce(t.seat, ST_PointOnSurface(t.geom), ST_Centroid(cell_box(f.cell_x, f.cell_y, 12))),
        s.geom) AS geom
FROM (
    SELECT t.code AS township,
        CASE WHEN t.code IS NULL THEN cell_column(h.geom, 12) END AS cell_x,
        CASE WHEN t.code IS NULL THEN cell_row(h.geom, 12) END AS cell_y,
        p.shelter, p.assignment, count(*) AS households, sum(p.persons) AS persons,
        bool_or(e.demo) AS synthetic
    FROM assignment_households AS p
    JOIN assignments AS a ON a.id = p.assignment
    JOIN events AS e ON e.id = a.event
    JOIN households AS h ON h.id = p.household
    LEFT JOIN admin_areas AS t ON t.code = left(h.area, 9) AND t.level = 'township'
    WHERE p.shelter IS NOT NULL
        AND (%(detail_like)s::text IS NULL OR coalesce(h.area, '') NOT LIKE %(detail_like)s)
        AND p.assignment = coalesce(%(assignment)s, (
            SELECT id FROM assignments
            WHERE event = %(event)s AND created_at <= coalesce(
                least(%(as_of)s::timestamptz, %(known_at)s::timestamptz), 'infinity')
            ORDER BY created_at DESC, id LIMIT 1
        ))
        AND a.created_at <= coalesce(
            least(%(as_of)s::timestamptz, %(known_at)s::timestamptz), 'infinity')
    GROUP BY 1, 2, 3, 4, 5
) AS f
JOIN shelters AS s ON s.id = f.shelter
LEFT JOIN admin_areas AS t ON t.code = f.township
