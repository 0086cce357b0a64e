"""The daily report (日报): figures beside those of a day before, and who reported in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from geo.casualties import AreaFigures, Moment, total
from geo.database import Connection, Row
from geo.reporting import Desk
from layers.briefing import Briefing
from layers.briefing_content import briefing_paper, figures
from layers.briefing_words import UNREPORTED, clock_time
from layers.exports import Cell
from layers.paper import Paper, Record
from relief.ledger import BEIJING, customary_name
from relief.vocabulary import Hazard

DAY = timedelta(hours=24)
_HAZARDS = {hazard.value: hazard.zh for hazard in Hazard}


async def figures_a_day_before(conn: Connection, found: Briefing) -> AreaFigures | None:
    """What the event's figures were 24 hours before the briefing, on both of its clocks."""
    as_of = found.as_of - DAY if found.as_of else None
    moment = Moment(as_of, found.known_at - DAY)
    return await total(conn, found.event["id"], found.event["area"], moment)


def daily_paper(found: Briefing, before: AreaFigures | None) -> Paper:
    """The briefing's facts with the tables `figures` and `counties` of one day."""
    content = briefing_paper(found, "zh")
    day = found.known_at.astimezone(BEIJING)
    title = f"{_name(found.event)}日报（{day.year}年{day.month}月{day.day}日）"
    since = {"title": title, "event": _name(found.event)}
    since["since"] = clock_time(found.known_at - DAY, "zh")
    counties = zip(content.tables["counties"], found.counties, strict=True)
    desks = {desk.code: desk for desk in found.desks}
    return replace(
        content,
        facts={**content.facts, **since},
        tables={
            "figures": list(_changes(found.whole, before)),
            "counties": [
                {**row, "today": _today(desks.get(area.code), found.known_at)}
                for row, area in counties
            ],
        },
    )


def _name(event: Row) -> str:
    return customary_name(event["occurred_at"], _HAZARDS[event["hazard"]])


def _changes(now: AreaFigures | None, before: AreaFigures | None) -> Iterator[Record]:
    """Each figure with the day before's and the difference, which may be negative."""
    earlier = {row["indicator"]: row["value"] for row in figures(before, "zh")}
    for row in figures(now, "zh"):
        was = earlier.get(row["indicator"], UNREPORTED.zh)
        yield {**row, "before": was, "change": _difference(row["value"], was)}


def _difference(now: Cell, before: Cell) -> Cell:
    """Only where both are numbers: from silence to a number nothing has grown."""
    if isinstance(now, int | float) and isinstance(before, int | float):
        return round(now - before, 4)
    return None


def _today(desk: Desk | None, now: datetime) -> str:
    """Whether the county reported within the day; a zero report is a report."""
    if desk is None or desk.last is None:
        return "未报"
    if datetime.fromisoformat(desk.last["recorded_at"]) < now - DAY:
        return "今日未报"
    return "零报告" if desk.last["no_change"] else "已报"
