"""Key groups by their names, and who of them goes first."""

import pytest

from relief.errors import InvalidInput
from relief.precedence import groups_named, precedence
from relief.vocabulary import KeyGroup


def test_the_first_named_goes_first() -> None:
    order = groups_named(["elderly", "disabled"], "/priority")
    assert precedence(["elderly", "disabled"], order) == 2
    assert precedence(["left_behind_elder"], order) == 2
    assert precedence(["disabled"], order) == 1
    assert precedence(["orphan"], order) == precedence([], order) == 0


def test_every_group_has_its_chinese_name() -> None:
    for group in KeyGroup:
        assert groups_named([group.zh], "") == (frozenset({group.value}),)
    assert "elderly" in groups_named(["老年人"], "")[0]


def test_an_unknown_group_is_named_with_its_place() -> None:
    with pytest.raises(InvalidInput) as refused:
        groups_named(["elderly", "tall"], "/priority")
    assert refused.value.faults[0].at == "/priority/1"
