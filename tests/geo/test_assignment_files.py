"""Assignments on files: the same answer from every format, and no row misread in silence."""

import csv
from pathlib import Path

import geopandas
import numpy as np
import pandas
import pytest

from geo.assignment_files import assignment_of_files
from relief.errors import ReliefError
from relief.progress import silent

RNG = np.random.default_rng(11)
HOMES = pandas.DataFrame(
    {
        "id": [f"户{i:03}" for i in range(60)],
        "lon": 113.6 + RNG.normal(0, 0.03, 60),
        "lat": 37.9 + RNG.normal(0, 0.03, 60),
        "persons": RNG.integers(1, 7, 60),
        "priority": RNG.integers(0, 3, 60),
    }
)
SHELTERS = pandas.DataFrame(
    {"id": ["S1", "S2"], "lon": [113.58, 113.63], "lat": [37.9, 37.9], "capacity": [60, 70]}
)


def csv_file(folder: Path, name: str, table: pandas.DataFrame) -> Path:
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False)
    return path


def parquet_file(folder: Path, name: str, table: pandas.DataFrame) -> Path:
    path = folder / f"{name}.parquet"
    table.to_parquet(path)
    return path


def geopackage(folder: Path, name: str, table: pandas.DataFrame) -> Path:
    path = folder / f"{name}.gpkg"
    points = geopandas.points_from_xy(table["lon"], table["lat"], crs="EPSG:4490")
    rest = table.drop(columns=["lon", "lat"])
    geopandas.GeoDataFrame(rest, geometry=points).to_crs("EPSG:4547").to_file(path)
    return path


@pytest.mark.parametrize("write", [csv_file, parquet_file, geopackage])
def test_every_format_gives_the_same_answer(tmp_path: Path, write) -> None:
    found = assignment_of_files(
        write(tmp_path, "homes", HOMES), write(tmp_path, "shelters", SHELTERS), None, silent
    )
    figures = found.figures()
    assert figures["assigned_people"] == 130
    assert figures["unassigned_people"] == HOMES["persons"].sum() - 130
    assert figures["lower_bound"] <= figures["person_metres"]
    found.write(tmp_path / "who.csv")
    with (tmp_path / "who.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["household"] for row in rows] == HOMES["id"].tolist()
    persons = dict(zip(HOMES["id"], HOMES["persons"], strict=True))
    for shelter, capacity in (("S1", 60), ("S2", 70)):
        inside = [persons[row["household"]] for row in rows if row["shelter"] == shelter]
        assert sum(inside) <= capacity
    outside = [persons[row["household"]] for row in rows if not row["shelter"]]
    assert sum(outside) == figures["unassigned_people"]


def test_nobody_and_nowhere_are_answers_too(tmp_path: Path) -> None:
    homes, shelters = csv_file(tmp_path, "h", HOMES), csv_file(tmp_path, "s", SHELTERS)
    nobody = csv_file(tmp_path, "h0", HOMES[:0])
    nowhere = csv_file(tmp_path, "s0", SHELTERS[:0])
    assert assignment_of_files(nobody, shelters, None, silent).figures() == {
        "assigned_people": 0,
        "unassigned_people": 0,
        "person_metres": 0,
        "lower_bound": 0,
        "gap": 0,
    }
    left = assignment_of_files(homes, nowhere, None, silent)
    assert left.figures()["unassigned_people"] == HOMES["persons"].sum()
    left.write(tmp_path / "who.csv")
    assert (tmp_path / "who.csv").read_text(encoding="utf-8").splitlines()[1] == "户000,"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,lon,lat\nA,113.5,37.8\n", "no persons; it has id, lon, lat"),
        ("id,lon,lat,persons\nA,113.5,37.8,x\n", "row 2, persons 'x' is no number; correct it"),
        ("id,lon,lat,persons\nA,113.5,37.8,1\nB,here,37.8,1\n", "row 3, lon 'here' is no number"),
        ("id,lon,lat,persons\nA,113.5,37.8,1\n,113.6,37.8,1\n", "row 3, id The id is empty"),
        ("id,lon,lat,persons,lon\nA,113.5,37.8,1,113.5\n", "the column lon twice"),
        ("id;lon;lat;persons\nA;113.5;37.8;1\n", "Separate the columns by commas"),
        ("id,lon,lat,persons\nA,113.5,37.8,\n", "row 2, persons"),
        ("id,lon,lat,persons\nA,113.5,37.8,3\nB,113.5,37.8,-1\n", "row 3, persons"),
        ("id,lon,lat,persons\nA,113.5,37.8,1.5\n", "row 2, persons"),
        ("id,lon,lat,persons\nA,nan,37.8,1\n", "row 2, lon and lat"),
        ("id,lon,lat,persons\nA,113.5,inf,1\n", "row 2, lon and lat"),
        ("id,lon,lat,persons\nA,37.8,113.5,1\n", "swapped"),
        ("id,lon,lat,persons\nA,113.5,37.8,1\nA,113.6,37.8,1\n", "row 3, id 'A' stands more"),
        ("id,lon,lat,persons\nA,113.5\n", "row 2 It has 2 values where 4"),
        ("", "can't be read"),
    ],
)
def test_a_row_that_can_not_be_used_is_named(tmp_path: Path, text: str, says: str) -> None:
    homes = tmp_path / "homes.csv"
    homes.write_text(text)
    with pytest.raises(ReliefError) as refused:
        assignment_of_files(homes, csv_file(tmp_path, "s", SHELTERS), None, silent)
    told = refused.value.detail + "".join(f"{f.at} {f.detail}" for f in refused.value.faults)
    assert says in told


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    homes = tmp_path / "homes.csv"
    homes.write_text("id,lon,lat,persons\nA,113.5,37.8,4\n", encoding="utf-8-sig")
    found = assignment_of_files(homes, csv_file(tmp_path, "s", SHELTERS), None, silent)
    assert found.figures()["assigned_people"] == 4


def test_a_blank_priority_is_none(tmp_path: Path) -> None:
    homes = tmp_path / "homes.csv"
    homes.write_text("id,lon,lat,persons,priority\nA,113.5,37.8,4,\nB,113.5,37.8,4,2\n")
    bed = csv_file(tmp_path, "s", SHELTERS[:1].assign(capacity=4))
    assert assignment_of_files(homes, bed, None, silent).plan.shelter_of_household[1] == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("h.gpkg", b"<OGRVRTDataSource/>"),
        ("h.gpkg", b"SQLite format 3\0 and no more"),
        ("h.parquet", b"PAR1"),
        ("h.csv", "id,lon,lat,persons\n户,113.5,37.8,4\n".encode("gbk")),
        ("h.xls", b""),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReliefError):
        assignment_of_files(tmp_path / name, csv_file(tmp_path, "s", SHELTERS), None, silent)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReliefError, match="no file"):
        assignment_of_files(tmp_path / "h.csv", tmp_path / "s.csv", None, silent)
