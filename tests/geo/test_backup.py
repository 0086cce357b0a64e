"""A store in a file and back: everything or nothing, and nobody's data replaced unasked."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from geo.archive import Programs
from geo.backup import back_up, replace_store, restore
from geo.backup_pack import opened_pack, write_pack
from geo.database import connected
from geo.migration import migrate, migrations
from geo.photo_files import PhotoFolder
from geo.stream import Position, is_kept, snapshot_now
from relief.errors import Conflict, InvalidInput, SetupRefused, StoreVersion

FILLED = """
INSERT INTO admin_areas (code, level, name, source, geom) VALUES
    ('14', 'province', '山西省', 'test', ST_Multi(ST_MakeEnvelope(111, 35, 114, 40, 4490)));
INSERT INTO households (id, area, head_name, address, persons, geom, source) VALUES
    ('h1', '14', E'甲\\t乙\\n丙', '\\.', 3, ST_SetSRID(ST_Point(113.6, 37.8), 4490), 'test');
INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area) VALUES
    (sha256('secret'), 'rm', 'test', 'operator', '14');
INSERT INTO events (id, hazard, name, occurred_at, plan, area) VALUES
    ('e1', 'flood', '7.1 洪涝灾害', '2026-07-01', 'yangquan-2026', '14');
INSERT INTO loss_reports (id, event, area, stage, as_of, source) VALUES
    ('r1', 'e1', '14', 'initial', '2026-07-01', 'test');
"""
PHOTOS = PhotoFolder(Path("/nonexistent"))
"""For stores without photos."""
EVERYTHING: LiteralString = (
    "SELECT (SELECT array_agg(h::text) FROM households AS h),"
    " (SELECT array_agg(a::text) FROM admin_areas AS a),"
    " (SELECT array_agg(t::text) FROM tokens AS t),"
    " (SELECT array_agg(e::text) FROM events AS e),"
    " (SELECT array_agg(c.changes ORDER BY c.layer) FROM layer_changes AS c)"
)


def answered(url: str, statement: LiteralString) -> Any:
    with psycopg.connect(url, options="-c search_path=reliefmap,public") as conn:
        cursor = conn.execute(statement)
        return cursor.fetchall() if cursor.description else None


@pytest.fixture
def filled(database_url: str) -> str:
    """A store with a little of everything in it."""
    answered(database_url, FILLED)
    return database_url


@pytest.fixture
def elsewhere(postgis: Any) -> Iterator[str]:
    """A fresh store of another database."""
    name, url = postgis.clone()
    yield url
    postgis.drop(name)


def test_a_store_is_the_same_on_another_machine(
    filled: str, elsewhere: str, tmp_path: Path
) -> None:
    done = back_up(filled, tmp_path / "store.backup", PHOTOS)
    assert (done.rows["households"], done.rows["admin_areas"], done.rows["depots"]) == (1, 1, 0)
    assert done.migration == migrations()[-1].number
    assert done.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["store.backup"]
    assert restore(elsewhere, done.path, PHOTOS).rows == done.rows
    assert answered(elsewhere, EVERYTHING) == answered(filled, EVERYTHING)
    assert migrate(elsewhere) == []


async def test_who_followed_the_store_before_a_restore_is_told_to_begin_anew(
    filled: str, tmp_path: Path
) -> None:
    """What came after the backup is gone from the store, and is still on the readers' screens."""
    path = back_up(filled, tmp_path / "one", PHOTOS).path
    answered(
        filled,
        "INSERT INTO depots (id, name, level, geom, source) VALUES ('d', 'd',"
        " 'county', ST_SetSRID(ST_Point(113.6, 37.8), 4490), 'test')",
    )
    async with connected(filled) as conn:
        had = Position(await snapshot_now(conn))
        assert await is_kept(conn, had)
    await asyncio.to_thread(restore, filled, path, PHOTOS, force=True)
    async with connected(filled) as conn:
        assert not await is_kept(conn, had)
        assert await is_kept(conn, Position(await snapshot_now(conn)))


def test_what_is_restored_lives_on(filled: str, elsewhere: str, tmp_path: Path) -> None:
    """Triggers, sequences and functions are there, and a second backup is like the first."""
    restore(elsewhere, back_up(filled, tmp_path / "one", PHOTOS).path, PHOTOS)
    answered(elsewhere, "SELECT * FROM area_figures('e1', NULL, NULL)")
    answered(
        elsewhere,
        "INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)"
        " VALUES (sha256('other'), 'rm', 'test', 'viewer', '')",
    )
    before = answered(elsewhere, "SELECT sum(changes) FROM layer_changes")
    answered(elsewhere, "UPDATE households SET persons = 4")
    assert answered(elsewhere, "SELECT sum(changes) FROM layer_changes") > before
    with pytest.raises(psycopg.errors.CheckViolation):
        answered(elsewhere, "UPDATE households SET persons = -1")
    again = back_up(elsewhere, tmp_path / "two", PHOTOS)
    assert again.rows["tokens"] == 2


def test_a_bare_database_is_enough(postgis: Any, filled: str, tmp_path: Path) -> None:
    url = postgis.create("reliefmap_bare", "template1")
    try:
        postgis_missing = "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'"
        if answered(url, postgis_missing) == [(0,)]:
            with psycopg.connect(postgis.admin_url.replace("/postgres?", "/reliefmap_bare?")) as c:
                c.execute("CREATE EXTENSION postgis")
        done = back_up(filled, tmp_path / "store.backup", PHOTOS)
        restore(url, done.path, PHOTOS)
        assert answered(url, EVERYTHING) == answered(filled, EVERYTHING)
    finally:
        postgis.drop("reliefmap_bare")


