"""Which features of a layer are meant, as the FROM, WHERE and ORDER BY of a statement."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal, LiteralString

from psycopg import sql as composition

from geo.database import sql
from geo.filters.condition import Condition

SQL, Identifier = composition.SQL, composition.Identifier
Shape = Literal["point", "line", "area", "cell"]
Box = tuple[float, float, float, float]
"""(west, south, east, north) in degrees of CGCS2000."""

GRID_ZOOM = 15
"""Zoom of the cells that stand for people on public layers, about 1 km wide."""


@dataclass(frozen=True)
class Source:
    """A statement geo/sql/`statement`.sql that yields `id`, `geom` and at least these columns.

    The rings of an "area" are turned as RFC 7946 wants them; a "cell" is one of the grid, by its
    `cell_x` and `cell_y` at the zoom asked for. `time_column` is what a time filter looks at.
    `counted`, if there is one, is a statement that knows how many rows an unfiltered selection has
    without reading them. `far` says that there is a `far_geom` too, an outline as seen from far.
    """

    statement: str
    columns: tuple[str, ...]
    shape: Shape = "line"
    time_column: str | None = None
    counted: str | None = None
    far: bool = False

    @property
    def areal(self) -> bool:
        """Whether the rows are polygons."""
        return self.shape in ("area", "cell")


@dataclass(frozen=True)
class Order:
    """Rows by a column of that type of PostgreSQL, nulls last either way."""

    column: str
    type_name: LiteralString
    descending: bool = False


@dataclass(frozen=True)
class Selection:
    """Which features of a source are meant; None leaves a condition out.

    `detail_like` is the LIKE pattern of the divisions whose people may be seen one by one, None
    where nobody's may. `as_of` and `known_at` are the two clocks of a past moment: what was true by
    then, and what had been recorded by then. `ground` is an area as EWKB, where a box in degrees
    can't say what is asked for; `reach` what a tile and its edge cover. `after` holds the values of
    the row that a page follows, by `order` and then id.
    """

    event: str | None = None
    detail_like: str | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None
    job: str | None = None
    assignment: str | None = None
    box: Box | None = None
    ground: str | None = None
    reach: Box | None = None
    since: datetime | None = None
    until: datetime | None = None
    filter: Condition | None = None
    order: tuple[Order, ...] = ()
    after: tuple[str | None, ...] = ()
    id: str | None = None
    cell_zoom: int = GRID_ZOOM

    @property
    def whole(self) -> bool:
        """Whether no condition leaves anything out that the caller may see."""
        asked = (self.box, self.ground, self.since, self.until, self.filter, self.id)
        return not any(part is not None for part in asked)

    @property
    def blank(self) -> Selection:
        """The selection without its values and filter: those alike are read by one statement."""
        return Selection(
            box=self.box and _SOME_BOX,
            ground=None if self.ground is None else "",
            reach=self.reach and _SOME_BOX,
            since=self.since and _SOME_TIME,
            until=self.until and _SOME_TIME,
            order=self.order,
            after=tuple(None if value is None else "" for value in self.after),
            id=None if self.id is None else "",
        )


_SOME_BOX, _SOME_TIME = (0.0, 0.0, 0.0, 0.0), datetime(1, 1, 1, tzinfo=UTC)
_BOX = SQL("ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4490)")
_REACH = SQL(
    "ST_MakeEnvelope(%(reach_west)s, %(reach_south)s, %(reach_east)s, %(reach_north)s, 4490)"
)
_GROUND = SQL("%(ground)s::geometry")
_MEETS = SQL("f.geom && {0} AND ST_Intersects(f.geom, {0})")
# && is rounded, so that points are looked at once more, which costs less than ST_Intersects.
_WITHIN = SQL(
    "f.geom && {} AND ST_X(f.geom) BETWEEN %(west)s AND %(east)s"
    " AND ST_Y(f.geom) BETWEEN %(south)s AND %(north)s"
).format(_BOX)


def rows_of(source: Source, selection: Selection) -> composition.Composed:
    """`FROM (source) AS f WHERE …`; the box first, so that the index is used."""
    conditions: list[composition.Composable] = [SQL("true")]
    if selection.box is not None:
        conditions.append(_WITHIN if source.shape == "point" else _MEETS.format(_BOX))
    if selection.ground is not None:
        conditions.append(_MEETS.format(_GROUND))
    if selection.reach is not None and source.shape != "cell":  # cells are bounded by their numbers
        conditions.append(SQL("f.geom && {}").format(_REACH))
    if selection.id is not None:
        conditions.append(SQL("f.id = %(id)s"))
    if selection.after:
        conditions.append(_beyond(selection))
    if selection.filter is not None:
        conditions.append(selection.filter.where)
    return SQL("FROM ({}) AS f WHERE {}").format(
        SQL(sql(source.statement)),
        SQL(" AND ").join([*conditions, *_in_time(source, selection)]),
    )


def bound(selection: Selection) -> dict[str, Any]:
    """The parameters of every statement that `rows_of` is part of."""
    values = {field.name: getattr(selection, field.name) for field in fields(selection)}
    filtering, after = values.pop("filter"), values.pop("after")
    for prefix, box in (("", selection.box), ("reach_", selection.reach)):
        names = (f"{prefix}{side}" for side in ("west", "south", "east", "north"))
        values |= dict(zip(names, box or (None,) * 4, strict=True))
    values |= _cells(selection)
    values |= {f"after_{i}": value for i, value in enumerate(after)}
    values |= filtering.values if filtering else {}
    values["now"] = selection.as_of is None and selection.known_at is None
    return values


def _cells(selection: Selection) -> dict[str, int]:
    """The first and last column and row of the grid that can meet the box or the tile.

    All of them where there is neither: a bound that may be missing would keep the index unused.
    """
    west, south, east, north = selection.reach or selection.box or (-180, -90, 180, 90)
    edge = 1 << selection.cell_zoom
    return {
        "cell_west": column_of(west, edge),
        "cell_east": column_of(east, edge),
        "cell_north": row_of(north, edge),
        "cell_south": row_of(south, edge),
    }


def column_of(lon: float, edge: int) -> int:
    """The column of a Web Mercator matrix with `edge` columns in which a longitude lies."""
    return min(max(math.floor((lon + 180) / 360 * edge), 0), edge - 1)


def row_of(lat: float, edge: int) -> int:
    """The row in which a latitude lies, counted from the north."""
    turned = math.asinh(math.tan(math.radians(min(max(lat, -85.0511), 85.0511))))
    return min(max(math.floor((1 - turned / math.pi) / 2 * edge), 0), edge - 1)


def order_by(selection: Selection) -> composition.Composed:
    """The terms of ORDER BY, the id last, so that no two rows are equal."""
    terms = [
        SQL("f.{} {} NULLS LAST").format(
            Identifier(order.column), SQL("DESC" if order.descending else "ASC")
        )
        for order in selection.order
    ]
    return SQL(", ").join([*terms, SQL("f.id")])


def _beyond(selection: Selection) -> composition.Composed:
    """Rows after `after`: equal up to some term of the order, and beyond it in that one."""
    terms = [*selection.order, Order("id", "text")]
    tied: list[composition.Composable] = []
    ways: list[composition.Composable] = []
    for i, (order, last) in enumerate(zip(terms, selection.after, strict=True)):
        column = Identifier("f", order.column)
        value = SQL("%({})s::{}").format(SQL(f"after_{i}"), SQL(order.type_name))
        if last is not None:  # nothing comes after null
            sign = SQL("<" if order.descending else ">")
            beyond = SQL("{} {} {}").format(column, sign, value)
            if order.column != "id":
                beyond = SQL("({} OR {} IS NULL)").format(beyond, column)
            ways.append(SQL(" AND ").join([*tied, beyond]))
            tied.append(SQL("{} = {}").format(column, value))
        else:
            tied.append(SQL("{} IS NULL").format(column))
    return SQL("({})").format(SQL(" OR ").join(ways))


def _in_time(source: Source, selection: Selection) -> list[composition.Composed]:
    if source.time_column is None:
        return []
    sides = {">= %(since)s": selection.since, "<= %(until)s": selection.until}
    return [
        SQL("f.{} {}").format(Identifier(source.time_column), SQL(side))
        for side, moment in sides.items()
        if moment is not None
    ]
