"""The scenarios of tests/api/scenarios, which an officer can read, played over HTTP."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.tokens import Grant, Role, create_token

BEGAN = datetime.fromisoformat("2026-09-15T02:17:00+08:00")
FOLDER = Path(__file__).with_name("scenarios")
PATHS = {"proposal": "proposals", "start": "decisions", "refusal": "decisions"}


def scenarios() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.toml")):
        for scenario in tomllib.loads(file.read_text(encoding="utf-8"))["scenario"]:
            yield pytest.param(scenario["steps"], id=f"{scenario['clause']} {scenario['name']}")


class Duty:
    """Plays steps on one event and compares what they leave behind."""

    def __init__(self, api: Any, operator: dict[str, str], event: str) -> None:
        self.api, self.operator, self.path = api, operator, f"/api/events/{event}"
        self.reports: dict[str, str] = {}

    async def post(self, path: str, body: object, headers: object, expected: int) -> Any:
        answer = await self.api.client.post(self.path + path, json=body, headers=headers)
        assert answer.status_code == expected, answer.text
        return answer.json()

    async def report(self, step: dict[str, Any]) -> None:
        body = {
            "area": step["report"],
            "stage": step["stage"],
            "as_of": (BEGAN + timedelta(hours=step["hour"])).isoformat(),
            "figures": step.get("figures", {}),
            "source": step.get("source", "应急管理局"),
            "no_change": step.get("no_change", False),
            "settles": [self.reports[name] for name in step.get("settles", [])],
        }
        if "supersedes" in step:
            body["supersedes"] = self.reports[step["supersedes"]]
        stored = await self.post("/loss-reports", body, self.operator, step.get("refused", 201))
        self.reports[step.get("id", "")] = stored.get("id", "")

    async def act(self, step: dict[str, Any]) -> None:
        grant = Grant(step["who"], Role.OPERATOR, "1403", step["who"])
        _, secret = await create_token(self.api.conn, grant)
        body = {"level": step["at_level"], "reason": "情形", "by": step["who"]}
        if step["act"] == "refusal":
            body["outcome"] = "refuse"
        if "by_clause" in step:
            body["clause"] = step["by_clause"]
        path = f"/response-level/{PATHS.get(step['act'], 'terminations')}"
        headers = {"Authorization": f"Bearer {secret}"}
        await self.post(path, body, headers, step.get("refused", 201))

    async def person(self, step: dict[str, Any]) -> None:
        body = {
            "area": step["person"],
            "status": step["status"],
            "as_of": (BEGAN + timedelta(hours=1)).isoformat(),
            "source": "现场",
        }
        await self.post("/persons", body, self.operator, 201)

    async def then(self, step: dict[str, Any]) -> None:
        seen = {path: await self.get(path) for path in ("casualties", "response-level")}
        casualties, level = seen["casualties"], seen["response-level"]
        found = {
            "total": casualties["total"],
            "silent": casualties["coverage"]["silent"],
            "disagreements": len(casualties["disagreements"]),
            "level": level["reported"]["level"] or "none",
            "state": level["state"],
            "in_force": level["in_force"],
            "registered": (await self.get("persons"))["registered"],
            "reports": len((await self.get("loss-reports"))["reports"]),
        }
        assert {key: found[key] for key in step["then"]} == step["then"]

    async def get(self, path: str) -> Any:
        answer = await self.api.client.get(f"{self.path}/{path}", headers=self.operator)
        return answer.json()


@pytest.mark.parametrize("steps", list(scenarios()))
async def test_scenario(api: Any, operator: dict[str, str], event: str, steps: Any) -> None:
    duty = Duty(api, operator, event)
    for step in steps:
        kind = next(kind for kind in ("report", "act", "person", "then") if kind in step)
        await getattr(duty, kind)(step)
