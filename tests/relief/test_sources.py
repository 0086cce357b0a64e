import pytest

from relief.sources import is_own_bureau


@pytest.mark.parametrize(
    ("source", "department", "own"),
    [
        ("平定县应急管理局", None, True),
        ("平定县公安局", None, False),
        ("盂县卫健局", None, False),
        ("值班员电话记录", None, True),
        ("平定县公安局转报", "应急管理局", True),
        ("电话", "市民政局", False),
        ("County Health Bureau", None, False),
    ],
)
def test_whose_word_it_is(source: str, department: str | None, own: bool) -> None:
    assert is_own_bureau(source, department) is own
