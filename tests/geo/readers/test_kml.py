"""Placemarks of KML files."""

import pytest
import shapely

from geo.readers import kml
from geo.readers.source import SourceTable
from relief.errors import InvalidInput

HEAD = '<?xml version="1.0" encoding="{}"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
POINT = "<Point><coordinates>113.5,37.8,900</coordinates></Point>"
RING = "<LinearRing><coordinates>113,37 114,37 114,38 113,37</coordinates></LinearRing>"
POLYGON = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"


def read(body: str, encoding: str = "utf-8") -> SourceTable:
    return kml.read((HEAD.format(encoding) + body + "</Document></kml>").encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_fields_come_from_names_and_extended_data_in_any_folder(encoding: str) -> None:
    table = read(
        f'<Folder><Placemark id="P1"><name>第一中学避难场所</name>{POINT}<ExtendedData>'
        '<Data name="容量"><displayName>x</displayName><value>300</value></Data></ExtendedData>'
        f"</Placemark><Folder><Placemark><name>第二小学操场</name>{POINT}<ExtendedData><SchemaData>"
        '<SimpleData name="id">P2</SimpleData><SimpleData name="容量">40</SimpleData>'
        "</SchemaData></ExtendedData></Placemark></Folder></Folder>",
        encoding,
    )
    assert table.texts.to_dict("records") == [
        {"name": "第一中学避难场所", "容量": "300", "id": "P1"},
        {"name": "第二小学操场", "容量": "40", "id": "P2"},
    ]
    assert table.crs == "EPSG:4326"
    assert table.geometries is not None
    assert table.geometries[0] == shapely.Point(113.5, 37.8)


def test_lines_polygons_and_gathered_ones_are_read() -> None:
    line = "<LineString><coordinates>\n 113,37,0\n 114,38,0 </coordinates></LineString>"
    shapes = [line, POLYGON, f"<MultiGeometry>{line}{line}</MultiGeometry>"]
    shapes.append(
        f"<MultiGeometry>{POLYGON}<MultiGeometry>{POLYGON}</MultiGeometry></MultiGeometry>"
    )
    table = read("".join(f"<Placemark>{shape}</Placemark>" for shape in shapes))
    assert table.geometries is not None
    kinds = [place.geom_type for place in table.geometries]
    assert kinds == ["LineString", "Polygon", "MultiLineString", "MultiPolygon"]


def test_placemarks_without_a_place_are_refused_one_by_one() -> None:
    wrong = ["", "<Point><coordinates>113.5</coordinates></Point>", "<Polygon/>"]
    wrong.append("<Point><coordinates>a,b</coordinates></Point>")
    table = read("".join(f"<Placemark>{shape}</Placemark>" for shape in [POINT, *wrong]))
    assert table.row_numbers.tolist() == [1]
    assert [refusal.row for refusal in table.refusals] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<!DOCTYPE kml [<!ENTITY a "b">]><kml><Placemark/></kml>', "declares a DOCTYPE"),
        ("<kml><Document><NetworkLink><Link><href>http://x/</href></Link></NetworkLink></Document>"
         "</kml>", "NetworkLink"),
        ("<kml>" + "<Folder>" * 100 + "</Folder>" * 100 + "</kml>", "nests more than 64"),
        ("<kml>" + "<Folder>" * 1_000_000, "nests more than 64"),
        ("<kml><Placemark>", "no KML"),
        ("<kml></kml>", "no placemarks"),
    ],
)  # fmt: skip
def test_hostile_and_broken_files_are_refused(content: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        kml.read(content.encode())
