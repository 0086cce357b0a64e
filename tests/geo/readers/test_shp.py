"""Zipped Shapefiles as offices hand them round."""

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from geo.import_headers import header_by_column
from geo.import_layers import import_layer
from geo.readers import shp
from relief.errors import InvalidInput

PLACES = [shapely.Point(113.5, 37.8), shapely.Point(113.6, 37.9)]
NAMES = ["平定县第一中学避难场所", "冠山镇中心广场"]
Parts = dict[str, bytes]


def parts_of(folder: Path, encoding: str, crs: int = 4490, **columns: Any) -> Parts:
    """The files of a Shapefile by suffix, written by GDAL in that encoding."""
    frame = geopandas.GeoDataFrame(columns or {"名称": NAMES}, geometry=PLACES, crs=crs)
    frame.to_file(folder / "a.shp", encoding=encoding)
    return {path.suffix: path.read_bytes() for path in folder.glob("a.*")}


def zipped(parts: Parts, stem: str = "避难场所") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix, content in parts.items():
            archive.writestr(f"{stem}{suffix}", content)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("said", ["UTF-8", "GBK", "936", None])
def test_the_texts_are_read_whatever_the_cpg_says(
    tmp_path: Path, encoding: str, said: str | None
) -> None:
    parts = parts_of(tmp_path, encoding)
    parts.pop(".cpg", None)
    if said:
        parts[".cpg"] = said.encode()
    table = shp.read(zipped(parts, "数据/避难场所"))
    assert table.texts.to_dict("list") == {"名称": NAMES}
    assert table.crs == "EPSG:4490"
    assert table.geometries is not None
    assert table.geometries.tolist() == PLACES


def test_few_bytes_that_could_be_either_follow_the_cpg(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, "GBK", name=["联通", "联通"])
    assert shp.read(zipped(parts | {".cpg": b"GBK"})).texts["name"].tolist() == ["联通"] * 2
    parts = parts_of(tmp_path, "UTF-8", name=["一中", "二中"])
    del parts[".cpg"]
    assert shp.read(zipped(parts)).texts["name"].tolist() == ["一中", "二中"]


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_headers_of_ten_bytes_are_known_by_their_start(tmp_path: Path, encoding: str) -> None:
    columns: dict[str, Any] = {
        "编号": ["S1", "S2"],
        "名称": NAMES,
        "行政区划代码": ["140321", "140302"],
        "level": ["县级", "县级"],
        "可容纳人数": [300, 40],
        "service_radius_m": [500.0, 800.0],
        "position_error_m": [5.0, 8.0],
    }
    table = shp.read(zipped(parts_of(tmp_path, encoding, **columns)))
    headers = list(table.texts.columns)
    assert max(len(header.encode(encoding)) for header in headers) == 10
    layer = import_layer("shelters")
    found = header_by_column(headers, layer, {}, places=True, cut_in=table.cut_in)
    assert {column: found[column][:2] for column in found} == {
        "id": "编号", "name": "名称", "area": "行政", "level": "le", "capacity": "可容",
        "service_radius_m": "se", "position_error_m": "po"}  # fmt: skip


def test_a_text_that_the_field_cut_loses_its_half_character_alone(tmp_path: Path) -> None:
    long = "平" * 126 + "a定县"  # 252 bytes of GBK, one, and half of the next
    table = shp.read(zipped(parts_of(tmp_path, "GBK", name=[long, "短"])))
    assert table.texts["name"][0] in ("平" * 126 + "a", long[:127])


def test_the_prj_names_the_zone(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, "UTF-8", 4547)
    assert shp.read(zipped(parts)).crs == "EPSG:4547"
    assert shp.read(zipped({k: v for k, v in parts.items() if k != ".prj"})).crs is None
    with pytest.raises(InvalidInput, match=r"\.prj can't be read"):
        shp.read(zipped(parts | {".prj": b"nonsense"}))


def test_nothing_in_the_archive_leads_out_of_it(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, "UTF-8")
    assert len(shp.read(zipped(parts, "../../../../tmp/escaped")).texts) == 2
    assert not Path("/tmp/escaped.shp").exists()
    file = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("readme.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InvalidInput, match="holds a link"):
        shp.read(file.getvalue())


def test_a_bomb_and_a_lying_size_are_refused(tmp_path: Path) -> None:
    parts = parts_of(tmp_path, "UTF-8")
    bomb = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(1001):
            archive.writestr(f"{number}.txt", b"")
    with pytest.raises(InvalidInput, match="1000 files"):
        shp.read(bomb.getvalue())
    whole = zipped(parts | {".dbf": b"\0" * 10_000_000})
    size = (10_000_000).to_bytes(4, "little")
    with pytest.raises(InvalidInput, match=r"damaged"):
        shp.read(whole.replace(size, (1000).to_bytes(4, "little")))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda parts: {".dbf": parts[".dbf"]}, r"no \.shp file"),
        (lambda parts: {".shp": parts[".shp"], ".dbf": parts[".dbf"]}, r"lacks the \.shx"),
        (lambda parts: parts | {"2.shp": parts[".shp"]}, "several Shapefiles"),
        (lambda parts: parts | {".shp": b"<OGRVRTDataSource/>"}, "is no Shapefile"),
        (lambda parts: parts | {".dbf": b"\x03"}, "damaged"),
        (lambda parts: parts | {".shp": parts[".shp"][:90]}, "damaged|no features|refus"),
    ],
)
def test_what_is_no_shapefile_is_refused(tmp_path: Path, change: object, reason: str) -> None:
    content = zipped(change(parts_of(tmp_path, "UTF-8")))  # type: ignore[operator]
    with pytest.raises(InvalidInput, match=reason):
        shp.read(content)


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    content = zipped(parts_of(tmp_path, "UTF-8"))
    with pytest.raises(InvalidInput, match="truncated or damaged"):
        shp.read(content[: len(content) // 2])
