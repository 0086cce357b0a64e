-- People by cell of the grid: counts alone. Divisions that match detail_like are left out, as they
-- are shown in detail there; when it is null all are counted.
-- Damage counts once it was recorded: now as the grid holds it, at a past moment home by home.
-- Parameters: event, detail_like, cell_zoom (5 to 15), known_at; cell_west, cell_east, cell_north
-- and cell_south, the cells of that zoom that are wanted.
-- Index: household_cells_pkey, damage_cells_pkey. For a past moment house_damage_pkey,
-- households_pkey.
SELECT concat_ws('-', %(cell_zoom)s::integer, cell_x, cell_y) AS id, households, persons,
    damaged_households, homeless_persons, synthetic, 'households' AS source, cell_x, cell_y,
    cell_box(cell_x, cell_y, %(cell_zoom)s::integer) AS geom
FROM (
    SELECT c.cell_x, c.cell_y,
        sum(c.households) AS households,
        sum(c.persons) AS persons,
        coalesce(sum(coalesce(d.households, past.households)), 0)::bigint AS damaged_households,
        coalesce(sum(coalesce(d.homeless_persons, past.homeless_persons)), 0)::bigint
            AS homeless_persons,
        sum(c.synthetic_households) > 0 AS synthetic
    FROM household_cells AS c
    LEFT JOIN damage_cells AS d
        ON d.event = %(event)s AND d.zoom = %(cell_zoom)s::integer
            AND (d.cell_x, d.cell_y, d.area) = (c.cell_x, c.cell_y, c.area)
            AND %(known_at)s::timestamptz IS NULL
    LEFT JOIN (
        SELECT cell_column(h.geom, %(cell_zoom)s::integer) AS cell_x,
            cell_row(h.geom, %(cell_zoom)s::integer) AS cell_y, coalesce(h.area, '') AS area,
            count(*) AS households,
            sum(h.persons) FILTER (WHERE g.grade IN ('collapsed', 'severe')) AS homeless_persons
        FROM house_damage AS g JOIN households AS h ON h.id = g.household
        WHERE g.event = %(event)s AND g.recorded_at <= %(known_at)s::timestamptz
            AND %(known_at)s::timestamptz IS NOT NULL -- else nothing is read at all
        GROUP BY 1, 2, 3
    ) AS past ON (past.cell_x, past.cell_y, past.area) = (c.cell_x, c.cell_y, c.area)
    WHERE c.zoom = %(cell_zoom)s::integer AND c.households > 0
        AND c.cell_x BETWEEN %(cell_west)s AND %(cell_east)s
        AND c.cell_y BETWEEN %(cell_north)s AND %(cell_south)s
        AND (%(detail_like)s::text IS NULL OR c.area NOT LIKE %(detail_like)s)
    GROUP BY 1, 2
    OFFSET 0 -- so that outlines are made of whole cells only
) AS cell
