"""What may follow what in the life of a request."""

from itertools import product

import pytest

from relief.errors import Conflict
from relief.supply_requests import RequestState, next_states, require_step

ALLOWED = {
    ("requested", "sent"),
    ("requested", "refused"),
    ("requested", "cancelled"),
    ("sent", "received"),
}


@pytest.mark.parametrize(("state", "to"), list(product(RequestState, RequestState)))
def test_only_these_steps_exist(state: RequestState, to: RequestState) -> None:
    for holder in ("government", "social"):
        possible = (state, to) in ALLOWED or (state, to, holder) == (
            "received", "compensated", "social",
        )  # fmt: skip
        if possible:
            require_step(state, to, holder)
        else:
            with pytest.raises(Conflict):
                require_step(state, to, holder)


def test_what_is_over_is_over() -> None:
    assert next_states("refused", "social") == ()
    assert next_states("received", "government") == ()
