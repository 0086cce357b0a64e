"""The private cluster: from nothing, again, after a kill, and where its files may lie."""

import os
import signal
import stat
import time
from pathlib import Path

import psycopg
import pytest

from geo.cluster import DURABLE, SUPERUSER, PrivateCluster, require_durability
from relief.errors import SetupRefused


@pytest.fixture
def data_dir(open_folder: Path) -> Path:
    """A folder yet to be made, with a space and Chinese in its name."""
    return open_folder / "数据 of a county"


def answer(cluster: PrivateCluster, question: str, role: str = "reliefmap") -> object:
    with psycopg.connect(cluster.url(role=role)) as conn:
        row = conn.execute(question.encode()).fetchone()
    return row and row[0]


def test_a_new_cluster_holds_postgis_and_an_owner_without_special_rights(data_dir: Path) -> None:
    with PrivateCluster(data_dir) as cluster:
        assert answer(cluster, "SELECT ST_AsText(ST_Point(113.58, 37.86))") == "POINT(113.58 37.86)"
        assert (
            answer(cluster, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        )
        assert answer(cluster, "SHOW server_encoding") == "UTF8"
        assert answer(cluster, "SHOW listen_addresses") == ""
        assert answer(cluster, "SHOW data_checksums") == "on"
        for name in DURABLE:
            assert answer(cluster, f"SHOW {name}") == "on"
    assert stat.S_IMODE((data_dir / "passwords.json").stat().st_mode) == 0o600


def test_a_second_start_keeps_what_was_stored(data_dir: Path) -> None:
    with (
        PrivateCluster(data_dir, durable=False) as cluster,
        psycopg.connect(cluster.database_url) as conn,
    ):
        conn.execute("CREATE TABLE note AS SELECT '阳泉' AS said")
    with PrivateCluster(data_dir, durable=False) as cluster:
        assert answer(cluster, "SELECT said FROM note") == "阳泉"


def test_two_on_one_folder_is_one_too_many(data_dir: Path) -> None:
    with PrivateCluster(data_dir, durable=False), pytest.raises(SetupRefused, match="already runs"):
        PrivateCluster(data_dir, durable=False).start()


def test_a_killed_server_starts_again(data_dir: Path) -> None:
    with PrivateCluster(data_dir, durable=False) as cluster:
        os.kill(server_process(data_dir), signal.SIGKILL)
        while cluster.alive():
            time.sleep(0.01)
        cluster.restart()
        assert answer(cluster, "SELECT 1") == 1


def test_a_stale_pid_of_another_process_is_no_hindrance(data_dir: Path) -> None:
    with PrivateCluster(data_dir, durable=False):
        pass
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir}\n")
    with PrivateCluster(data_dir, durable=False) as cluster:
        assert answer(cluster, "SELECT 1") == 1


def test_an_initdb_that_was_interrupted_is_begun_afresh(data_dir: Path) -> None:
    with PrivateCluster(data_dir, durable=False):
        pass
    (data_dir / "postgres" / "PG_VERSION").unlink()
    (data_dir / "postgres").rename(data_dir / "postgres.new")
    with PrivateCluster(data_dir, durable=False) as cluster:
        assert answer(cluster, "SELECT 1") == 1


def test_a_store_that_may_lose_reports_is_refused(data_dir: Path) -> None:
    with (
        PrivateCluster(data_dir, durable=False) as cluster,
        psycopg.connect(cluster.url(role=SUPERUSER)) as conn,
        pytest.raises(SetupRefused, match="fsync off"),
    ):
        require_durability(conn)


def test_a_wrong_version_is_named(data_dir: Path) -> None:
    with PrivateCluster(data_dir, durable=False):
        pass
    (data_dir / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(SetupRefused, match=r"made by PostgreSQL 9\.6, which is missing"):
        PrivateCluster(data_dir, durable=False).start()


def test_a_folder_that_cant_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupRefused, match="can't be written"):
        PrivateCluster(tmp_path / "file").start()


def server_process(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
