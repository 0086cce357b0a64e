import pytest

from relief.divisions import contains, normal_code, parent_code, published_code
from relief.errors import UnknownArea


@pytest.mark.parametrize(
    ("written", "normal"),
    [("140300", "1403"), ("1403", "1403"), ("140000", "14"), ("140321", "140321"), ("100000", "")],
)
def test_padding_zeros_are_dropped(written: str, normal: str) -> None:
    assert normal_code(written) == normal


@pytest.mark.parametrize("code", ["", "1", "14032", "阳泉市", "１４０３", "14 03"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(UnknownArea):
        normal_code(code)


def test_a_code_names_its_parent_and_what_it_contains() -> None:
    assert parent_code("140321100") == "140321"
    assert parent_code("14") is None
    assert contains("1403", "140321100")
    assert contains("", "65")
    assert not contains("1403", "140421")
    assert published_code("1403") == "140300"
    assert published_code("") == "100000"
