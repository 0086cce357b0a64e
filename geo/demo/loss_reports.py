"""The reports that counties and townships sent in: what the damage adds up to, known bit by bit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.database import Connection
from geo.demo.damage import Toll
from geo.demo.ground import Ground
from geo.demo.table import Columns, Table, copy_rows, repeated
from geo.events import event_by_id
from geo.response_level import assess
from relief.vocabulary import Stage

Figures = dict[str, int]

# People per person in a collapsed or severely damaged house: assumptions of the demo.
_DEAD, _MISSING, _INJURED, _INJURED_SEVERE = 0.0055, 0.003, 0.08, 0.012
_RELOCATED, _IN_NEED, _AFFECTED = 1.9, 1.2, 1.6
_LOSS_10K_CNY = {"collapsed": 6.0, "severe": 3.0, "slight": 0.4}  # per room
_STAGES = {str(stage): stage for stage in Stage}
_WORDS = {"collapsed": "collapsed", "severe": "severely_damaged", "slight": "slightly_damaged"}


@dataclass(frozen=True)
class Sent:
    """One report of the script: when it was true, when it arrived, and its figures."""

    id: str
    admin_area: str
    stage: Stage
    as_of: datetime
    recorded_at: datetime
    supersedes: str | None
    note: str | None
    figures: Figures


def sent_reports(ground: Ground, tolls: dict[str, Toll], share: float) -> list[Sent]:
    """The script of the settings, filled with figures of the damage scaled up to all households."""
    event = ground.settings["event"]
    return [
        _sent(number, entry, event, _toll(tolls, entry["area"]), share)
        for number, entry in enumerate(ground.settings["reports"], 1)
    ]


def _sent(
    number: int, entry: dict[str, Any], event: dict[str, Any], toll: Toll, share: float
) -> Sent:
    as_of = event["occurred_at"] + timedelta(minutes=entry["after_min"])
    corrected = entry.get("supersedes")
    return Sent(
        id=f"{event['id']}-{number:02d}",
        admin_area=entry["area"],
        stage=_STAGES[entry["stage"]],
        as_of=as_of,
        recorded_at=as_of + timedelta(minutes=entry["delay_min"]),
        supersedes=f"{event['id']}-{corrected:02d}" if corrected else None,
        note=entry.get("note"),
        figures=_known(_whole(toll, share), entry),
    )


def _toll(tolls: dict[str, Toll], area: str) -> Toll:
    """The toll of all townships of an area."""
    total = Toll()
    for code, toll in tolls.items():
        if code.startswith(area):
            for own, part in zip(vars(total).values(), vars(toll).values(), strict=True):
                for word, count in part.items():
                    own[word] += count
    return total


def _whole(toll: Toll, share: float) -> Figures:
    """What the area lost in the end, all households counted."""
    homeless = (toll.people["collapsed"] + toll.people["severe"]) / share
    buried = toll.people["collapsed"] / share
    people = sum(toll.people.values()) / share
    injured = buried * _INJURED + toll.people["severe"] / share * _INJURED_SEVERE
    housing = sum(_LOSS_10K_CNY[w] * n for w, n in toll.rooms.items()) / share
    figures = {
        "dead": buried * _DEAD,
        "missing": buried * _MISSING,
        "injured": injured,
        "seriously_injured": injured * 0.2,
        "affected": people * _AFFECTED,
        "relocated": homeless * _RELOCATED,
        "in_need": homeless * _IN_NEED,
        "loss_housing_10k_cny": housing,
        "direct_economic_loss_10k_cny": housing * 1.4,
    }
    for word, name in _WORDS.items():
        figures[f"{name}_households"] = toll.households[word] / share
        figures[f"{name}_rooms"] = toll.rooms[word] / share
    return {name: round(value) for name, value in figures.items()}


def _known(whole: Figures, entry: dict[str, Any]) -> Figures:
    """The part that was known by then: `known` of everything, but for what the entry says else."""
    parts = dict.fromkeys(whole, entry["known"]) | entry.get("parts", {})
    names: Iterable[str] = entry.get("only", whole)
    return {name: round(whole[name] * parts[name]) for name in names}


def report_tables(event: str, source: str, sent: Sent) -> tuple[Table, Table]:
    """The row of one report and those of its figures."""
    names = list(sent.figures)
    report: Columns = {
        "id": [sent.id],
        "event": [event],
        "area": [sent.admin_area],
        "stage": [sent.stage.value],
        "supersedes": [sent.supersedes],
        "as_of": [sent.as_of],
        "recorded_at": [sent.recorded_at],
        "source": [source],
        "note": [sent.note],
    }
    figures: Columns = {
        "report": repeated(sent.id, len(names)),
        "event": repeated(event, len(names)),
        "area": repeated(sent.admin_area, len(names)),
        "indicator": names,
        "value": [sent.figures[name] for name in names],
        "as_of": repeated(sent.as_of, len(names)),
        "stage_rank": repeated(sent.stage.rank, len(names)),
        "recorded_at": repeated(sent.recorded_at, len(names)),
    }
    return Table("loss_reports", report), Table("loss_figures", figures)


async def receive(conn: Connection, ground: Ground, sent: list[Sent]) -> dict[str, int]:
    """Stores the reports as they arrived, and the level that each led to at that moment.

    Returns the number of rows by table.
    """
    rows = {"loss_reports": 0, "loss_figures": 0}
    event = await event_by_id(conn, ground.settings["event"]["id"])
    for report in sorted(sent, key=lambda s: s.recorded_at):
        for table in report_tables(event["id"], ground.source, report):
            rows[table.name] += await copy_rows(conn, table)
        if report.supersedes:
            await _supersede(conn, report)
        await assess(conn, event, report.id)
        await conn.execute(
            "UPDATE level_assessments SET at = %s WHERE report = %s",
            [report.recorded_at, report.id],
        )
    return rows


async def _supersede(conn: Connection, correction: Sent) -> None:
    """Takes the corrected report out of the reckoning from the correction's arrival on."""
    for statement in (
        "UPDATE loss_reports SET superseded_at = %s WHERE id = %s",
        "UPDATE loss_figures SET superseded_at = %s WHERE report = %s",
    ):
        await conn.execute(statement, [correction.recorded_at, correction.supersedes])
