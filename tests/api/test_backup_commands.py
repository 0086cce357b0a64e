"""`reliefmap backup` and `reliefmap restore`: what an office runs every night, and one day."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.cli import DONE, REFUSED, main
from geo.audit import broken_link
from geo.database import connected
from geo.tokens import token_of

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs `reliefmap WORDS...` on a store: exit code, standard output and standard error."""

    def run(url: str, *words: str | Path) -> tuple[int, str, str]:
        env = {"RELIEFMAP_DATABASE_URL": url, "RELIEFMAP_DATA": str(tmp_path)}
        return main([str(word) for word in words], env), *capsys.readouterr()

    return run


@pytest.fixture
def elsewhere(postgis: Any) -> Iterator[str]:
    """A fresh store of another database."""
    name, url = postgis.clone()
    yield url
    postgis.drop(name)


def test_tokens_and_audit_live_on_where_the_backup_is_restored(
    call: Call, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    _, secret, _ = call(database_url, "token", "create", "--role", "planner", "--area", "654200")
    path = tmp_path / "store.backup"
    code, out, _ = call(database_url, "backup", path, "--json")
    told = json.loads(out)
    assert (code, told["tables"]["tokens"], told["file"]) == (DONE, 1, str(path))
    assert told["bytes"] == path.stat().st_size
    code, out, _ = call(elsewhere, "restore", path)
    assert (code, out) == (DONE, f"{told['rows']} rows and 0 photos restored from {path}.\n")
    asyncio.run(_lives_on(elsewhere, secret.strip()))


async def _lives_on(url: str, secret: str) -> None:
    async with connected(url) as conn:
        token = await token_of(conn, secret, "token")
        assert token is not None
        assert token.grant.admin_area == "6542"
        acts = await (await conn.execute("SELECT action FROM audit ORDER BY id")).fetchall()
        assert [act["action"] for act in acts] == ["token.create", "store.restore"]
        assert await broken_link(conn) is None


def test_a_filled_store_is_replaced_with_force_alone(
    call: Call, database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "store.backup"
    assert call(database_url, "backup", path)[0] == DONE
    assert call(database_url, "backup", path)[0] == REFUSED
    call(database_url, "token", "create", "--role", "admin")
    code, out, err = call(database_url, "restore", path)
    assert (code, out) == (REFUSED, "")
    assert "1 tokens already" in err
    code, out, _ = call(database_url, "restore", path, "--force", "--json")
    assert (code, json.loads(out)["applied"]) == (DONE, [])
    with psycopg.connect(database_url) as conn:
        assert conn.execute("SELECT count(*) FROM reliefmap.tokens").fetchone() == (0,)


@pytest.mark.parametrize("content", [None, b"", b"PGDMP", b"id,name\n1,x\n"])
def test_what_is_no_backup_is_refused_with_its_name(
    call: Call, database_url: str, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "letter.txt"
    if content is not None:
        path.write_bytes(content)
    code, out, err = call(database_url, "restore", path, "--force")
    assert (code, out) == (REFUSED, "")
    assert "letter.txt" in err


def test_a_folder_that_is_not_there_is_refused(
    call: Call, database_url: str, tmp_path: Path
) -> None:
    code, _, err = call(database_url, "backup", tmp_path / "no" / "store.backup")
    assert code == REFUSED
    assert "No such file or directory" in err
