-- Reports from the field by cell of the grid: how many of which kind, nothing that they say.
-- Divisions that match detail_like are left out; when it is null all are counted.
-- Only reports observed by as_of and received by known_at.
-- Parameters: event, detail_like, cell_zoom, as_of, known_at; cell_west, cell_east, cell_north and
-- cell_south, the cells of that zoom that are wanted.
-- Index: field_reports_event.
SELECT concat_ws('-', %(cell_zoom)s::integer, cell_x, cell_y) AS id, reports, verified, kinds,
    newest_at, synthetic, 'field report' AS source, cell_x, cell_y,
    cell_box(cell_x, cell_y, %(cell_zoom)s::integer) AS geom
FROM (
    SELECT cell_column(r.geom, %(cell_zoom)s::integer) AS cell_x,
        cell_row(r.geom, %(cell_zoom)s::integer) AS cell_y,
        count(*) AS reports,
        count(*) FILTER (WHERE r.state = 'verified') AS verified,
        array_agg(DISTINCT r.kind) AS kinds,
        max(r.received_at) AS newest_at,
        bool_or(e.demo) AS synthetic
    FROM field_reports AS r
    JOIN events AS e ON e.id = r.event
    WHERE r.event = %(event)s AND r.state NOT IN ('rejected', 'duplicate')
        AND r.observed_at <= coalesce(%(as_of)s::timestamptz, 'infinity')
        AND r.received_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
        AND (%(detail_like)s::text IS NULL OR coalesce(r.area, '') NOT LIKE %(detail_like)s)
    GROUP BY 1, 2
) AS cell
WHERE cell_x BETWEEN %(cell_west)s AND %(cell_east)s
    AND cell_y BETWEEN %(cell_north)s AND %(cell_south)s
