"""What depots must hold by a plan's level, and what they lack."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief.errors import InvalidInput
from relief.item_norms import shipped_norms
from relief.plan import plan_by_id
from relief.supply import Basis, Holding, Sharing, balance, level_condition, uncounted

BASIS = Basis(40_000, 3, Fraction(10))
TENT = shipped_norms().of(["tent"], "")[0]


def test_a_level_begins_with_the_people_that_the_plan_names() -> None:
    condition = level_condition(plan_by_id("yangquan-2026"), "II")
    assert (condition.threshold, condition.clause) == (40_000, "5.2.1(2)")
    assert level_condition(plan_by_id("example-county"), "I").threshold == 3_000


def test_a_level_that_counts_nobody_in_need_asks_for_the_people() -> None:
    with pytest.raises(InvalidInput) as refusal:
        level_condition(plan_by_id("yangquan-2026"), "V")
    assert refusal.value.faults[0].at == "?level"


def test_people_fall_to_a_part_by_population_unless_somebody_says_otherwise() -> None:
    assert BASIS.people_in("140321", 306_228, 1_318_505) == 9_291  # 9,290.2 rounded up
    assert BASIS.people_in("140321", None, 1_318_505) is None
    assert BASIS.people_in("140321", 306_228, None) is None
    set_by_hand = Basis(40_000, 3, Fraction(0), by_area={"140321": 12_000})
    assert set_by_hand.people_in("140321", None, None) == 12_000
    assert Basis(40_000, 3, Fraction(0), Sharing.WHOLE).people_in("140321", None, None) == 40_000


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.integers(1, 10**6))
def test_the_parts_cover_the_whole(populations: list[int], people: int) -> None:
    whole = sum(populations)
    basis = Basis(people, 3, Fraction(0))
    shares = [basis.people_in("1", population, whole) for population in populations]
    if whole:
        assert people <= sum(share or 0 for share in shares) < people + len(populations)


def test_what_is_lacking_counts_every_holder_and_form() -> None:
    held = [
        Holding("D1", "tent", "government", "physical", 100, "顶"),
        Holding("D1", "tent", "social", "capacity", 50, "顶", requested=20),
        Holding("D2", "tent", "government", "physical", 3, "套"),
        Holding("D2", "quilt", "government", "physical", 900, "床"),
    ]
    found = balance(TENT, 1_000, BASIS, held)
    assert (found.need_at_level, found.need, found.stock) == (250, 275, 150)
    assert (found.shortfall, found.requested) == (125, 20)
    assert found.as_dict()["stock_social_capacity"] == 50
    norms = {norm.code: norm for norm in shipped_norms().items}
    assert [uncounted(h, norms) is None for h in held] == [True, True, False, True]
    assert uncounted(held[0]._replace(item="helmet"), norms)


def test_unknown_people_are_no_people_without_need() -> None:
    found = balance(TENT, None, BASIS, [])
    assert (found.need, found.shortfall, found.stock) == (None, None, 0)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_nothing_is_lacking_exactly_when_the_need_is_held(people: int, stock: int) -> None:
    found = balance(
        TENT, people, BASIS, [Holding("D", "tent", "government", "physical", stock, "顶")]
    )
    assert found.need is not None
    assert (found.shortfall == 0) == (stock >= found.need)
    assert 4 * found.need * 10 >= people * 11 > 4 * (found.need - 1) * 10
