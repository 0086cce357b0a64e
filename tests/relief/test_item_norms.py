"""Norms as data: what ships, and what is refused."""

from fractions import Fraction

import pytest

from relief.errors import InvalidInput
from relief.item_norms import norms_from_toml, shipped_norms

TEXT = shipped_norms().text


def test_every_number_that_ships_has_its_source_and_standing() -> None:
    norms = shipped_norms()
    for stated in (norms.days, norms.margin_percent, *norms.items):
        assert stated.source
        assert stated.standing
    assert norms.as_dict()["items"][0]["standing"] == "assumption"


def test_units_are_whole_and_rounded_up() -> None:
    norms = {item.code: item for item in shipped_norms().items}
    assert norms["tent"].units(9, 3) == 3
    assert norms["tent"].units(0, 3) == 0
    assert norms["water"].units(10, 3) == 120
    assert norms["water"].units(10, 3, Fraction(10)) == 132


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ('code = "food"', 'code = "water"', "/items/1/code"),
        ('per = "person_day"', 'per = "week"', "/items/0/per"),
        ("amount = 4 ", "amount = -4 ", "/items/0/amount"),
        ("amount = 4 ", "amount = nan ", "/items/0/amount"),
        ("amount = 4 ", "amount = true ", "/items/0/amount"),
        ("kg = 0.52", "kg = 0", "/items/0/kg"),
        ("value = 3", "value = 2.5", "/days/value"),
        ("value = 10", "value = -1", "/margin_percent/value"),
        ('source = "Two litres', 'origin = "Two litres', "/items/0/origin"),
        ('code = "water"', 'code = "Water!"', "/items/0/code"),
        ("[[items]]", "[[things]]", "/items"),
        ("[days]", "[nights]", "/days"),
    ],
)
def test_a_fault_is_told_with_its_place(old: str, new: str, at: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        norms_from_toml(TEXT.replace(old, new))
    assert at in [fault.at for fault in refusal.value.faults]


def test_what_is_no_toml_is_refused_and_no_margin_is_taken() -> None:
    with pytest.raises(InvalidInput):
        norms_from_toml("days = = 3")
    assert norms_from_toml(TEXT.replace("value = 10", "value = 0")).margin_percent.value == 0


def test_items_are_picked_in_the_order_asked_for() -> None:
    assert [item.code for item in shipped_norms().of(["tent", "food"], "/items")] == [
        "tent",
        "food",
    ]
    with pytest.raises(InvalidInput) as refusal:
        shipped_norms().of(["tent", "gold", "tent"], "/items")
    assert [fault.at for fault in refusal.value.faults] == ["/items/1", "/items/2"]
