"""The reports that counties and townships sent in: what the damage adds up to, known bit by bit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.demo.damage import Toll
from geo.demo.ground import Ground
from geo.demo.table import Table
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


def report_tables(ground: Ground, sent: list[Sent]) -> tuple[Table, Table]:
    """The rows of the reports and of their figures."""
    event, source = ground.settings["event"]["id"], ground.source
    replaced = {s.supersedes: s.recorded_at for s in sent if s.supersedes}
    reports = Table(
        "loss_reports",
        {
            "id": [s.id for s in sent],
            "event": [event for _ in sent],
            "area": [s.admin_area for s in sent],
            "stage": [s.stage.value for s in sent],
            "supersedes": [s.supersedes for s in sent],
            "as_of": [s.as_of for s in sent],
            "recorded_at": [s.recorded_at for s in sent],
            "superseded_at": [replaced.get(s.id) for s in sent],
            "source": [source for _ in sent],
            "note": [s.note for s in sent],
        },
    )
    stated = [(s, name, value) for s in sent for name, value in s.figures.items()]
    figures = Table(
        "loss_figures",
        {
            "report": [s.id for s, _, _ in stated],
            "event": [event for _ in stated],
            "area": [s.admin_area for s, _, _ in stated],
            "indicator": [name for _, name, _ in stated],
            "value": [value for _, _, value in stated],
            "as_of": [s.as_of for s, _, _ in stated],
            "stage_rank": [s.stage.rank for s, _, _ in stated],
            "recorded_at": [s.recorded_at for s, _, _ in stated],
            "superseded_at": [replaced.get(s.id) for s, _, _ in stated],
        },
    )
    return reports, figures
