"""The ledgers kept household by household: what is filled in, and which department fills it.

The relief ledger is that of Xiqing's scheme of 2021 for joining disaster relief and social
assistance (annex 1, notes 1 to 6); property loss is asked for by Uxin's plan of 2026 (3.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from relief.errors import Forbidden
from relief.vocabulary import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEIJING = ZoneInfo("Asia/Shanghai")
JOINT = "joint"
"""Who states an entry where no single department does: a desk that acts for all of them."""
YES, NO, TO_BE_AGREED = "是", "否", "待会商"


class Department(Term):
    """Departments that fill columns of a ledger."""

    CIVIL_AFFAIRS = "civil_affairs", "民政部门", "civil affairs"
    EMERGENCY = "emergency", "应急管理部门", "emergency management"
    VETERANS = "veterans_affairs", "退役军人事务部门", "veterans' affairs"


_KNOWN_BY = {
    "民政": Department.CIVIL_AFFAIRS,
    "应急": Department.EMERGENCY,
    "退役军人": Department.VETERANS,
}


@dataclass(frozen=True)
class Item:
    """A column that is filled by hand, and the departments that may."""

    code: str
    zh: str
    departments: tuple[Department, ...]


_CIVIL, _EMERGENCY = Department.CIVIL_AFFAIRS, Department.EMERGENCY
_ITEMS = (
    Item("social_assistance_before", "灾前社会救助情况", (_CIVIL,)),
    Item("emergency_relief", "应急救助", (_EMERGENCY,)),
    Item("transition_relief", "过渡期救助", (_EMERGENCY,)),
    Item("winter_spring_relief", "冬春救助", (_EMERGENCY,)),
    Item("social_assistance_after", "灾后社会救助情况", (_CIVIL,)),
    Item("fell_into_poverty", "是否因灾致贫返贫", (_CIVIL, _EMERGENCY)),
    Item("property_loss", "财产损失", (_EMERGENCY, Department.VETERANS)),
)
ITEMS: Mapping[str, Item] = MappingProxyType({item.code: item for item in _ITEMS})
RELIEF = ("emergency_relief", "transition_relief", "winter_spring_relief")
"""What the annex's one column of disaster relief is made of."""


def department_named(name: str) -> Department | None:
    """The department of that code, or of a bureau's name (`区民政局`); None for any other."""
    by_code = {department.value: department for department in Department}
    found = (department for word, department in _KNOWN_BY.items() if word in name)
    return by_code.get(name) or next(found, None)


def items_seen_by(name: str | None) -> frozenset[str]:
    """The items that a token of this department reads; without a department, all.

    Civil affairs and emergency management tell each other everything (Xiqing 4(2)).
    """
    if name is None:
        return frozenset(ITEMS)
    department = department_named(name)
    if department in (_CIVIL, _EMERGENCY):
        return frozenset(ITEMS)
    return frozenset(item.code for item in _ITEMS if department in item.departments)


def stated_by(name: str | None, items: Iterable[str]) -> str:
    """In whose name these items are filled in; JOINT for a token without a department.

    Raises Forbidden naming the first column that is another department's.
    """
    if name is None:
        return JOINT
    department = department_named(name)
    for code in items:
        owners = ITEMS[code].departments
        if department not in owners:
            named = "、".join(owner.zh for owner in owners)
            raise Forbidden(f"The column {ITEMS[code].zh} ({code}) is filled by {named}.")
    assert department is not None
    return department.value


def agreed(stated: Mapping[str, str]) -> str | None:
    """Whether a household fell into poverty: what both departments say, by who said it.

    A joint entry counts alone; while one has not spoken, or they differ, it is to be agreed.
    """
    if JOINT in stated:
        return stated[JOINT]
    if not stated:
        return None
    both = {stated.get(_CIVIL.value), stated.get(_EMERGENCY.value)}
    return TO_BE_AGREED if len(both) > 1 else both.pop()


def customary_name(occurred_at: datetime, hazard: str) -> str:
    """Month.day in Beijing and the hazard's Chinese name, as ledgers name events (note 1)."""
    day = occurred_at.astimezone(BEIJING)
    return f"{day.month}.{day.day} {hazard}灾害"
