"""The life of a request for goods: asked for, on the way, arrived; social goods also paid for."""

from __future__ import annotations

from enum import StrEnum

from relief.errors import Conflict


class RequestState(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    COMPENSATED = "compensated"

    @property
    def by_depot(self) -> bool:
        """Whether the depot's side takes this step; the others are the shelter's."""
        return self in {RequestState.SENT, RequestState.REFUSED, RequestState.COMPENSATED}


_NEXT = {
    RequestState.REQUESTED: (RequestState.SENT, RequestState.REFUSED, RequestState.CANCELLED),
    RequestState.SENT: (RequestState.RECEIVED,),
    RequestState.RECEIVED: (RequestState.COMPENSATED,),
}


def next_states(state: str, holder: str) -> tuple[RequestState, ...]:
    """The steps that may follow; only what was requisitioned from society is compensated (002
    7.2.4)."""
    steps = _NEXT.get(RequestState(state), ())
    return tuple(s for s in steps if s is not RequestState.COMPENSATED or holder == "social")


def require_step(state: str, to: RequestState, holder: str) -> None:
    """Raises Conflict unless `to` may follow `state`."""
    possible = next_states(state, holder)
    if to not in possible:
        named = ", ".join(possible) or "nothing: it is closed"
        raise Conflict(f"The request is {state} and can't become {to}; what can follow is {named}.")
