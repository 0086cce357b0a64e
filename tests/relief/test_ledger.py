"""Who fills which column, and what two departments have to agree on."""

from datetime import UTC, datetime

import pytest

from relief.errors import Forbidden
from relief.ledger import (
    Department,
    agreed,
    customary_name,
    department_named,
    items_seen_by,
    stated_by,
)


@pytest.mark.parametrize(
    ("name", "department"),
    [
        ("civil_affairs", Department.CIVIL_AFFAIRS),
        ("西青区民政局", Department.CIVIL_AFFAIRS),
        ("应急管理局", Department.EMERGENCY),
        ("退役军人事务局", Department.VETERANS),
        ("公安局", None),
    ],
)
def test_departments_are_known_by_code_and_by_their_bureaus(name, department) -> None:
    assert department_named(name) is department


def test_a_department_fills_its_own_columns() -> None:
    assert stated_by("民政局", ["social_assistance_before", "fell_into_poverty"]) == "civil_affairs"
    assert stated_by("应急管理局", ["emergency_relief", "fell_into_poverty"]) == "emergency"
    assert stated_by(None, ["emergency_relief", "social_assistance_after"]) == "joint"
    with pytest.raises(Forbidden, match="应急救助"):
        stated_by("民政局", ["social_assistance_before", "emergency_relief"])
    with pytest.raises(Forbidden, match="灾前社会救助情况"):
        stated_by("公安局", ["social_assistance_before"])


def test_departments_that_share_read_everything_others_their_own() -> None:
    assert "emergency_relief" in items_seen_by("民政局")
    assert items_seen_by("退役军人事务局") == {"property_loss"}
    assert items_seen_by("公安局") == frozenset()


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ({}, None),
        ({"civil_affairs": "是"}, "待会商"),
        ({"civil_affairs": "是", "emergency": "否"}, "待会商"),
        ({"civil_affairs": "是", "emergency": "是"}, "是"),
        ({"civil_affairs": "是", "joint": "否"}, "否"),
    ],
)
def test_poverty_is_what_both_departments_say(stated, shown) -> None:
    assert agreed(stated) == shown


def test_an_event_is_named_by_its_day_in_beijing_and_its_hazard() -> None:
    assert customary_name(datetime(2026, 6, 1, 17, 0, tzinfo=UTC), "风雹") == "6.2 风雹灾害"
