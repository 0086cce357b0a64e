"""All or nothing, partial, dry runs, and the same file twice."""

from typing import Any

from geo.changes import version_of
from geo.imports import ImportOptions, import_file

PLACE = "ST_X(geom) AS lon, ST_Y(geom) AS lat"


async def test_one_bad_row_keeps_all_others_out(office: Any) -> None:
    content = office.shelters(office.SCHOOL, ["S2", "二中", 113.3, 37.5, "县级", "x"])
    result = await office.imports("shelters", content)
    assert result.as_json() == {
        "layer": "shelters",
        "dry_run": False,
        "partial": False,
        "stored": False,
        "read": 2,
        "added": 0,
        "changed": 0,
        "unchanged": 0,
        "withheld": 1,
        "refused": 1,
        "refused_rows": [{"row": 3, "column": "容量", "reason": "'x' is no number."}],
        "warnings": [],
        "ignored_columns": [],
    }
    assert await office.rows("shelters") == []


async def test_partial_stores_the_good_rows(office: Any) -> None:
    content = office.shelters(office.SCHOOL, ["S2", "二中", 113.3, 37.5, "县级", "x"])
    result = await office.imports("shelters", content, partial=True)
    assert (result.stored, result.added, len(result.refusals)) == (True, 1, 1)
    assert [r["id"] for r in await office.rows("shelters")] == ["S1"]


async def test_a_dry_run_counts_and_stores_nothing(office: Any) -> None:
    result = await office.imports("shelters", office.shelters(office.SCHOOL), dry_run=True)
    assert (result.stored, result.dry_run, result.added) == (False, True, 1)
    assert await office.rows("shelters") == []
    assert await office.rows("audit") == []


async def test_the_same_file_twice_changes_nothing(office: Any) -> None:
    content = office.shelters(office.SCHOOL, ["S2", "二中", 113.7, 37.5, "县级", 200])
    await office.imports("shelters", content)
    before = await office.rows("shelters"), await version_of(office.conn, ["shelters"])
    result = await office.imports("shelters", content, "again.csv")
    assert (result.added, result.changed, result.unchanged) == (0, 0, 2)
    assert (await office.rows("shelters"), await version_of(office.conn, ["shelters"])) == before


async def test_a_changed_row_alone_is_changed(office: Any) -> None:
    other = ["S2", "二中", 113.7, 37.5, "县级", 200]
    await office.imports("shelters", office.shelters(office.SCHOOL, other))
    await office.conn.execute("UPDATE shelters SET occupancy = 7, updated_at = '2020-01-01'")
    content = office.shelters(office.SCHOOL, ["S2", "二中", 113.7, 37.5, "县级", 250])
    result = await office.imports("shelters", content, "new.csv")
    assert (result.added, result.changed, result.unchanged) == (0, 1, 1)
    rows = await office.rows("shelters", "capacity, occupancy, source, updated_at")
    assert [(r["capacity"], r["occupancy"], r["source"]) for r in rows] == [
        (500, 7, "rows.csv"),
        (250, 7, "new.csv"),
    ]
    assert [r["updated_at"].year > 2020 for r in rows] == [False, True]


async def test_an_import_is_in_the_audit(office: Any) -> None:
    await office.imports("shelters", office.shelters(office.SCHOOL))
    (entry,) = await office.rows("audit")
    assert (entry["action"], entry["subject"]) == ("import", "shelters")
    assert entry["detail"] == {"read": 1, "added": 1, "changed": 0, "unchanged": 0, "refused": 0}


async def test_progress_runs_to_the_end(office: Any) -> None:

    told: list[float] = []
    await import_file(
        office.conn,
        "shelters",
        "a.csv",
        office.shelters(office.SCHOOL),
        ImportOptions(),
        progress=told.append,
    )
    assert told == sorted(told)
    assert told[-1] == 1
