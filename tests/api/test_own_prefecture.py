"""An own prefecture from a bare server: the walk of docs/import.md, line by line."""

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from api.app import create_app
from api.cli import DONE, main

DOCUMENT = Path(__file__).parents[2] / "docs" / "import.md"


@pytest.fixture(scope="module")
def walk() -> list[str]:
    """The blocks of the walk: the commands, four files, the event."""
    text = DOCUMENT.read_text(encoding="utf-8")
    section = text.split("## From a bare server to the first event\n")[1].split("\n## ")[0]
    return re.findall(r"```\n(.*?)\n```", section, re.DOTALL)


@pytest.fixture
def commands(walk: list[str], tmp_path: Path) -> Iterator[list[list[str]]]:
    """The commands in words, in a folder that holds the files that they name."""
    lines = [shlex.split(line) for line in walk[0].splitlines() if line.startswith("reliefmap ")]
    names = [words[3] for words in lines if words[1] == "import"]
    assert len(names) == len(walk[1:5])
    with chdir(tmp_path):
        for name, content in zip(names, walk[1:5], strict=True):
            Path(name).write_text(content, encoding="utf-8")
        yield [words[1:] for words in lines]


def test_it_leads_to_an_event(
    commands: list[list[str]],
    walk: list[str],
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    env = {"RELIEFMAP_DATABASE_URL": database_url, "RELIEFMAP_DATA": str(tmp_path)}
    for words in commands:
        assert main(words, env) == DONE, capsys.readouterr().err
        out, _ = capsys.readouterr()
        assert "0 added" not in out
        assert "row " not in out, out  # neither refusal nor warning
    token = json.loads(out)["token"]
    question = json.loads(walk[5].split("-d '")[1].removesuffix("'"))
    event = asyncio.run(opened(database_url, token, question))
    assert (event["area"], event["plan"], event["exercise"]) == ("654200", "example-tacheng", True)
    with psycopg.connect(database_url) as conn:
        filed = conn.execute(
            "SELECT (SELECT area FROM reliefmap.shelters), (SELECT area FROM reliefmap.households),"
            " (SELECT count(*) FROM reliefmap.admin_areas WHERE code LIKE '6542%%'),"
            " (SELECT population FROM reliefmap.admin_areas WHERE code = '654203')"
        ).fetchone()
    assert filed == ("654224", "654224100", 10, 301_046)


async def opened(database_url: str, token: str, question: dict[str, Any]) -> dict[str, Any]:
    """The event that the question opens."""
    app = create_app(database_url)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://test", headers=headers
        ) as client:
            answer = await client.post("/api/events", json=question)
    assert answer.status_code == 201, answer.text
    event: dict[str, Any] = answer.json()
    return event


@pytest.mark.parametrize(("role", "status"), [("planner", 403), ("operator", 403), ("admin", 202)])
async def test_divisions_are_for_administrators(api: Any, role: str, status: int) -> None:
    file = {"file": ("乡镇.csv", "id,name,lon,lat\n140321102,张庄镇,113.6,37.8\n".encode())}
    headers = await api.as_role(role)
    answer = await api.client.post("/api/imports/townships", files=file, headers=headers)
    assert answer.status_code == status, answer.text
