"""One register in every format that offices hand round gives the same rows."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas
import pytest
import shapely
from fast_geocn import wgs84_to_bd09, wgs84_to_gcj02

from geo.database import Connection
from geo.import_rows import ImportOptions
from geo.imports import import_file

AREAS = """
INSERT INTO admin_areas (code, level, name, source, geom) VALUES
    ('14', 'province', '山西省', 'test', NULL), ('1403', 'prefecture', '阳泉市', 'test', NULL),
    ('140321', 'county', '平定县', 'test', ST_Multi(ST_MakeEnvelope(113, 37, 114, 38, 4490)))
"""
SHELTERS = [("S1", "第一中学", 300, 113.6311, 37.7902), ("S2", "中心广场", 40, 113.65, 37.8)]
HEADER = ["编号", "名称", "级别", "可容纳人数", "行政区划代码"]


def csv_in_gbk(_folder: Path) -> tuple[str, bytes]:
    lines = [",".join([*HEADER, "经度", "纬度"])]
    lines += [f"{i},{n},县级,{c},140321,{x},{y}" for i, n, c, x, y in SHELTERS]
    return "避难场所.csv", "\r\n".join(lines).encode("gbk")


def shapefile(folder: Path) -> tuple[str, bytes]:
    rows = [(i, n, "县级", c, "140321") for i, n, c, _, _ in SHELTERS]
    places = [shapely.Point(x, y) for *_, x, y in SHELTERS]
    frame = geopandas.GeoDataFrame(rows, columns=HEADER, geometry=places, crs=4490)
    frame.to_crs(4547).to_file(folder / "a.shp", encoding="GBK")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in folder.glob("a.*"):
            if path.suffix != ".cpg":
                archive.write(path, path.name)
    return "避难场所.shp.zip", file.getvalue()


def kml(_folder: Path) -> tuple[str, bytes]:
    def mark(shelter: tuple[str, str, int, float, float]) -> str:
        i, name, capacity, x, y = shelter
        data = zip(
            ["级别", "可容纳人数", "行政区划代码"], ["县级", capacity, "140321"], strict=True
        )
        fields = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in data)
        return (
            f'<Placemark id="{i}"><name>{escape(name)}</name><ExtendedData>{fields}</ExtendedData>'
            f"<Point><coordinates>{x},{y},0</coordinates></Point></Placemark>"
        )

    marks = "".join(map(mark, SHELTERS))
    return "避难场所.kml", f"<kml><Document>{marks}</Document></kml>".encode()


def shifted(forward: Callable[[float, float], tuple[float, float]]) -> bytes:
    """Five shelters by the coordinates of a web map, in a file that says nothing of it."""
    rows = ["id,name,level,capacity,lon,lat"]
    for n in range(5):
        lon, lat = forward(113.6 + n / 50, 37.8 + n / 70)
        rows.append(f"M{n},场所,县级,10,{lon},{lat}")
    return "\n".join(rows).encode()


@pytest.mark.parametrize(("name", "forward"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
async def test_places_off_by_a_web_map_s_shift_are_said_and_not_moved(
    conn: Connection, name: str, forward: Callable[[float, float], tuple[float, float]]
) -> None:
    await conn.execute(AREAS)
    stated = ImportOptions(crs=name)
    first = await import_file(conn, "shelters", "a.csv", shifted(forward), stated)
    assert (first.added, first.warnings) == (5, ())
    trial = ImportOptions(dry_run=True)
    suspected = await import_file(conn, "shelters", "a.csv", shifted(forward), trial)
    (warning,) = suspected.warnings
    assert (warning.column, suspected.changed) == ("crs", 5)
    assert f"import it with crs={name}" in warning.reason
    for right in (shifted(lambda lon, lat: (lon, lat)), shifted(lambda lon, lat: (lon + 0.1, lat))):
        assert not (await import_file(conn, "shelters", "a.csv", right, trial)).warnings
    again = await import_file(conn, "shelters", "a.csv", shifted(forward), stated)
    assert (again.unchanged, again.warnings) == (5, ())


@pytest.mark.parametrize("written", [csv_in_gbk, shapefile, kml])
async def test_every_format_gives_the_same_shelters(
    conn: Connection, tmp_path: Path, written: object
) -> None:
    await conn.execute(AREAS)
    name, content = written(tmp_path)  # type: ignore[operator]
    first = await import_file(conn, "shelters", name, content, ImportOptions())
    assert (first.added, first.refusals, first.warnings) == (2, (), ())
    again = await import_file(conn, "shelters", name, content, ImportOptions())
    assert (again.unchanged, again.changed) == (2, 0)
    cursor = await conn.execute(
        "SELECT id, name, capacity, round(ST_X(geom)::numeric, 7)::float AS x,"
        " round(ST_Y(geom)::numeric, 7)::float AS y FROM shelters WHERE area = '140321' ORDER BY id"
    )
    assert [tuple(row.values()) for row in await cursor.fetchall()] == SHELTERS