def test_a_filled_store_is_replaced_only_on_demand(
    filled: str, elsewhere: str, tmp_path: Path
) -> None:
    done = back_up(filled, tmp_path / "store.backup", PHOTOS)
    answered(elsewhere, FILLED.replace("甲", "丁"))  # type: ignore[arg-type]
    before = answered(elsewhere, EVERYTHING)
    with pytest.raises(Conflict, match=r"1 divisions, 1 events and 1 tokens already.*--force"):
        restore(elsewhere, done.path, PHOTOS)
    assert answered(elsewhere, EVERYTHING) == before
    restore(elsewhere, done.path, PHOTOS, force=True)
    assert answered(elsewhere, EVERYTHING) == answered(filled, EVERYTHING)


def photographed(url: str, folder: PhotoFolder, content: bytes) -> str:
    """The digest of a photo that the store names and the folder holds."""
    digest = folder.keep(content)
    with psycopg.connect(url, options="-c search_path=reliefmap,public") as conn:
        report = conn.execute(
            "INSERT INTO field_reports (id, event, kind, observed_at, geom, body_sha256) VALUES"
            " (gen_random_uuid(), 'e1', 'damage', now(), ST_Point(113.6, 37.8, 4490), '')"
            " RETURNING id"
        ).fetchone()
        assert report is not None
        conn.execute(
            "INSERT INTO photos (report, sha256, stored_sha256, sent_bytes, stored_bytes, width,"
            " height) VALUES (%s, %s, %s, 1, 1, 1, 1)",
            [report[0], digest, digest],
        )
    return digest


def test_photos_come_along(filled: str, elsewhere: str, tmp_path: Path) -> None:
    here, there = PhotoFolder(tmp_path / "here"), PhotoFolder(tmp_path / "there")
    digests = [photographed(filled, here, content) for content in (b"wall", b"roof")]
    here.path(digests[1]).unlink()
    here.keep(b"of no report")
    done = back_up(filled, tmp_path / "store.backup", here)
    assert (done.photos, done.missing_photos) == (1, 1)
    assert restore(elsewhere, done.path, there).photos == 1
    kept = [path for path in (tmp_path / "there").rglob("*") if path.is_file()]
    assert kept == [there.path(digests[0])]
    assert kept[0].read_bytes() == b"wall"


def test_a_photo_that_was_changed_changes_nothing(
    filled: str, elsewhere: str, tmp_path: Path
) -> None:
    folder = PhotoFolder(tmp_path / "here")
    photographed(filled, folder, b"a wall that fell")
    path = back_up(filled, tmp_path / "store.backup", folder).path
    path.write_bytes(path.read_bytes().replace(b"a wall that fell", b"a wall that held"))
    before = answered(elsewhere, EVERYTHING)
    with pytest.raises(InvalidInput, match=r"the photo .* has changed"):
        restore(elsewhere, path, PhotoFolder(tmp_path / "there"), force=True)
    assert answered(elsewhere, EVERYTHING) == before


def test_a_store_in_use_is_left_alone(filled: str, elsewhere: str, tmp_path: Path) -> None:
    done = back_up(filled, tmp_path / "store.backup", PHOTOS)
    with (
        psycopg.connect(elsewhere),
        pytest.raises(Conflict, match="1 other connections use the store: stop reliefmap"),
    ):
        restore(elsewhere, done.path, PHOTOS, force=True)


def test_a_backup_is_not_written_over(filled: str, tmp_path: Path) -> None:
    path = tmp_path / "store.backup"
    path.write_text("last week's")
    with pytest.raises(Conflict, match="exists already"):
        back_up(filled, path, PHOTOS)
    assert path.read_text() == "last week's"
    back_up(filled, path, PHOTOS, force=True)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.93])
def test_a_file_that_was_cut_off_changes_nothing(
    filled: str, elsewhere: str, tmp_path: Path, kept: float
) -> None:
    path = back_up(filled, tmp_path / "store.backup", PHOTOS).path
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    before = answered(elsewhere, EVERYTHING)
    with pytest.raises(InvalidInput, match="no backup of this program, or it is damaged"):
        restore(elsewhere, path, PHOTOS, force=True)
    assert answered(elsewhere, EVERYTHING) == before


def test_an_archive_of_something_else_is_refused(
    filled: str, elsewhere: str, tmp_path: Path
) -> None:
    answered(filled, "DELETE FROM schema_migrations")
    path = dumped(filled, tmp_path)
    with pytest.raises(InvalidInput, match="not of this program"):
        restore(elsewhere, path, PHOTOS, force=True)


def dumped(url: str, folder: Path) -> Path:
    path = folder / "strange.backup"
    with psycopg.connect(url) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = conn.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        Programs(url).dump(folder / "dump", row[0])
    path.touch()
    write_pack(path, folder / "dump", [], {"rows": {}, "photos": 0})
    return path


def test_a_store_of_a_newer_program_is_refused(filled: str, elsewhere: str, tmp_path: Path) -> None:
    answered(filled, "INSERT INTO schema_migrations (number, name, sha256) VALUES (9999, 'x', 'x')")
    path = dumped(filled, tmp_path)
    with pytest.raises(StoreVersion, match="newer than this program"):
        restore(elsewhere, path, PHOTOS)


def test_a_restore_that_fails_at_its_last_step_changes_nothing(
    filled: str, elsewhere: str, tmp_path: Path
) -> None:
    done = back_up(filled, tmp_path / "store.backup", PHOTOS)
    before = answered(elsewhere, EVERYTHING)
    with (
        opened_pack(done.path) as pack,
        pytest.raises(SetupRefused, match="rows are missing in households"),
    ):
        replace_store(Programs(elsewhere), pack.archive, {**done.rows, "households": 2})
    assert answered(elsewhere, EVERYTHING) == before
