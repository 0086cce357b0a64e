import pytest

from relief.personal_data import masked_id_number


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("000000194901010000", "000000********0000"),
        ("G1234567", "********"),
        (None, None),
    ],
)
def test_an_id_number_keeps_its_division_and_its_last_digits(number, shown) -> None:
    assert masked_id_number(number) == shown
