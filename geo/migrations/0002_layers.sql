-- The grid that stands for people on public layers: cells of the Web Mercator matrix, whose edges
-- run along meridians and parallels. At zoom 15 a cell is about 1 km wide at 38 degrees north.

CREATE FUNCTION cell_column(place geometry, zoom integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT floor((ST_X(place) + 180) / 360 * 2 ^ zoom)::integer
$$;

CREATE FUNCTION cell_row(place geometry, zoom integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT floor((1 - asinh(tan(radians(ST_Y(place)))) / pi()) / 2 * 2 ^ zoom)::integer
$$;

CREATE FUNCTION latitude_of_row(edge integer, zoom integer) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT degrees(atan(sinh(pi() * (1 - 2 * edge / 2 ^ zoom))))
$$;

CREATE FUNCTION cell_box(cell_column integer, cell_row integer, zoom integer) RETURNS geometry
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ST_MakeEnvelope(
        cell_column / 2 ^ zoom * 360 - 180, latitude_of_row(cell_row + 1, zoom),
        (cell_column + 1) / 2 ^ zoom * 360 - 180, latitude_of_row(cell_row, zoom), 4490)
$$;
COMMENT ON FUNCTION cell_box IS 'Outline of a cell of the grid in CGCS2000 degrees';

-- People by cell and by damage, kept up to date in the transaction that changes them, so that a map
-- of a whole prefecture reads some thousand rows and is complete. `area` is '' where unknown.
CREATE TABLE household_cells (
    area text NOT NULL,
    cell_x integer NOT NULL,
    cell_y integer NOT NULL,
    households integer NOT NULL,
    persons integer NOT NULL,
    synthetic_households integer NOT NULL,
    PRIMARY KEY (cell_x, cell_y, area)
);
COMMENT ON TABLE household_cells IS 'Households and persons by division and cell at zoom 15';

CREATE TABLE damage_cells (
    event text NOT NULL,
    grade text NOT NULL,
    area text NOT NULL,
    cell_x integer NOT NULL,
    cell_y integer NOT NULL,
    households integer NOT NULL,
    persons integer NOT NULL,
    PRIMARY KEY (event, cell_x, cell_y, area, grade)
);
COMMENT ON TABLE damage_cells IS 'Households and persons by damage of their house, as household_cells';

-- Triggers give these functions the rows concerned as `changed` and the sign to count them with.
-- Cells that have become empty stay, with 0 households.
CREATE FUNCTION count_households() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign CONSTANT integer := TG_ARGV[0];
BEGIN
    INSERT INTO household_cells AS c
    SELECT coalesce(area, ''), cell_column(geom, 15), cell_row(geom, 15), sign * count(*),
        sign * sum(persons), sign * count(*) FILTER (WHERE synthetic)
    FROM changed GROUP BY 1, 2, 3 ORDER BY 2, 3, 1
    ON CONFLICT (cell_x, cell_y, area) DO UPDATE SET
        households = c.households + excluded.households,
        persons = c.persons + excluded.persons,
        synthetic_households = c.synthetic_households + excluded.synthetic_households;
    INSERT INTO damage_cells AS c
    SELECT d.event, d.grade, coalesce(h.area, ''), cell_column(h.geom, 15), cell_row(h.geom, 15),
        sign * count(*), sign * sum(h.persons)
    FROM changed AS h JOIN house_damage AS d ON d.household = h.id
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 4, 5, 3, 2
    ON CONFLICT (event, cell_x, cell_y, area, grade) DO UPDATE SET
        households = c.households + excluded.households,
        persons = c.persons + excluded.persons;
    RETURN NULL;
END $$;

CREATE FUNCTION count_damage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign CONSTANT integer := TG_ARGV[0];
BEGIN
    INSERT INTO damage_cells AS c
    SELECT d.event, d.grade, coalesce(h.area, ''), cell_column(h.geom, 15), cell_row(h.geom, 15),
        sign * count(*), sign * sum(h.persons)
    FROM changed AS d JOIN households AS h ON h.id = d.household
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 4, 5, 3, 2
    ON CONFLICT (event, cell_x, cell_y, area, grade) DO UPDATE SET
        households = c.households + excluded.households,
        persons = c.persons + excluded.persons;
    RETURN NULL;
END $$;

-- The foreign key would take the damage away after the household, when nobody knows its cell.
CREATE FUNCTION drop_damage_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM house_damage WHERE household = OLD.id;
    RETURN OLD;
END $$;

CREATE FUNCTION empty_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DELETE FROM %I', TG_ARGV[0]);
    RETURN NULL;
END $$;

CREATE TRIGGER count_added AFTER INSERT ON households
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_households('1');
CREATE TRIGGER count_before_change AFTER UPDATE ON households
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_households('-1');
CREATE TRIGGER count_changed AFTER UPDATE ON households
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_households('1');
CREATE TRIGGER drop_damage_first BEFORE DELETE ON households
    FOR EACH ROW EXECUTE FUNCTION drop_damage_first();
CREATE TRIGGER count_removed AFTER DELETE ON households
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_households('-1');
CREATE TRIGGER count_none AFTER TRUNCATE ON households
    FOR EACH STATEMENT EXECUTE FUNCTION empty_cells('household_cells');

CREATE TRIGGER count_added AFTER INSERT ON house_damage
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_damage('1');
CREATE TRIGGER count_before_change AFTER UPDATE ON house_damage
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_damage('-1');
CREATE TRIGGER count_changed AFTER UPDATE ON house_damage
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_damage('1');
CREATE TRIGGER count_removed AFTER DELETE ON house_damage
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_damage('-1');
CREATE TRIGGER count_none AFTER TRUNCATE ON house_damage
    FOR EACH STATEMENT EXECUTE FUNCTION empty_cells('damage_cells');

INSERT INTO household_cells
SELECT coalesce(area, ''), cell_column(geom, 15), cell_row(geom, 15), count(*), sum(persons),
    count(*) FILTER (WHERE synthetic)
FROM households GROUP BY 1, 2, 3;

INSERT INTO damage_cells
SELECT d.event, d.grade, coalesce(h.area, ''), cell_column(h.geom, 15), cell_row(h.geom, 15),
    count(*), sum(h.persons)
FROM house_damage AS d JOIN households AS h ON h.id = d.household
GROUP BY 1, 2, 3, 4, 5;
