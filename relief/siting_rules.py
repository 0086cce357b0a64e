"""What a site keeps away from, and how far.

Distances here are starting values that the planner may change; each carries its citation and its
standing (relief/standards/siting.toml).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from relief.errors import Fault, InvalidInput
from relief.siting_standards import BUILDING_CLASSES, Source, siting_standards, source_in

PURPOSES = ("settlement", "shelter", "depot")
FAULT_EDITION = "gb50011-4.1.7"


@dataclass(frozen=True)
class KindRule:
    """A distance of its own for one kind of feature in a layer."""

    kind: str
    zh: str
    en: str
    distance_m: float
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class AvoidRule:
    """Sites keep away from `layer`.

    `default_distance_m` is what the desk proposes, `kinds` what it proposes for some of the
    `known_kinds` of feature. `grades` are those the rule speaks of (empty: all). For the
    purposes of `engineering_for` a site that can't avoid it is allowed with engineering
    measures, where the feature is of one of `engineering_kinds`.
    """

    layer: str
    zh: str
    en: str
    default_distance_m: float
    clause: str
    sources: tuple[Source, ...]
    grades: frozenset[str] = frozenset()
    engineering_for: frozenset[str] = frozenset()
    engineering_kinds: frozenset[str] = frozenset()
    kinds: Mapping[str, KindRule] = field(default_factory=dict)
    known_kinds: tuple[str, ...] = ()

    def allows_with_engineering(self, purpose: str, kind: str | None) -> bool:
        """Whether a site for `purpose` may stand by such a feature with engineering measures."""
        return purpose in self.engineering_for and kind in self.engineering_kinds

    def sources_for(self, kind: str | None) -> tuple[Source, ...]:
        """Where the distance to such a feature is written."""
        own = self.kinds.get(kind) if kind else None
        return own.sources if own else self.sources

    def proposed_m(self) -> dict[str, float]:
        """The distances that the desk proposes, by the keys of `avoid_key`."""
        own = {avoid_key(self.layer, kind): one.distance_m for kind, one in self.kinds.items()}
        return {self.layer: self.default_distance_m, **own}


def avoid_key(layer: str, kind: str | None = None) -> str:
    """What the metres to keep are looked up by: a layer, or one kind of feature in it."""
    return layer if kind is None else f"{layer}/{kind}"


def proposed_distances_m() -> dict[str, float]:
    """What the desk proposes to keep from everything there is a rule of, by avoid_key."""
    return {key: m for rule in AVOID_RULES.values() for key, m in rule.proposed_m().items()}


def required_m(
    distance_m: Mapping[str, float], layer: str, kind: str | None, grade: str | None
) -> float | None:
    """Metres to keep from a feature, that of its kind before that of its layer; None where
    nothing is asked of it."""
    grades = AVOID_RULES[layer].grades
    if grades and grade not in grades:
        return None
    return distance_m.get(avoid_key(layer, kind), distance_m.get(layer))


def fault_distance_m(
    intensity: int, building_class: str, edition: str = FAULT_EDITION, at: str = ""
) -> float:
    """Least metres to a fault by an edition of the table; raises InvalidInput, naming `at`, where
    that gives no number."""
    table = siting_standards().fault_editions[edition]
    metres = table.required_m(intensity, building_class)
    if metres is None:
        name = BUILDING_CLASSES[building_class]
        detail = (
            f"{table.source.text} gives no distance for class {name} at intensity"
            f" {intensity} but calls for a special study; send the `distance_m` that it found."
        )
        raise InvalidInput(detail, [Fault(at, detail)])
    return metres


def _rule(table: dict[str, Any]) -> AvoidRule:
    return AvoidRule(
        table["layer"],
        table["zh"],
        table["en"],
        float(table["distance_m"]),
        table["clause"],
        _sources(table),
        frozenset(table.get("grades", ())),
        frozenset(table.get("engineering_for", ())),
        frozenset(table.get("engineering_kinds", ())),
        {one["kind"]: _kind(one) for one in table.get("kinds", ())},
        tuple(table.get("known_kinds", ())),
    )


def _kind(table: dict[str, Any]) -> KindRule:
    return KindRule(
        table["kind"], table["zh"], table["en"], float(table["distance_m"]), _sources(table)
    )


def _sources(table: dict[str, Any]) -> tuple[Source, ...]:
    return tuple(source_in(one, "text") for one in table["sources"])


AVOID_RULES: Mapping[str, AvoidRule] = MappingProxyType(
    {one["layer"]: _rule(one) for one in siting_standards().avoid}
)
"""The rule of every layer that a site can be kept away from."""
