"""Longitudes and latitudes that can be true for a place in or near China."""

from __future__ import annotations

import math

from relief.errors import Fault, InvalidInput

WEST, SOUTH, EAST, NORTH = 72.0, 3.0, 137.0, 55.0
"""A box around the territory and its seas, degrees in CGCS2000; beyond it a place is a mistake."""


def place_fault(lon: float, lat: float, at: str) -> Fault | None:
    """What is wrong with (lon, lat), in degrees, as a place of relief work; None when nothing is.

    `at` is the JSON pointer of the pair. Swapped pairs are recognised and said to be swapped.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return Fault(at, "NaN and Infinity are no coordinates.")
    if WEST <= lon <= EAST and SOUTH <= lat <= NORTH:
        return None
    if WEST <= lat <= EAST and SOUTH <= lon <= NORTH:
        return Fault(at, f"({lon:g}, {lat:g}) looks swapped: longitude comes first.")
    return Fault(
        at,
        f"({lon:g}, {lat:g}) is outside {WEST:g} to {EAST:g} E, {SOUTH:g} to {NORTH:g} N; "
        "give degrees, longitude first, or name the crs that they are in.",
    )


def checked_place(lon: float, lat: float, at: str) -> tuple[float, float]:
    """(lon, lat) again; raises InvalidInput with the fault of `place_fault`."""
    if fault := place_fault(lon, lat, at):
        raise InvalidInput("The place can't be used.", [fault])
    return lon, lat
