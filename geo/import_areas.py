"""The division of each row: filled from its place, held against the code that the file gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.database import Connection
from geo.divisions import division_index
from geo.import_places import inner_points
from geo.readers.source import Geometries
from relief.divisions import contains


@dataclass(frozen=True)
class Areas:
    """The code for each row (None where neither file nor place gives one), and what to say of it.

    `faults` refuse the row, `warnings` only tell; both by the position of the row.
    """

    codes: list[str | None]
    faults: dict[int, str]
    warnings: dict[int, str]


async def areas_of_rows(
    conn: Connection, geometries: Geometries, given: Sequence[str | None], within: str
) -> Areas:
    """The areas of rows at these places; rows outside the division `within` are faults.

    The finer of the code given and the code found is kept where one holds the other; where they
    contradict each other the code given is kept and the warning names both places.
    """
    index = await division_index(conn)
    found = index.areas_of_points(*inner_points(geometries))
    names = await _names(conn, {*given, *found, within})
    pairs = list(zip(given, found, strict=True))
    verdicts = {pair: _verdict(*pair, names, within) for pair in set(pairs)}
    return Areas(
        [verdicts[pair].code for pair in pairs],
        {i: v for i, pair in enumerate(pairs) if (v := verdicts[pair].fault)},
        {i: v for i, pair in enumerate(pairs) if (v := verdicts[pair].warning)},
    )


@dataclass(frozen=True)
class _Verdict:
    code: str | None
    fault: str = ""
    warning: str = ""


def _verdict(given: str | None, found: str | None, names: dict[str, str], within: str) -> _Verdict:
    """What becomes of rows that say `given` and lie in `found`."""
    if given and given not in names:
        return _Verdict(None, f"No division has the code {given}.")
    for code in (given, found):
        if code and not contains(within, code):
            return _Verdict(
                None,
                f"{_named(code, names)} is outside {_named(within, names)}, "
                "the area that you may write in.",
            )
    if not found:
        kept = f"kept under {_named(given, names)}" if given else "kept without an area"
        return _Verdict(given, warning=f"The place lies in no outline that is loaded; {kept}.")
    if not given or contains(given, found):
        return _Verdict(found)
    if contains(found, given):
        return _Verdict(given)
    return _Verdict(
        given,
        warning=f"The file says {_named(given, names)}, the coordinates lie in "
        f"{_named(found, names)}; kept under the code of the file.",
    )


def _named(code: str, names: dict[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code


async def _names(conn: Connection, codes: Iterable[str | None]) -> dict[str, str]:
    cursor = await conn.execute(
        "SELECT code, name FROM admin_areas WHERE code = ANY (%s)",
        [[code for code in codes if code]],
    )
    return {row["code"]: row["name"] for row in await cursor.fetchall()}
