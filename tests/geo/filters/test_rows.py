"""Any expression leaves the rows that the same predicate leaves in Python and shapely."""

import math
import operator
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.database import connection_options
from geo.filters import text
from geo.filters.condition import condition
from geo.filters.terms import SQL
from geo.import_values import BEIJING

KINDS = {
    "name": "text",
    "number": "number",
    "whole": "number",
    "open": "truth",
    "at": "instant",
    "tags": "array",
    "geometry": "geometry",
}
NAMES = [None, "", "a", "B", "Ab", "a%b", "a_b", "É", "e\u0301a", "冠山镇", "it's", "a\\b"]
NUMBERS = [None, 0.0, 1.0, -1.5, 2.0, 3.0, 7.25, 100.0]
WHOLES = [None, 0, 1, -2, 3, 7, 12]
START = datetime(2026, 9, 15, tzinfo=BEIJING)
TIMES = [None, *(START + timedelta(hours=6 * h) for h in range(-6, 7))]
TAGS = [None, [], ["water"], ["water", "power"], ["power"], ["signs", "water", "power"]]
SHAPES = [
    None,
    *(f"POINT({x} {y})" for x in (0, 1, 2) for y in (0, 1)),
    "LINESTRING(0 0,2 2)",
    "LINESTRING(0 1,1 0)",
    "POLYGON((0 0,1 0,1 1,0 1,0 0))",
    "POLYGON((0.5 0.5,2 0.5,2 2,0.5 2,0.5 0.5))",
    "MULTIPOINT(0 0,2 1)",
]
Row = dict[str, Any]
Told = bool | None
Rule = tuple[str, Callable[[Row], Any]]
"""A part of a filter as it is written, and what it is worth for a row; None is unknown."""

ROWS: list[Row] = [
    {
        "id": n,
        "name": NAMES[n % len(NAMES)],
        "number": NUMBERS[n % len(NUMBERS)],
        "whole": WHOLES[n % len(WHOLES)],
        "open": (None, True, False)[n % 3],
        "at": TIMES[n % len(TIMES)],
        "tags": TAGS[n % len(TAGS)],
        "geom": SHAPES[n % len(SHAPES)],
    }
    for n in range(60)
]


