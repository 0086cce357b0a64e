"""How long work tells its caller how far it is, and how the caller stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from relief.errors import ReliefError

Progress: TypeAlias = Callable[[float], None]
"""Called with the share done, 0..1, never falling."""

Cancelled: TypeAlias = Callable[[], bool]
"""Asked between steps; true stops the work."""


class Stopped(ReliefError):
    """The work was stopped before it was done."""

    code = "stopped"
    status = 409


def silent(_share: float) -> None:
    """Progress that nobody watches."""


def never() -> bool:
    """Work that nobody cancels."""
    return False


def step(share: float, progress: Progress, cancelled: Cancelled) -> None:
    """Reports the share done; raises Stopped where the caller has cancelled."""
    if cancelled():
        raise Stopped("The calculation was cancelled; nothing of it was kept.")
    progress(share)
