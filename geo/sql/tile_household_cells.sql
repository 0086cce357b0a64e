-- People by cell as tiles draw them now: layer_household_cells without its past, so that one plan
-- serves all tiles.
-- Parameters: event, detail_like, cell_zoom (5 to 15); cell_west, cell_east, cell_north and
-- cell_south, the cells of that zoom that are wanted.
-- Index: household_cells_pkey, damage_cells_pkey.
SELECT concat_ws('-', %(cell_zoom)s::integer, cell_x, cell_y) AS id, households, persons,
    damaged_households, homeless_persons, synthetic, cell_x, cell_y,
    cell_box(cell_x, cell_y, %(cell_zoom)s::integer) AS geom
FROM (
    SELECT c.cell_x, c.cell_y,
        sum(c.households) AS households,
        sum(c.persons) AS persons,
        coalesce(sum(d.households), 0) AS damaged_households,
        coalesce(sum(d.homeless_persons), 0) AS homeless_persons,
        sum(c.synthetic_households) > 0 AS synthetic
    FROM household_cells AS c
    LEFT JOIN damage_cells AS d
        ON d.event = %(event)s AND d.zoom = %(cell_zoom)s::integer
            AND (d.cell_x, d.cell_y, d.area) = (c.cell_x, c.cell_y, c.area)
    WHERE c.zoom = %(cell_zoom)s::integer AND c.households > 0
        AND c.cell_x BETWEEN %(cell_west)s AND %(cell_east)s
        AND c.cell_y BETWEEN %(cell_north)s AND %(cell_south)s
        AND (%(detail_like)s::text IS NULL OR c.area NOT LIKE %(detail_like)s)
    GROUP BY 1, 2
    OFFSET 0 -- so that outlines are made of whole cells only
) AS cell