@pytest.fixture(scope="module")
def store(postgis: Any) -> Iterator[psycopg.Connection]:
    """A connection to a store with ROWS in the table `place`."""
    name, url = postgis.clone()
    with psycopg.connect(url, options=connection_options(), autocommit=True) as conn:
        conn.execute(
            "CREATE TABLE place (id integer, name text, number float8, whole integer,"
            " open boolean, at timestamptz, tags text[], geom geometry)"
        )
        for row in ROWS:
            conn.execute(
                "INSERT INTO place VALUES (%(id)s, %(name)s, %(number)s, %(whole)s, %(open)s,"
                " %(at)s, %(tags)s, ST_GeomFromText(%(geom)s, 4490))",
                row,
            )
        yield conn
    postgis.drop(name)


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, unknown where an argument is."""
    return lambda *args: None if any(a is None for a in args) else function(*args)


def both(written: str, function: Callable[..., Any], *rules: Rule) -> Rule:
    """The rule that joins the parts as `written` says, worth what the function makes of them."""
    return (
        written.format(*(r[0] for r in rules)),
        lambda row: function(*(r[1](row) for r in rules)),
    )


def column(name: str) -> Rule:
    return (name, lambda row: row[name])


def literal(written: str, value: Any) -> Rule:
    return (written, lambda _: value)


def accentless(value: str) -> str:
    plain = [c for c in unicodedata.normalize("NFD", value) if not "\u0300" <= c <= "\u036f"]
    return unicodedata.normalize("NFC", "".join(plain))


def divided(x: float, y: float) -> float | None:
    return None if y == 0 else x / y


def remainder(x: float, y: float) -> float | None:
    return None if y == 0 else math.fmod(x, y)


def whole_part(x: float, y: float) -> float | None:
    return None if y == 0 else float(math.trunc(x / y))


SIGNS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
SUMS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divided,
    "%": remainder,
    "div": whole_part,
}
SPATIAL = [
    "intersects",
    "equals",
    "disjoint",
    "touches",
    "within",
    "overlaps",
    "crosses",
    "contains",
]
ALLEN: dict[str, Callable[..., bool]] = {
    "after": lambda a, b: a[0] > b[1],
    "before": lambda a, b: a[1] < b[0],
    "contains": lambda a, b: a[0] < b[0] and a[1] > b[1],
    "disjoint": lambda a, b: a[1] < b[0] or a[0] > b[1],
    "during": lambda a, b: a[0] > b[0] and a[1] < b[1],
    "equals": lambda a, b: a[0] == b[0] and a[1] == b[1],
    "finishedBy": lambda a, b: a[0] < b[0] and a[1] == b[1],
    "finishes": lambda a, b: a[0] > b[0] and a[1] == b[1],
    "intersects": lambda a, b: a[0] <= b[1] and a[1] >= b[0],
    "meets": lambda a, b: a[1] == b[0],
    "metBy": lambda a, b: a[0] == b[1],
    "overlappedBy": lambda a, b: b[0] < a[0] < b[1] < a[1],
    "overlaps": lambda a, b: a[0] < b[0] < a[1] < b[1],
    "startedBy": lambda a, b: a[0] == b[0] and a[1] > b[1],
    "starts": lambda a, b: a[0] == b[0] and a[1] < b[1],
}
ARRAYS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "equals": operator.eq,
    "contains": operator.ge,
    "containedBy": operator.le,
    "overlaps": lambda a, b: bool(a & b),
}

some_texts = st.sampled_from([n for n in NAMES if n is not None])
texts = st.one_of(st.just(column("name")), some_texts.map(lambda t: literal(quoted(t), t))).flatmap(
    lambda t: st.sampled_from(
        [
            t,
            both("CASEI({})", lifted(str.lower), t),
            both("ACCENTI({})", lifted(accentless), t),
        ]
    )
)
numbers: st.SearchStrategy[Rule] = st.recursive(
    st.one_of(
        st.sampled_from([column("number"), column("whole")]),
        st.sampled_from([0, 1, -2, 2.5, 7]).map(lambda n: literal(str(n), float(n))),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda sign, a, b: both(f"({{}} {sign} {{}})", lifted(SUMS[sign]), a, b),
            st.sampled_from(list(SUMS)),
            inner,
            inner,
        ),
        st.builds(
            lambda power, a: both(f"({{}} ^ {power})", lifted(lambda x: float(x) ** power), a),
            st.integers(0, 3),
            inner,
        ),
    ),
    max_leaves=3,
)


def instant(moment: datetime) -> Rule:
    return literal(f"TIMESTAMP('{moment.isoformat()}')", moment)


moments = st.sampled_from([t for t in TIMES if t])
times = st.one_of(
    st.just(column("at")),
    moments.map(instant),
    st.just(literal("DATE('2026-09-15')", START)),
)
OPEN = datetime.max.replace(tzinfo=BEIJING)


def spanned(start: datetime, end: datetime | None) -> tuple[str, Callable[[Row], Any]]:
    last = end.isoformat() if end else ".."
    return literal(f"INTERVAL('{start.isoformat()}','{last}')", (start, end or OPEN))


spans = st.one_of(
    st.tuples(moments, moments).map(lambda pair: spanned(min(pair), max(pair))),
    moments.map(lambda start: spanned(start, None)),
    times.map(lambda t: both("{}", lambda moment: moment and (moment, moment), t)),
)
SHAPE = ("geometry", lambda row: row["geom"])


def spatial(name: str, wkt: str) -> Rule:
    def told(mine: str) -> bool:
        return bool(getattr(shapely, name)(shapely.from_wkt(mine), shapely.from_wkt(wkt)))

    return both(f"S_{name.upper()}({{}}, {wkt})", lifted(told), SHAPE)


def listed(values: list[str]) -> str:
    return "(" + ", ".join(map(quoted, values)) + ")"


def within(value: Any, items: list[Any]) -> Told:
    return None if value is None else value in items


def compared(kind: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    return st.builds(
        lambda sign, a, b: both(f"{{}} {sign} {{}}", lifted(SIGNS[sign]), a, b),
        st.sampled_from(list(SIGNS)),
        kind,
        kind,
    )


def like(pattern: str, value: str) -> bool:
    """LIKE with a pattern of `%`, `_` and plain characters."""
    if not pattern:
        return not value
    if pattern[0] == "%":
        return any(like(pattern[1:], value[i:]) for i in range(len(value) + 1))
    return bool(value) and pattern[0] in ("_", value[0]) and like(pattern[1:], value[1:])


def conjoined(told: list[Told]) -> Told:
    return False if False in told else None if None in told else True


def disjoined(told: list[Told]) -> Told:
    return True if True in told else None if None in told else False


def between(value: Any, least: Any, most: Any) -> Told:
    """One side alone can tell that it is not."""
    return conjoined([lifted(operator.ge)(value, least), lifted(operator.le)(value, most)])


leaves = st.one_of(
    compared(texts),
    compared(numbers),
    compared(times),
    st.builds(
        lambda a, b, c: both("{} BETWEEN {} AND {}", between, a, b, c),
        numbers,
        numbers,
        numbers,
    ).filter(lambda rule: all(part not in rule[0] for part in ("/", "%", "div", "whole"))),
    st.builds(
        lambda t, p: both(f"{{}} LIKE {quoted(p)}", lifted(lambda v: like(p, v)), t),
        texts,
        st.sampled_from(["%", "a%", "_", "%b", "冠_镇", "", "it's", "%a_"]),
    ),
    st.builds(
        lambda t, v: both(f"{{}} IN {listed(v)}", lambda x: within(x, v), t),
        texts,
        st.lists(some_texts, min_size=1, max_size=3),
    ),
    st.sampled_from(["name", "number", "open", "at", "tags", "geometry"]).map(
        lambda name: (
            f"{name} IS NULL",
            lambda row: row["geom" if name == "geometry" else name] is None,
        )
    ),
    st.sampled_from([column("open"), literal("TRUE", True), literal("false", False)]),
    st.builds(
        lambda name, a, b: both(f"T_{name.upper()}({{}}, {{}})", lifted(ALLEN[name]), a, b),
        st.sampled_from(list(ALLEN)),
        spans,
        spans,
    ),
    st.builds(
        lambda name, values: both(
            f"A_{name.upper()}(tags, {listed(values)})",
            lifted(lambda tags: ARRAYS[name](set(tags), set(values))),
            column("tags"),
        ),
        st.sampled_from(list(ARRAYS)),
        st.lists(st.sampled_from(["water", "power", "signs"]), max_size=3),
    ),
    st.builds(spatial, st.sampled_from(SPATIAL), st.sampled_from([s for s in SHAPES if s])),
)
rules: st.SearchStrategy[Rule] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda r: both("NOT ({})", lifted(operator.not_), r)),
        st.builds(lambda a, b: both("({} AND {})", lambda *t: conjoined([*t]), a, b), inner, inner),
        st.builds(lambda a, b: both("({} OR {})", lambda *t: disjoined([*t]), a, b), inner, inner),
    ),
    max_leaves=5,
)


@given(rules)
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
def test_any_expression_leaves_the_rows_of_the_same_predicate(
    store: psycopg.Connection, rule: Rule
) -> None:
    written, told = rule
    found = condition(text.parsed(written), KINDS, written)  # type: ignore[arg-type]
    statement = SQL("SELECT id FROM place AS f WHERE {} ORDER BY id").format(found.where)
    rows = [row[0] for row in store.execute(statement, dict(found.values))]
    assert rows == [row["id"] for row in ROWS if told(row) is True], written


def test_a_distance_is_in_metres_on_the_ground(store: psycopg.Connection) -> None:
    def left(metres: float) -> list[int]:
        written = f"S_DWITHIN(geometry, POINT(0 0.5), {metres}) AND geometry IS NOT NULL"
        found = condition(text.parsed(written), KINDS, written)  # type: ignore[arg-type]
        statement = SQL("SELECT id FROM place AS f WHERE {}").format(found.where)
        return [row[0] for row in store.execute(statement, dict(found.values))]

    near = {ROWS[n]["geom"] for n in left(55_400)}
    assert "POINT(0 0)" in near
    assert "POINT(1 0)" not in near
    assert "POINT(0 0)" not in {ROWS[n]["geom"] for n in left(55_200)}
