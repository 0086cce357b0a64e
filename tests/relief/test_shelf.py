"""Plans side by side: one edition on any day, and a user's own next to the shipped ones."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from relief.errors import InvalidPlan
from relief.plan import plan_by_id, plan_in_force, plans, shelf_of
from relief.plan_rules import Replaced
from relief.shelf import shelf

YANGQUAN = plan_by_id("yangquan-2026")
TEXT = files("relief").joinpath("plans", "yangquan-2026.toml").read_text(encoding="utf-8")
OLD = replace(
    YANGQUAN,
    id="yangquan-2022",
    document="阳政办发〔2022〕19号",
    issued=date(2022, 3, 2),
    in_force_from=date(2022, 3, 2),
    replaces=None,
)


def faults_of(*given):
    with pytest.raises(InvalidPlan) as refusal:
        shelf(given)
    return [fault.at for fault in refusal.value.faults]


def test_an_edition_ends_the_day_before_the_one_that_replaces_it():
    old, new = shelf([YANGQUAN, OLD])
    assert (old.id, old.in_force_until) == ("yangquan-2022", date(2026, 5, 7))
    assert new == YANGQUAN
    days = {date(2026, 5, 7): "yangquan-2022", date(2026, 5, 8): "yangquan-2026"}
    for day, found in days.items():
        assert plan_in_force("140321", "flood", day, (old, new)).id == found


def test_an_edition_that_was_replaced_never_comes_back():
    newest = replace(
        YANGQUAN,
        id="yangquan-2030",
        document="2030",
        in_force_from=date(2030, 1, 1),
        in_force_until=date(2030, 12, 31),
        replaces=Replaced(YANGQUAN.document, YANGQUAN.issued),
    )
    on_shelf = shelf([newest, OLD, YANGQUAN])
    assert plan_in_force("140321", "flood", date(2031, 1, 1), on_shelf) is None


def test_two_editions_in_force_at_once_are_refused():
    assert faults_of(OLD, replace(YANGQUAN, replaces=None)) == ["yangquan-2026/in_force_from"]


@pytest.mark.parametrize(
    "apart",
    [
        {"admin_area": "140321"},
        {"hazards": ("dust",)},
        {"automatic": False},
        {"in_force_until": date(2026, 5, 7)},
    ],
    ids=lambda apart: next(iter(apart)),
)
def test_plans_for_different_things_stand_side_by_side(apart):
    others = [hazard for hazard in YANGQUAN.hazards if hazard != "dust"]
    new = replace(YANGQUAN, replaces=None, hazards=tuple(others))
    assert len(shelf([replace(OLD, **apart), new])) == 2


def test_an_id_comes_once_and_an_edition_starts_after_the_one_it_replaces():
    assert faults_of(YANGQUAN, YANGQUAN) == ["yangquan-2026"]
    late = replace(OLD, in_force_from=date(2026, 5, 8))
    assert faults_of(late, YANGQUAN) == ["yangquan-2026/in_force_from"]


def test_a_folder_of_one_s_own_stands_next_to_the_shipped_plans(tmp_path):
    assert shelf_of(tmp_path / "nowhere") == plans()
    own = TEXT.replace('id = "yangquan-2026"', 'id = "own"').replace('"140300"', '"140400"')
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert [p.id for p in shelf_of(tmp_path)] == sorted([*(p.id for p in plans()), "own"])


def test_a_shipped_plan_cannot_be_replaced_under_its_own_id(tmp_path):
    (tmp_path / "own.toml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(InvalidPlan, match="side by side"):
        shelf_of(tmp_path)


def test_a_faulty_file_is_named(tmp_path):
    (tmp_path / "own.toml").write_text('id = "own"', encoding="utf-8")
    with pytest.raises(InvalidPlan) as refusal:
        shelf_of(tmp_path)
    assert all(fault.at.startswith("own.toml/") for fault in refusal.value.faults)
