-- The grid of people at every zoom that tiles draw it at, 5 to 15, so that a tile reads the cells that
-- it shows and no more. Made anew from the register; counted on by triggers as before, but one
-- statement adds what it changed once, finest cells first, and nothing where nothing changed: the
-- large cells, for which writers wait for one another, are held for the shortest time.

DROP TRIGGER count_added ON households;
DROP TRIGGER count_before_change ON households;
DROP TRIGGER count_changed ON households;
DROP TRIGGER count_removed ON households;
DROP TRIGGER count_added ON house_damage;
DROP TRIGGER count_before_change ON house_damage;
DROP TRIGGER count_changed ON house_damage;
DROP TRIGGER count_removed ON house_damage;
DROP TABLE household_cells, damage_cells;

CREATE TABLE household_cells (
    zoom smallint NOT NULL,
    cell_x integer NOT NULL,
    cell_y integer NOT NULL,
    area text NOT NULL,
    households integer NOT NULL,
    persons integer NOT NULL,
    synthetic_households integer NOT NULL,
    PRIMARY KEY (zoom, cell_x, cell_y, area)
) WITH (fillfactor = 80);
COMMENT ON TABLE household_cells IS 'Households and persons by cell and division (empty: unknown)';

CREATE TABLE damage_cells (
    event text NOT NULL,
    zoom smallint NOT NULL,
    cell_x integer NOT NULL,
    cell_y integer NOT NULL,
    area text NOT NULL,
    households integer NOT NULL,
    homeless_persons integer NOT NULL,
    PRIMARY KEY (event, zoom, cell_x, cell_y, area)
) WITH (fillfactor = 80);
COMMENT ON TABLE damage_cells IS 'Damaged households, and persons of those that can''t be lived in';

-- What adds to the cells, given the rows concerned as a query: `sign` is 1 for what is there by now
-- and -1 for what was before. Cells that have become empty stay, with 0 households.
CREATE FUNCTION counting_households(changed text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('
        INSERT INTO household_cells AS c
        SELECT zoom, x >> 15 - zoom, y >> 15 - zoom, area, sum(n), sum(persons), sum(synthetic)
        FROM (
            SELECT cell_column(geom, 15) AS x, cell_row(geom, 15) AS y, coalesce(area, '''') AS area,
                sum(sign) AS n, sum(sign * persons) AS persons,
                sum(sign * synthetic::integer) AS synthetic
            FROM (%s) AS h GROUP BY 1, 2, 3
        ) AS cell, generate_series(5, 15) AS zoom
        GROUP BY 1, 2, 3, 4
        HAVING sum(n) <> 0 OR sum(persons) <> 0 OR sum(synthetic) <> 0
        ORDER BY 1 DESC, 2, 3, 4
        ON CONFLICT (zoom, cell_x, cell_y, area) DO UPDATE SET
            households = c.households + excluded.households,
            persons = c.persons + excluded.persons,
            synthetic_households = c.synthetic_households + excluded.synthetic_households',
        changed)
$$;

CREATE FUNCTION counting_damage(changed text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('
        INSERT INTO damage_cells AS c
        SELECT event, zoom, x >> 15 - zoom, y >> 15 - zoom, area, sum(n), sum(homeless)
        FROM (
            SELECT event, cell_column(geom, 15) AS x, cell_row(geom, 15) AS y,
                coalesce(area, '''') AS area, sum(sign) AS n,
                sum(CASE WHEN grade IN (''collapsed'', ''severe'') THEN sign * persons ELSE 0 END)
                    AS homeless
            FROM (%s) AS d GROUP BY 1, 2, 3, 4
        ) AS cell, generate_series(5, 15) AS zoom
        GROUP BY 1, 2, 3, 4, 5
        HAVING sum(n) <> 0 OR sum(homeless) <> 0
        ORDER BY 1, 2 DESC, 3, 4, 5
        ON CONFLICT (event, zoom, cell_x, cell_y, area) DO UPDATE SET
            households = c.households + excluded.households,
            homeless_persons = c.homeless_persons + excluded.homeless_persons',
        changed)
$$;

-- A home that moves takes its damage along. Who moves it and who writes the damage wait for each other
-- at the rows of the damage, or, where there is none yet, at the home: else each would count by what
-- the other has not committed. All count damage first and homes then, so that none waits in a ring.
CREATE OR REPLACE FUNCTION count_households() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        EXECUTE counting_damage(format('
            WITH damage AS MATERIALIZED (
                SELECT event, household, grade FROM house_damage
                WHERE household IN (SELECT id FROM added) ORDER BY 1, 2 FOR SHARE
            )
            SELECT h.sign, d.event, d.grade, h.area, h.geom, h.persons
            FROM (%s) AS h JOIN damage AS d ON d.household = h.id', TG_ARGV[0]));
    END IF;
    EXECUTE counting_households(TG_ARGV[0]);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_damage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM households WHERE id IN (SELECT household FROM added) ORDER BY id FOR SHARE;
    END IF;
    EXECUTE counting_damage(format('SELECT d.sign, d.event, d.grade, h.area, h.geom, h.persons
        FROM (%s) AS d JOIN households AS h ON h.id = d.household', TG_ARGV[0]));
    RETURN NULL;
END $$;

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES ('households', 'count_households'), ('house_damage', 'count_damage'))
        AS counted (name, counting) LOOP
        EXECUTE format('
            CREATE TRIGGER count_added AFTER INSERT ON %1$I REFERENCING NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION %2$I(''SELECT 1 AS sign, * FROM added'');
            CREATE TRIGGER count_changed AFTER UPDATE ON %1$I
                REFERENCING OLD TABLE AS removed NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION %2$I(''SELECT 1 AS sign, * FROM added
                    UNION ALL SELECT -1, * FROM removed'');
            CREATE TRIGGER count_removed AFTER DELETE ON %1$I REFERENCING OLD TABLE AS removed
                FOR EACH STATEMENT EXECUTE FUNCTION %2$I(''SELECT -1 AS sign, * FROM removed'')
            ', t.name, t.counting);
    END LOOP;
    EXECUTE counting_households('SELECT 1 AS sign, * FROM households');
    EXECUTE counting_damage('SELECT 1 AS sign, d.event, d.grade, h.area, h.geom, h.persons
        FROM house_damage AS d JOIN households AS h ON h.id = d.household');
END $$;
ANALYZE household_cells, damage_cells;

-- ── Divisions as seen from far ──────────────────────────────────────────────────────────────────
-- Half a pixel of zoom 9, of tiles 512 pixels wide, is 76 m at the equator: 0.0007 degrees.
ALTER TABLE admin_areas ADD COLUMN far_geom geometry (MultiPolygon, 4490)
    GENERATED ALWAYS AS (ST_Multi(ST_SimplifyPreserveTopology(geom, 0.0007))) STORED;
COMMENT ON COLUMN admin_areas.far_geom IS 'The outline as tiles draw it up to zoom 9';
