-- Roads as a network: what may be driven and walked on each, the graph that is built from their
-- lines, and where an event has closed them.

ALTER TABLE roads
    ADD COLUMN oneway text NOT NULL DEFAULT 'both' CHECK (oneway IN ('both', 'forward', 'backward')),
    ADD COLUMN vehicle_kmh double precision CHECK (vehicle_kmh BETWEEN 0 AND 200),
    ADD COLUMN walking_kmh double precision CHECK (walking_kmh BETWEEN 0 AND 15);
COMMENT ON COLUMN roads.oneway IS 'Open to vehicles both ways, or only as the line is drawn, or only against it';
COMMENT ON COLUMN roads.vehicle_kmh IS 'Null is the speed of the class, 0 is closed to vehicles';
COMMENT ON COLUMN roads.walking_kmh IS 'Null is the speed of the class, 0 is closed to walkers';

-- Derived from roads; `geo.road_graph` builds both tables anew, never a row of them.
CREATE TABLE road_nodes (
    id integer PRIMARY KEY,
    island integer NOT NULL,
    geom geometry (Point, 4490) NOT NULL CHECK (ST_IsValid(geom))
);
COMMENT ON COLUMN road_nodes.island IS 'Nodes that some road joins share it; 0 has the most nodes';

CREATE TABLE road_edges (
    id integer PRIMARY KEY,
    road text NOT NULL,
    start_node integer NOT NULL,
    end_node integer NOT NULL,
    length_m double precision NOT NULL CHECK (length_m > 0),
    class text NOT NULL,
    oneway text NOT NULL,
    vehicle_kmh double precision NOT NULL,
    walking_kmh double precision NOT NULL,
    geom geometry (LineString, 4490) NOT NULL CHECK (ST_IsValid(geom))
);
CREATE INDEX road_edges_road ON road_edges (road);

CREATE TABLE road_graph (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    roads_version text NOT NULL,
    summary jsonb NOT NULL,
    built_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN road_graph.roads_version IS 'What the roads were when the graph was built';

CREATE TABLE road_closures (
    id text PRIMARY KEY,
    event text NOT NULL REFERENCES events (id) ON DELETE CASCADE,
    place jsonb NOT NULL,
    direction text NOT NULL CHECK (direction IN ('both', 'drawn')),
    roads text[] NOT NULL,
    geom geometry (MultiLineString, 4490) NOT NULL CHECK (ST_IsValid(geom)),
    from_at timestamptz NOT NULL CHECK (isfinite(from_at)),
    until_at timestamptz CHECK (isfinite(until_at) AND until_at > from_at),
    reason text NOT NULL,
    by_whom text NOT NULL,
    field_report uuid REFERENCES field_reports (id),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    token bigint REFERENCES tokens (id),
    lifted_at timestamptz,
    lifted_by text,
    lifted_reason text
);
COMMENT ON COLUMN road_closures.place IS 'The point or line as it was told, GeoJSON in lon, lat';
COMMENT ON COLUMN road_closures.geom IS 'The closed stretches, one of each of `roads`, drawn in the closed direction';
CREATE INDEX road_closures_event ON road_closures (event, recorded_at DESC);
CREATE INDEX road_closures_geom ON road_closures USING gist (geom);
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE
    ON road_closures FOR EACH STATEMENT EXECUTE FUNCTION note_layer_change('road_closures');
