"""Casualties and losses by division: what counts now, then, or as the centre knew it then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from geo.database import Connection, Row, sql
from relief.divisions import LEVEL_BY_DIGITS
from relief.drought import CountyDrought, county_drought
from relief.impact import Figures
from relief.vocabulary import Stage

DIGITS_BY_LEVEL = {level: digits for digits, level in LEVEL_BY_DIGITS.items()}
_STAGES = tuple(Stage)


@dataclass(frozen=True)
class Moment:
    """Two clocks: `as_of` is when figures were true, `known_at` when the centre had them."""

    as_of: datetime | None = None
    known_at: datetime | None = None


class AreaFigures(NamedTuple):
    """One division's figures; none at all means that nothing was reported, which is not zero.

    `differing_sums` holds the sum of the children wherever the division states another number. A
    tuple, as a country has thousands of them.
    """

    code: str
    name: str
    population: int | None
    agricultural_population: int | None
    figures: Figures
    differing_sums: Figures
    as_of: datetime | None
    stage: Stage | None
    reports: tuple[str, ...]
    geometry: Mapping[str, Any] | None

    @property
    def reported(self) -> bool:
        """Whether anything is known of this division."""
        return bool(self.figures)


async def casualties(
    conn: Connection,
    event: str,
    within: str,
    level: str,
    moment: Moment,
    *,
    geometry: bool = False,
) -> list[AreaFigures]:
    """The divisions of `level` inside the division `within`, by code, reported or not."""
    cursor = await conn.execute(
        sql("casualties_now" if moment == Moment() else "casualties_then"),
        {
            "event": event,
            "within": within,
            "level": level,
            "digits": DIGITS_BY_LEVEL[level],
            "as_of": moment.as_of,
            "known_at": moment.known_at,
            "geometry": geometry,
        },
        prepare=False,  # a county and a country are planned differently
    )
    row = await cursor.fetchone()
    assert row is not None
    return [_area(area) for area in orjson.loads(row["areas"])]


async def total(conn: Connection, event: str, within: str, moment: Moment) -> AreaFigures | None:
    """The figures of the event's own division: as it states them, else summed from below."""
    level = LEVEL_BY_DIGITS[len(within)]
    found = await casualties(conn, event, within, level, moment)
    return found[0] if found else None


def droughts(counties: Sequence[AreaFigures]) -> tuple[CountyDrought, ...]:
    """The drought figures of each county that reported any."""
    found = (county_drought(c.code, c.figures, c.agricultural_population) for c in counties)
    return tuple(drought for drought in found if drought is not None)


def _area(row: Row) -> AreaFigures:
    return AreaFigures(
        row["area"],
        row["name"],
        row["population"],
        row["agricultural_population"],
        row["figures"] or {},
        row["differing_sums"] or {},
        datetime.fromisoformat(row["as_of"]) if row["as_of"] else None,
        None if row["stage_rank"] is None else _STAGES[row["stage_rank"]],
        tuple(row["reports"] or ()),
        row["geometry"],
    )
