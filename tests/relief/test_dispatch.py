"""Which depot sends what where: against an exact linear program, and by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from relief.dispatch import Consignment, Dispatch, Lack, dispatched, drawn


def consignment(item: str, need: list[int], stock: list[int], kg: float = 1) -> Consignment:
    return Consignment(item, np.array(need, np.int64), np.array(stock, np.int64), Fraction(str(kg)))


def plan(
    consignments: list[Consignment], distance_m: list[list[float]], *room: int | None
) -> Dispatch:
    rooms = [None if r is None else Fraction(r) for r in room] or [None] * len(distance_m)
    return dispatched(consignments, np.array(distance_m, float), rooms)


def test_goods_come_from_near_unless_others_would_go_short() -> None:
    found = plan([consignment("tent", [5, 5], [5, 5])], [[1.0, 2.0], [1.0, 50.0]])
    assert {(m.depot, m.shelter, m.quantity) for m in found.moves} == {(0, 1, 5), (1, 0, 5)}
    assert not found.unmet
    assert found.unit_metres == {"tent": 15.0}


def test_what_stays_unmet_says_why() -> None:
    nowhere = float("inf")
    short = plan([consignment("tent", [5, 4], [3])], [[1.0, nowhere]])
    assert [(u.shelter, u.quantity, u.why) for u in short.unmet] == [
        (0, 2, Lack.STOCK),
        (1, 4, Lack.NO_DEPOT),
    ]
    heavy = plan([consignment("tent", [5], [9], kg=60)], [[1.0]], 200)
    assert [(m.quantity) for m in heavy.moves] == [3]
    assert [(u.quantity, u.why) for u in heavy.unmet] == [(2, Lack.TRANSPORT)]
    assert heavy.loaded_kg == (Fraction(180),)


def test_the_first_item_has_the_lorries_first() -> None:
    found = plan(
        [consignment("water", [10], [10], kg=2), consignment("tent", [1], [1], kg=5)], [[1.0]], 24
    )
    assert [(m.item, m.quantity) for m in found.moves] == [("water", 10)]
    assert [(u.item, u.why) for u in found.unmet] == [("tent", Lack.TRANSPORT)]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 5), st.booleans())
def test_one_item_is_sent_as_well_as_can_be(
    seed: int, depots: int, shelters: int, limited: bool
) -> None:
    random = np.random.default_rng(seed)
    way = random.integers(1, 100, (depots, shelters)).astype(float)
    way[random.random(way.shape) < 0.2] = np.inf
    one = consignment(
        "tent",
        random.integers(0, 20, shelters).tolist(),
        random.integers(0, 20, depots).tolist(),
        kg=2,
    )
    room = random.integers(0, 30, depots).tolist() if limited else [None] * depots
    found = plan([one], way.tolist(), *room)
    loadable = [s if r is None else min(s, r // 2) for s, r in zip(one.stock, room, strict=True)]
    sent = np.zeros_like(way)
    for move in found.moves:
        sent[move.depot, move.shelter] += move.quantity
    assert (sent.sum(axis=1) <= loadable).all()
    unmet = np.zeros(shelters)
    for lack in found.unmet:
        unmet[lack.shelter] += lack.quantity
    assert (sent.sum(axis=0) + unmet == one.need).all()
    assert (sent[np.isinf(way)] == 0).all()
    best = _best(way, one.need, loadable)
    assert unmet.sum() == pytest.approx(best[0])
    assert sum(found.unit_metres.values()) == pytest.approx(best[1])


def _best(way: np.ndarray, need: np.ndarray, loadable: list[int]) -> tuple[float, float]:
    """Least unmet units, and least unit-metres with that many unmet, by linear programming."""
    depots, shelters = way.shape
    rows = np.zeros((depots + shelters, way.size))
    for i in range(way.size):
        rows[i // shelters, i] = rows[depots + i % shelters, i] = 1
    limit = np.concatenate([loadable, need])
    open_to = np.isfinite(way).ravel()
    bounds = [(0, None if usable else 0) for usable in open_to]
    most = linprog(-np.ones(way.size), rows, limit, bounds=bounds)
    cost = np.where(open_to, way.ravel(), 0.0)
    least = linprog(cost, rows, limit, np.ones((1, way.size)), [round(-most.fun)], bounds=bounds)
    return float(need.sum() + most.fun), float(least.fun)


def test_lots_are_drawn_on_in_their_order() -> None:
    lots = [3, 0, 9]
    assert drawn(5, lots) == [(0, 3), (2, 2)]
    assert drawn(4, lots) == [(2, 4)]
