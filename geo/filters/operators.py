"""The words of CQL2: its operators and functions, and what each of them wants."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import LiteralString

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
TEXT_FUNCTIONS = ("casei", "accenti")

SPATIAL: Mapping[str, LiteralString] = MappingProxyType(
    {
        "s_intersects": "ST_Intersects({}, {})",
        "s_disjoint": "NOT ST_Intersects({}, {})",
        "s_equals": "ST_Equals({}, {})",
        "s_touches": "ST_Touches({}, {})",
        "s_within": "ST_Within({}, {})",
        "s_contains": "ST_Contains({}, {})",
        "s_overlaps": "ST_Overlaps({}, {})",
        "s_crosses": "ST_Crosses({}, {})",
    }
)

# Of the intervals (s1, e1) and (s2, e2); an instant is one that ends where it starts.
TEMPORAL: Mapping[str, LiteralString] = MappingProxyType(
    {
        "t_after": "{s1} > {e2}",
        "t_before": "{e1} < {s2}",
        "t_contains": "{s1} < {s2} AND {e1} > {e2}",
        "t_disjoint": "{e1} < {s2} OR {s1} > {e2}",
        "t_during": "{s1} > {s2} AND {e1} < {e2}",
        "t_equals": "{s1} = {s2} AND {e1} = {e2}",
        "t_finishedby": "{s1} < {s2} AND {e1} = {e2}",
        "t_finishes": "{s1} > {s2} AND {e1} = {e2}",
        "t_intersects": "{s1} <= {e2} AND {e1} >= {s2}",
        "t_meets": "{e1} = {s2}",
        "t_metby": "{s1} = {e2}",
        "t_overlappedby": "{s1} > {s2} AND {s1} < {e2} AND {e1} > {e2}",
        "t_overlaps": "{s1} < {s2} AND {e1} > {s2} AND {e1} < {e2}",
        "t_startedby": "{s1} = {s2} AND {e1} > {e2}",
        "t_starts": "{s1} = {s2} AND {e1} < {e2}",
    }
)

ARRAY: Mapping[str, LiteralString] = MappingProxyType(
    {
        "a_equals": "({0} @> {1} AND {0} <@ {1})",
        "a_contains": "{0} @> {1}",
        "a_containedby": "{0} <@ {1}",
        "a_overlaps": "{0} && {1}",
    }
)

DISTANCE = "s_dwithin"
"""s_dwithin(geometry, geometry, metres): on the ellipsoid; this server's own function."""

FUNCTIONS = frozenset({*TEXT_FUNCTIONS, *SPATIAL, *TEMPORAL, *ARRAY, DISTANCE})

# What each operator may be given: least and most arguments.
_PAIR = (2, 2)
ARGUMENTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        **dict.fromkeys((*COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL, *ARRAY), _PAIR),
        **dict.fromkeys(("like", "in"), _PAIR),
        **dict.fromkeys(("not", "isnull", *TEXT_FUNCTIONS), (1, 1)),
        **dict.fromkeys(("and", "or"), (2, 1_000)),
        **dict.fromkeys(("between", DISTANCE), (3, 3)),
    }
)
