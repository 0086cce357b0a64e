"""What the depots of a division must hold, and what they lack.

A plan asks that stock covers the needs of a response level in the division, with a margin (002
7.2.2 for Yangquan: level II). The level is stated for the whole of the plan's division, so how its
people fall to the parts is an assumption: it is stated with every answer, and people may set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from relief.errors import Fault, InvalidInput
from relief.item_norms import number

if TYPE_CHECKING:
    from relief.edition import Condition, Plan
    from relief.item_norms import ItemNorm, Norms

IN_NEED = frozenset({"relocated", "in_need"})
"""The indicators whose people are supplied (转移安置, 需紧急生活救助)."""


class Sharing(StrEnum):
    """How the people of a level fall to a part of the plan's division."""

    POPULATION = "population"
    WHOLE = "whole"

    @property
    def words(self) -> dict[str, str]:
        """The assumption in a sentence of each language."""
        return _SHARING[self]


_SHARING = {
    Sharing.POPULATION: {
        "zh": "假定：预案全域的响应门槛人数按常住人口比例分摊到各地（向上取整）。",
        "en": "Assumed: the people of the level, stated for the plan's whole division, fall to its"
        " parts by population, rounded up.",
    },
    Sharing.WHOLE: {
        "zh": "假定：响应门槛人数可能全部集中在任何一地，各地均按全数计。",
        "en": "Assumed: all people of the level may be in any one part, so each is measured by the"
        " whole number.",
    },
}


@dataclass(frozen=True)
class Basis:
    """By what stock is measured: `people` in the plan's whole division for `days`, and a margin.

    `by_area` are people that somebody set for single divisions.
    """

    people: int
    days: int
    margin_percent: Fraction
    sharing: Sharing = Sharing.POPULATION
    by_area: Mapping[str, int] = field(default_factory=dict)

    def people_in(self, code: str, population: int | None, of: int | None) -> int | None:
        """People to supply in a division, given its population and that `of` the plan's division.

        None where a population is needed and not known: unknown is not zero.
        """
        if code in self.by_area:
            return self.by_area[code]
        if self.sharing is Sharing.WHOLE:
            return self.people
        if population is None or not of:
            return None
        return -(-self.people * min(population, of) // of)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "people": self.people,
            "days": self.days,
            "margin_percent": number(self.margin_percent),
            "shared_by": self.sharing.value,
            "people_by_area": dict(self.by_area),
            "assumption": self.sharing.words,
        }


@dataclass(frozen=True)
class BasisChoice:
    """What somebody chose of a basis; None leaves it to the plan and the norms."""

    people: int | None = None
    days: int | None = None
    margin_percent: float | None = None
    shared_by: Sharing | None = None
    people_by_area: Mapping[str, int] | None = None

    def before(self, other: BasisChoice) -> BasisChoice:
        """This choice where it says something, else the other's."""
        stated = {key: value for key, value in vars(self).items() if value is not None}
        return replace(other, **stated)

    def basis(self, people_at_level: int, norms: Norms) -> Basis:
        """The basis in full, `people_at_level` being what the plan's level begins with."""
        margin = self.margin_percent
        return Basis(
            people_at_level if self.people is None else self.people,
            int(norms.days.value) if self.days is None else self.days,
            norms.margin_percent.value if margin is None else Fraction(str(margin)),
            self.shared_by or Sharing.POPULATION,
            self.people_by_area or {},
        )


class Holding(NamedTuple):
    """A row of stock: `holder` government or social, `form` physical or capacity (实物、产能)."""

    depot: str
    item: str
    holder: str
    form: str
    quantity: int
    unit: str
    requested: int = 0


@dataclass(frozen=True)
class ItemBalance:
    """One item of one division, in its unit; `need` is None where the people are not known."""

    norm: ItemNorm
    need_at_level: int | None
    need: int | None
    held: Mapping[str, int]
    requested: int

    @property
    def stock(self) -> int:
        """What is held, by whomever and in whatever form."""
        return sum(self.held.values())

    @property
    def shortfall(self) -> int | None:
        """What is lacking; 0 where enough is held."""
        return None if self.need is None else max(self.need - self.stock, 0)

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape."""
        return {
            "item": self.norm.code,
            "name": {"zh": self.norm.zh, "en": self.norm.en},
            "unit": self.norm.unit,
            "need_at_level": self.need_at_level,
            "need": self.need,
            "stock": self.stock,
            **{f"stock_{kind}": amount for kind, amount in self.held.items()},
            "requested": self.requested,
            "shortfall": self.shortfall,
        }


KINDS = ("government_physical", "government_capacity", "social_physical", "social_capacity")
"""Holder and form of stock, in the order in which it is drawn on."""


def balance(
    norm: ItemNorm, people: int | None, basis: Basis, holdings: Iterable[Holding]
) -> ItemBalance:
    """What a division needs of an item for `people`, and what these holdings have of it."""
    own = [h for h in holdings if h.item == norm.code and h.unit == norm.unit]
    held = dict.fromkeys(KINDS, 0)
    for holding in own:
        held[f"{holding.holder}_{holding.form}"] += holding.quantity
    known = people is not None
    return ItemBalance(
        norm,
        norm.units(people, basis.days) if known else None,  # type: ignore[arg-type]
        norm.units(people, basis.days, basis.margin_percent) if known else None,  # type: ignore[arg-type]
        held,
        sum(holding.requested for holding in own),
    )


def uncounted(holding: Holding, norms: Mapping[str, ItemNorm]) -> str | None:
    """Why a row of stock can't be set against a norm; None where it can."""
    norm = norms.get(holding.item)
    if norm is None:
        return "There is no norm for this item."
    if norm.unit != holding.unit:
        return f"It is counted in {holding.unit}, the norm in {norm.unit}."
    return None


def level_condition(plan: Plan, level: str) -> Condition:
    """The condition by which the plan's level begins, counted in people relocated and in need.

    Raises InvalidInput where the plan has no such level, or judges it by other things only.
    """
    rule = plan.rule(level)
    if rule is None:
        known = ", ".join(rule.level for rule in plan.levels)
        raise InvalidInput("The plan has no such level.", [Fault("?level", f"It has {known}.")])
    for condition in rule.conditions:
        if IN_NEED.issuperset(condition.of) and condition.over is None:
            return condition
    raise InvalidInput(
        f"At level {level} the plan counts no people in need; state `people`.",
        [Fault("?people", "How many people the stock is to cover.")],
    )
