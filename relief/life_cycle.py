"""The life of a response: proposed, started or refused, adjusted, ended, each in its order.

The plan says who may do what (`edition.Procedure`); here is what may follow what. Nothing starts by
itself: without an act of people the state stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from relief.edition import Proposal
from relief.errors import Conflict, InvalidInput, LevelMoved
from relief.vocabulary import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from relief.edition import LevelRule, Plan


Grounds: TypeAlias = "Mapping[str, Mapping[str, Any] | None]"
"""Evaluations as JSON that an act may rest on, by their basis: reported, anticipated, lowered."""


class ActKind(StrEnum):
    """What people can do about a level."""

    PROPOSAL = "proposal"
    START = "start"
    REFUSAL = "refusal"
    TERMINATION = "termination"


@dataclass(frozen=True)
class Act:
    """One act; `proposal` is the id of the proposal that it answers."""

    id: str
    kind: ActKind
    level: Level
    proposal: str | None = None


@dataclass(frozen=True)
class LifeCycle:
    """Where a response stands: `level` is the one in force, `open_proposal` awaits an answer."""

    state: str
    level: Level | None = None
    open_proposal: Act | None = None


def life_cycle(acts: Iterable[Act]) -> LifeCycle:
    """The state after these acts, the oldest first.

    `none` before the first, then `proposed`, `decided`, `refused`, `adjusted` (another level while
    one is in force) or `ended`.
    """
    now = LifeCycle("none")
    for act in acts:
        now = _after(now, act)
    return now


def _after(now: LifeCycle, act: Act) -> LifeCycle:
    if act.kind is ActKind.PROPOSAL:
        return LifeCycle("proposed", now.level, act)
    if act.kind is ActKind.START:
        return LifeCycle("adjusted" if now.level else "decided", act.level)
    if act.kind is ActKind.REFUSAL:
        return LifeCycle("refused", now.level)
    return LifeCycle("ended")


def require_order(
    now: LifeCycle, kind: ActKind, rule: LevelRule, proposal: str | None, moved: bool = False
) -> None:
    """Raises Conflict when such an act at the rule's level can't follow where things are.

    A proposal takes the place of the open one only once the figures have `moved` from that.
    """
    if kind is ActKind.TERMINATION:
        _require(now.level is rule.level, f"Level {rule.level} is not in force; nothing to end.")
        return
    if kind is not ActKind.REFUSAL:
        _require(now.level is not rule.level, f"Level {rule.level} is in force already.")
    if kind is ActKind.PROPOSAL:
        direct = rule.procedure.proposal is Proposal.NONE
        _require(not direct, f"Level {rule.level} is decided without a proposal.")
        free = now.open_proposal is None or moved
        _require(free, "A proposal awaits its decision; that comes first.")
        return
    _require_answer(now, kind, rule, proposal)


def _require_answer(now: LifeCycle, kind: ActKind, rule: LevelRule, proposal: str | None) -> None:
    """A decision answers the open proposal of its level, where the plan wants one."""
    waiting = now.open_proposal
    if proposal is None and starts_without_proposal(now, kind, rule):
        return
    if proposal is None and waiting is None:
        needed = kind is ActKind.REFUSAL or rule.procedure.proposal is Proposal.REQUIRED
        _require(not needed, f"Level {rule.level} needs a proposal first; there is none open.")
        return
    _require(waiting is not None, "That proposal is not open: it was answered already.")
    assert waiting is not None
    _require(proposal in {None, waiting.id}, f"The open proposal is {waiting.id}.")
    _require(
        waiting.level is rule.level,
        f"The open proposal is for level {waiting.level}. Refuse it before another is decided.",
    )


def starts_without_proposal(now: LifeCycle, kind: ActKind, rule: LevelRule) -> bool:
    """Whether a level that may be started directly is, past a proposal of another level."""
    waiting = now.open_proposal
    direct = kind is ActKind.START and rule.procedure.proposal is Proposal.OPTIONAL
    return direct and waiting is not None and waiting.level is not rule.level


def require_clause(plan: Plan, rule: LevelRule, kind: ActKind, clause: str) -> None:
    """Raises InvalidInput unless the plan's clause of that number speaks of this act and level."""
    known = {condition.clause for condition in rule.conditions}
    if rule.discretion:
        known.add(rule.discretion.clause)
    if kind is ActKind.TERMINATION and plan.termination:
        known = {plan.termination.clause}
    if kind is not ActKind.REFUSAL and clause not in known:
        named = ", ".join(sorted(known))
        raise InvalidInput(f"{plan.id} has no clause {clause} for this; it has {named}.")


def require_grounds(rule: LevelRule, clause: str, levels: Grounds) -> None:
    """Raises LevelMoved unless some figures call for the level, or the clause is discretionary.

    What happened, what is judged likely (出现或可能出现) and lowered conditions all count.
    """
    if rule.discretion and clause == rule.discretion.clause:
        return
    called_for = {basis: found["level"] for basis, found in levels.items() if found}
    if rule.level not in called_for.values():
        stated = ", ".join(f"{basis}: {level or 'none'}" for basis, level in called_for.items())
        raise LevelMoved(
            f"The figures do not call for {rule.level} ({stated}). Propose what they call for, "
            "or rest it on the plan's clause for other circumstances, with the reason."
        )


def require_unmoved(then: Grounds, now: Grounds) -> None:
    """Raises LevelMoved when the level, or that of a finding, is not what the proposal rests on."""
    before, after = _levels(then), _levels(now)
    if has_moved(then, now):
        moved = sorted(key for key in before.keys() | after if before.get(key) != after.get(key))
        changes = "; ".join(f"{key}: {before.get(key)} then, {after.get(key)} now" for key in moved)
        raise LevelMoved(f"The figures have moved since the proposal ({changes}). Propose anew.")


def has_moved(then: Grounds, now: Grounds) -> bool:
    """Whether the level, or that of a finding, is another than it was."""
    return _levels(then) != _levels(now)


def _levels(grounds: Grounds) -> dict[str, str | None]:
    levels: dict[str, str | None] = {}
    for basis, evaluation in grounds.items():
        if evaluation:
            levels[basis] = evaluation["level"]
            for finding in evaluation["findings"]:
                levels[f"{basis} {finding['indicator']}"] = finding["level"]
    return levels


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Conflict(otherwise)
