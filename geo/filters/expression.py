"""What a filter says, whichever way it was written; every part knows where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from relief.errors import Fault, MalformedRequest

MOST_DEPTH, MOST_NODES = 32, 1_000
"""How deep a filter may be nested, and how many parts it may have."""


@dataclass(frozen=True)
class Node:
    """A part of a filter; `at` says where it stands, as `character 12` or `/args/0`."""

    at: str


@dataclass(frozen=True)
class Property(Node):
    """The value that each feature has under this name."""

    name: str


@dataclass(frozen=True)
class Literal(Node):
    """A text, number or truth value."""

    value: str | float | bool


@dataclass(frozen=True)
class Instant(Node):
    """A moment; a date is its midnight in Beijing time."""

    value: datetime


@dataclass(frozen=True)
class Interval(Node):
    """From one instant to another, each an Instant, a Property or open (None)."""

    start: Node | None
    end: Node | None


@dataclass(frozen=True)
class Shape(Node):
    """A geometry in the coordinates that it was written in, as they were written."""

    geometry: BaseGeometry


@dataclass(frozen=True)
class Array(Node):
    """Several values."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Call(Node):
    """An operator or function, in lower case, on its arguments."""

    op: str
    args: tuple[Node, ...]


def fault(at: str, detail: str) -> MalformedRequest:
    """The refusal of a filter for what stands at this place in it, or in a `?parameter`."""
    place = at if at.startswith("?") else f"?filter {at}"
    return MalformedRequest(f"The filter can't be read at {at}: {detail}.", [Fault(place, detail)])


def within_bounds(node: Node) -> Node:
    """The filter itself; raises MalformedRequest where it is nested too deep or too long."""
    level: Sequence[Node] = (node,)
    nodes = 0
    for _ in range(MOST_DEPTH):
        nodes += len(level)
        if nodes > MOST_NODES:
            raise fault(level[0].at, f"a filter has at most {MOST_NODES} parts")
        level = [child for parent in level for child in children(parent)]
        if not level:
            return node
    raise fault(level[0].at, f"a filter is nested at most {MOST_DEPTH} deep")


def children(node: Node) -> Iterator[Node]:
    """The parts of this part."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from value


def properties_in(node: Node) -> Iterator[Property]:
    """Every property that the filter looks at."""
    if isinstance(node, Property):
        yield node
    for child in children(node):
        yield from properties_in(child)
