"""How personal data is shown to those who need not know all of it."""

from __future__ import annotations

_KEPT_IN_FRONT, _KEPT_AT_THE_END = 6, 4


def masked_id_number(id_number: str | None) -> str | None:
    """The number with its middle hidden: the division code in front and the last four digits stay.

    Enough to tell two people apart at a desk; a number too short for that is hidden whole.
    """
    if id_number is None:
        return None
    hidden = len(id_number) - _KEPT_IN_FRONT - _KEPT_AT_THE_END
    if hidden < _KEPT_AT_THE_END:
        return "*" * len(id_number)
    return id_number[:_KEPT_IN_FRONT] + "*" * hidden + id_number[-_KEPT_AT_THE_END:]


def masked_telephone(telephone: str | None) -> str | None:
    """The number with its middle hidden: 138****5678; a short one is hidden whole."""
    if telephone is None:
        return None
    hidden = len(telephone) - 3 - 4
    if hidden < 4:
        return "*" * len(telephone)
    return telephone[:3] + "*" * hidden + telephone[-4:]
