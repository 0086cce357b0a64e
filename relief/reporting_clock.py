"""Which report is due when, which came, and how late what did not come is; the clock is handed in.

Silence is silence: a division that never reported has no figures of zero, it has a report overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from relief.plan_rules import ReportKind, Until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relief.plan_rules import ReportingRule


class Punctuality(StrEnum):
    """How a division stands, the worst first."""

    LATE = "late"
    DUE = "due"
    ON_TIME = "on_time"


@dataclass(frozen=True)
class Process:
    """What of an event sets the clock: its hazard and begin, whether it is major and its state."""

    hazard: str
    began_at: datetime
    major: bool
    state: str


@dataclass(frozen=True)
class Deadline:
    """A report that a rule asks for by `due_at`; `met_at` is when it came, None until it does."""

    rule: ReportingRule
    due_at: datetime
    met_at: datetime | None

    def late_by(self, now: datetime) -> timedelta:
        """How late it came, or is by now; zero when it is in time."""
        return max((self.met_at or now) - self.due_at, timedelta(0))

    def punctuality(self, now: datetime) -> Punctuality:
        """Late while it is missing past its hour, due before that, else on time."""
        if self.met_at is not None:
            return Punctuality.ON_TIME
        return Punctuality.LATE if now > self.due_at else Punctuality.DUE

    def as_dict(self, now: datetime) -> dict[str, Any]:
        """The JSON shape; `late_s` in seconds."""
        return {
            "kind": self.rule.kind.value,
            "due_at": self.due_at,
            "met_at": self.met_at,
            "late_s": int(self.late_by(now).total_seconds()),
            "state": self.punctuality(now).value,
            "clause": self.rule.clause,
            "source": self.rule.source,
            "standing": self.rule.standing,
        }


def deadlines(
    rules: Sequence[ReportingRule],
    process: Process,
    reported_at: Sequence[datetime],
    now: datetime,
) -> tuple[Deadline, ...]:
    """What a division owes by the rules, given when its reports were recorded (any order).

    The first report has one deadline. Repeated ones run from the last report: the next is due
    `hours` after it (after the begin, when none has come), until the event is stable or over.
    """
    known = sorted(at for at in reported_at if at <= now)
    found = []
    for rule in rules:
        if rule.kind is ReportKind.FIRST:
            due_at = process.began_at + timedelta(hours=rule.hours)
            found.append(Deadline(rule, due_at, known[0] if known else None))
        elif rule.kind is not ReportKind.AT_ONCE and _binds(rule, process):
            last = known[-1] if known else process.began_at
            found.append(Deadline(rule, last + timedelta(hours=rule.hours), None))
    return tuple(found)


def worst(owed: Sequence[Deadline], now: datetime) -> tuple[Punctuality, timedelta]:
    """How a division stands over all that it owes: the worst state, and by how much it is late."""
    late = [d.late_by(now) for d in owed if d.punctuality(now) is Punctuality.LATE]
    if late:
        return Punctuality.LATE, max(late)
    waiting = any(deadline.punctuality(now) is Punctuality.DUE for deadline in owed)
    return (Punctuality.DUE if waiting else Punctuality.ON_TIME), timedelta(0)


def _binds(rule: ReportingRule, process: Process) -> bool:
    """Whether a repeated report is still asked for in this event."""
    if rule.hazards and process.hazard not in rule.hazards:
        return False
    if rule.major_only and not process.major:
        return False
    ended = {"closed"} if rule.until is Until.OVER else {"stable", "closed"}
    return process.state not in ended
