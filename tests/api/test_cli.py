"""The command line: its exit codes, and its answers to people and to machines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from api.cli import DONE, REFUSED, main

WRONG_USAGE = 2
Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs `reliefmap WORDS...` on the test's own store: (exit code, standard output)."""
    env = {"RELIEFMAP_DATABASE_URL": database_url, "RELIEFMAP_DATA": str(tmp_path)}

    def run(*words: str, **more: str) -> tuple[int, str]:
        code = main(words, env | more)
        return code, capsys.readouterr().out

    return run


def answer(told: tuple[int, str]) -> Any:
    code, text = told
    assert code == DONE
    return json.loads(text)


def test_a_store_that_is_up_to_date_needs_no_migration(call: Call) -> None:
    assert answer(call("migrate", "--json")) == {"applied": []}
    assert call("migrate") == (DONE, "The store is up to date.\n")


def test_a_token_is_made_listed_and_revoked_once(call: Call) -> None:
    made = answer(call("token", "create", "--role", "viewer", "--area", "140300", "--json"))
    listed = answer(call("token", "list", "--json"))["tokens"]
    assert [(t["id"], t["role"], t["admin_area"]) for t in listed] == [
        (made["id"], "viewer", "1403")
    ]
    assert made["token"] not in json.dumps(listed)
    assert call("token", "revoke", str(made["id"]))[0] == DONE
    assert call("token", "revoke", str(made["id"]))[0] == REFUSED


def test_a_link_leads_to_the_server_of_the_settings(call: Call) -> None:
    code, link = call("token", "link", "--role", "operator", RELIEFMAP_PORT="8123")
    assert code == DONE
    assert link.startswith("http://127.0.0.1:8123/sign-in?code=")


def test_a_refusal_says_why_in_both_tongues(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("migrate", RELIEFMAP_PORT="many") == (REFUSED, "")
    code, text = call("token", "create", "--role", "viewer", "--area", "nowhere", "--json")
    assert code == REFUSED
    assert json.loads(text)["code"] == "unknown_area"


def test_a_database_that_is_not_there_is_a_refusal(call: Call) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    code, text = call("migrate", "--json", RELIEFMAP_DATABASE_URL=nowhere)
    assert code == REFUSED
    assert "can't be reached" in json.loads(text)["detail"]


def test_a_database_that_may_not_be_written_is_a_refusal(call: Call, database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        name = sql.Identifier(conn.info.dbname)
        conn.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name)
        )
    code, text = call("migrate", "--json")
    assert code == REFUSED
    assert "The database refused" in json.loads(text)["detail"]


@pytest.mark.parametrize(
    "words", [[], ["fly"], ["serve", "--demo", "atlantis"], ["demo", "--share", "0"]]
)
def test_wrong_usage_is_exit_code_two(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words, {})
    assert ended.value.code == WRONG_USAGE
