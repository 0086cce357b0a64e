"""Townships and villages from a file: known by their code, hung into the tree above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import shapely

from geo.database import Connection
from geo.divisions import division_index
from geo.import_layers import ImportLayer
from geo.import_places import inner_points
from geo.readers.source import Geometries
from relief.divisions import LEVEL_BY_DIGITS, contains, parent_code

_POINT = 0  # shapely.GeometryType
_FILLER = "000"  # by which statistics fill a township's code up to that of a village


@dataclass(frozen=True)
class Checked:
    """`faults` refuse the row, `warnings` only tell; both by the position of the row."""

    faults: dict[int, str]
    warnings: dict[int, str]


def shape_of(geometries: Geometries) -> str:
    """`Point` for a file of seats, `MultiPolygon` for one of outlines: a file holds one of both."""
    kinds = shapely.get_type_id(geometries)
    return "Point" if (kinds[kinds >= 0][:1] == _POINT).all() else "MultiPolygon"


def short_codes(codes: pd.Series[str], digits: int) -> pd.Series[str]:
    """The codes without the zeros that a township's is filled up with in statistics."""
    filled = (codes.str.len() == digits + len(_FILLER)) & codes.str.endswith(_FILLER)
    return codes.mask(filled.fillna(False), codes.str[:digits])


async def divisions_checked(
    conn: Connection,
    layer: ImportLayer,
    codes: Sequence[str],
    geometries: Geometries,
    within: str,
) -> Checked:
    """What is wrong with codes of `layer` at these places, and what looks wrong.

    A code needs its number of digits, lies inside `within`, and has its parent on file. A place
    outside the parent is a warning that names both.
    """
    names = await _names(conn)
    digits, level = layer.code_digits, LEVEL_BY_DIGITS[layer.code_digits]
    faults = {}
    for i, code in enumerate(codes):
        if not (code.isascii() and code.isdigit() and len(code) == digits):
            faults[i] = f"'{code}' is no code of a {level}: {digits} digits are expected."
        elif not contains(within, code):
            faults[i] = f"{code} is outside {within}, the area that you may write in."
        elif (parent := parent_code(code) or "") not in names:
            above = LEVEL_BY_DIGITS[len(parent)]
            faults[i] = f"The {above} {parent} that it belongs to is not on file: load that first."
    found = (await division_index(conn)).areas_of_points(*inner_points(geometries))
    warnings = {
        i: told
        for i, code in enumerate(codes)
        if i not in faults and (told := _astray(code, found[i], names))
    }
    return Checked(faults, warnings)


def _astray(code: str, found: str | None, names: dict[str, str]) -> str:
    """What to say of a place that lies in the division `found`; nothing where it fits the code."""
    parent = parent_code(code) or ""
    if found is None:
        return "The place lies in no outline that is loaded."
    if contains(found, parent) or contains(parent, found):
        return ""
    return (
        f"By its code it belongs to {names[parent]} ({parent}), the place lies in"
        f" {names[found]} ({found}); kept as the file says."
    )


def stored_divisions(
    rows: pd.DataFrame, geometries: Geometries, layer: ImportLayer
) -> pd.DataFrame:
    """The rows as the store has them: code, level and parent; points are seats."""
    stored = rows.rename(columns={"id": "code"})
    stored["level"] = LEVEL_BY_DIGITS[layer.code_digits]
    stored["parent"] = stored["code"].map(parent_code)
    if len(geometries) and (shapely.get_type_id(geometries) == _POINT).all():
        stored = stored.rename(columns={"geom": "seat"})
        stored["seat_synthetic"] = "false"
    return stored


async def _names(conn: Connection) -> dict[str, str]:
    """Names of all divisions that others may hang below, by code."""
    cursor = await conn.execute("SELECT code, name FROM admin_areas WHERE level <> 'village'")
    return {row["code"]: row["name"] for row in await cursor.fetchall()}
