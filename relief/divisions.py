"""Codes of administrative divisions (GB/T 2260, GB/T 10114) and what they say alone."""

from __future__ import annotations

from relief.errors import UnknownArea

NATION = "100000"
"""The code by which the whole country is asked for; in the store its code is empty."""

LEVEL_BY_DIGITS = {
    0: "nation",
    2: "province",
    4: "prefecture",
    6: "county",
    9: "township",
    12: "village",
}
"""Level of a division (国 省 地 县 乡 村) by the number of digits in its code."""


def normal_code(code: str) -> str:
    """The code without the zeros that GB/T 2260 fills provinces and prefectures up with.

    `140300` (阳泉市) is `1403`, `140000` is `14`, `100000` (the nation) is empty. Raises
    UnknownArea for anything not a code.
    """
    if code == NATION:
        return ""
    if not (code.isascii() and code.isdigit() and len(code) in LEVEL_BY_DIGITS):
        raise UnknownArea(f"'{code}' is no division code: 2, 4, 6, 9 or 12 digits are expected.")
    if len(code) == 6 and code.endswith("0000"):
        return code[:2]
    if len(code) == 6 and code.endswith("00"):
        return code[:4]
    return code


def published_code(code: str) -> str:
    """The code as GB/T 2260 prints it: provinces and prefectures filled up to six digits."""
    return code.ljust(6, "0") if code else NATION


def parent_code(code: str) -> str | None:
    """The code one level up, None for a province (a store need not hold the nation)."""
    shorter = [n for n in LEVEL_BY_DIGITS if 0 < n < len(code)]
    return code[: max(shorter)] if shorter else None


def contains(ancestor: str, code: str) -> bool:
    """Whether `code` is `ancestor` or lies inside it; the empty ancestor contains everything."""
    return code.startswith(ancestor)
