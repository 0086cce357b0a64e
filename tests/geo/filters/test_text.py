"""CQL2 text and JSON say the same, and what can't be read is refused with its place."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.filters import document, text
from geo.filters.condition import condition
from geo.filters.expression import Node, children, properties_in
from relief.errors import MalformedRequest

KINDS = {
    "name": "text",
    "capacity": "number",
    "open": "truth",
    "at": "instant",
    "facilities": "array",
    "geometry": "geometry",
}


def bare(node: Node) -> object:
    """The expression without the places of its parts."""
    own = {k: v for k, v in vars(node).items() if k != "at" and not isinstance(v, Node | tuple)}
    return (type(node).__name__, sorted(own.items()), [bare(child) for child in children(node)])


SAME = [
    ("capacity >= 5", {"op": ">=", "args": [{"property": "capacity"}, 5]}),
    ("\"name\" = 'it''s'", {"op": "=", "args": [{"property": "name"}, "it's"]}),
    (
        "a = 1 OR b = 2 AND NOT c = 3",
        {
            "op": "or",
            "args": [
                {"op": "=", "args": [{"property": "a"}, 1]},
                {
                    "op": "and",
                    "args": [
                        {"op": "=", "args": [{"property": "b"}, 2]},
                        {"op": "not", "args": [{"op": "=", "args": [{"property": "c"}, 3]}]},
                    ],
                },
            ],
        },
    ),
    (
        "a + 2 * b ^ 2 = -3",
        {
            "op": "=",
            "args": [
                {
                    "op": "+",
                    "args": [
                        {"property": "a"},
                        {"op": "*", "args": [2, {"op": "^", "args": [{"property": "b"}, 2]}]},
                    ],
                },
                -3,
            ],
        },
    ),
    (
        "CASEI(name) LIKE casei('a%')",
        {
            "op": "like",
            "args": [
                {"op": "casei", "args": [{"property": "name"}]},
                {"op": "casei", "args": ["a%"]},
            ],
        },
    ),
    (
        "name NOT IN ('a', 'b')",
        {"op": "not", "args": [{"op": "in", "args": [{"property": "name"}, ["a", "b"]]}]},
    ),
    (
        "name IS NOT NULL",
        {"op": "not", "args": [{"op": "isNull", "args": [{"property": "name"}]}]},
    ),
    (
        "T_DURING(at, INTERVAL('2026-09-15', '..'))",
        {"op": "t_during", "args": [{"property": "at"}, {"interval": ["2026-09-15", ".."]}]},
    ),
    (
        "T_FINISHEDBY(at, TIMESTAMP('2026-09-15T00:00:00Z'))",
        {
            "op": "t_finishedBy",
            "args": [{"property": "at"}, {"timestamp": "2026-09-15T00:00:00Z"}],
        },
    ),
    (
        "A_CONTAINS(facilities, ('water', 'power'))",
        {"op": "a_contains", "args": [{"property": "facilities"}, ["water", "power"]]},
    ),
    (
        "A_OVERLAPS(facilities, ('water'))",
        {"op": "a_overlaps", "args": [{"property": "facilities"}, ["water"]]},
    ),
    (
        "S_INTERSECTS(geometry, POINT(113 38))",
        {
            "op": "s_intersects",
            "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [113, 38]}],
        },
    ),
    (
        "S_WITHIN(geometry, BBOX(113, 37, 114, 38))",
        {"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [113, 37, 114, 38]}]},
    ),
]


@pytest.mark.parametrize(("written", "stated"), SAME, ids=[t for t, _ in SAME])
def test_text_and_json_say_the_same(written: str, stated: object) -> None:
    assert bare(text.parsed(written)) == bare(document.parsed(orjson.dumps(stated).decode()))


REFUSED = [
    ("", "character 1"),
    ("capacity =", "character 11"),
    ("capacity = 1 AND", "character 17"),
    ("(capacity = 1", "character 14"),
    ("capacity = 1)", "character 13"),
    ("capacity 5", "character 10"),
    ("name = 'open", "character 8"),
    ("capacity = 1; DROP TABLE x", "character 13"),
    ("sleep(5) = 1", "character 1"),
    ("capacity BETWEEN 1 OR 2", "character 20"),
    ("capacity NOT 3", "character 14"),
    ("capacity IN 3", "character 13"),
    ("at > DATE('2026-13-01')", "character 6"),
    ("at > TIMESTAMP('2026-09-15T00:00:00')", "character 6"),
    ("T_AFTER(at, INTERVAL('2026-02-01','2026-01-01'))", "character 13"),
    ("S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "character 24"),
    ("S_INTERSECTS(geometry, POINT(1 2)", "character 34"),
    ("S_INTERSECTS(geometry, POINT(a b))", "character 24"),
    ("S_INTERSECTS(geometry)", "character 1"),
    ("capacity = 1e999", "character 12"),
    ("(" * 50 + "open" + ")" * 50, "character 33"),
    ("-" * 5000 + "1 = capacity", "character 33"),
    ("+".join(["capacity"] * 50) + " = 1", "character "),
    ("nobody = 1", "character 1"),
    ("capacity = 'x'", "character 12"),
    ("name + 1 = 2", "character 1"),
    ("capacity", "character 1"),
    ("NOT name", "character 5"),
    ("name LIKE name", "character 11"),
    ("name LIKE 'x\\'", "character 11"),
    ("S_WITHIN(name, POINT(1 2))", "character 10"),
    ("S_TOUCHES(geometry, GEOMETRYCOLLECTION(POINT(1 2)))", "character 21"),
    ("S_INTERSECTS(geometry, POINT(200 95))", "character 24"),
    ("S_DWITHIN(geometry, POINT(113 38), name)", "character 36"),
    ("A_CONTAINS(name, ('x'))", "character 12"),
    ("T_AFTER(capacity, at)", "character 9"),
]


@pytest.mark.parametrize(("written", "place"), REFUSED, ids=[t[:60] for t, _ in REFUSED])
def test_what_cannot_be_read_is_refused_with_its_place(written: str, place: str) -> None:
    with pytest.raises(MalformedRequest) as refusal:
        condition(text.parsed(written), KINDS, written)  # type: ignore[arg-type]
    assert place in refusal.value.faults[0].at


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ('{"op":"and","args":[', "character"),
        ('{"op":"=","args":[{"property":"capacity"},null]}', "/args/1"),
        ('{"op":"and","args":[{"op":"=","args":[1]}]}', "/args"),
        ('{"op":"nothing","args":[]}', "/op"),
        ('{"op":"=","args":[{"property":"nobody"},1]}', "/args/0"),
        ('{"op":"s_within","args":[{"property":"geometry"},{"bbox":[1,2]}]}', "/args/1/bbox"),
        ('{"op":"in","args":[{"property":"capacity"},1]}', "/args/1"),
        ("[" * 200 + "]" * 200, "/0/0"),
        ("3", "/"),
    ],
)
def test_json_is_refused_with_its_pointer(written: str, place: str) -> None:
    with pytest.raises(MalformedRequest) as refusal:
        condition(document.parsed(written), KINDS, written)  # type: ignore[arg-type]
    assert place in refusal.value.faults[0].at


@given(st.text(alphabet="ab1'\"()=<>+-*/%^., \\\n中NOTINBETWEENLIKEPOINT", max_size=60))
def test_any_text_is_read_or_refused(written: str) -> None:
    try:
        list(properties_in(text.parsed(written)))
    except MalformedRequest as refusal:
        assert refusal.faults  # noqa: PT017
