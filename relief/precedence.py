"""Who goes first when not everybody finds a place: key groups by their codes and usual names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relief.errors import Fault, InvalidInput
from relief.vocabulary import KeyGroup

ELDERLY = "elderly"
"""Aged 65 and over, as the census groups ages; households may carry it beside the plans' groups."""

_TOGETHER: dict[str, frozenset[str]] = {
    ELDERLY: frozenset({ELDERLY, KeyGroup.LEFT_BEHIND_ELDER, KeyGroup.VETERAN_OLD_DISABLED}),
    "children": frozenset({KeyGroup.LEFT_BEHIND_CHILD, KeyGroup.ORPHAN}),
}
_NAMES = {group.zh: group.value for group in KeyGroup} | {"老年人": ELDERLY, "儿童": "children"}

KNOWN = (*_TOGETHER, *(group.value for group in KeyGroup))
"""Every code that `groups_named` takes, besides the Chinese names."""


def groups_named(names: Sequence[str], at: str) -> tuple[frozenset[str], ...]:
    """The key groups that each name stands for, in the order given.

    Raises InvalidInput at `at`/number for a name that is not known.
    """
    faults = [
        Fault(f"{at}/{i}", f"'{name}' is no key group; known are {', '.join(KNOWN)}.")
        for i, name in enumerate(names)
        if _NAMES.get(name, name) not in KNOWN
    ]
    if faults:
        raise InvalidInput("A key group is not known.", faults)
    codes = [_NAMES.get(name, name) for name in names]
    return tuple(_TOGETHER.get(code, frozenset({code})) for code in codes)


def precedence(groups: Iterable[str], order: Sequence[frozenset[str]]) -> int:
    """The class of a household with these key groups: highest for the first of `order`, else 0."""
    own = frozenset(groups)
    return next((len(order) - i for i, first in enumerate(order) if own & first), 0)
