"""Seismic intensity around an epicentre, from magnitude and distance along and across the fault.

Relation of Yu Yanxiang, Li Shanyou and Xiao Liang (2013), on which GB 18306-2015 rests:
I = A + B*Ms + C*lg(R + R0), R in km, for the major axis (along the fault) and the minor one.
Made for the grades that do damage, VI and up; far out the two axes cross, at M 8 near VI.
An estimate for the first hours: it underrates the near field of large ruptures, scatters by
`sigma`, and observed isoseismals or a ShakeMap always replace it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from relief.errors import Fault, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

CITATION = "俞言祥、李山有、肖亮（2013）：为新区划图编制所建立的地震动衰减关系；GB 18306-2015"
LARGEST_MAGNITUDE = 10.0
FARTHEST_KM = 20_100.0
"""Half the way round the earth."""


@dataclass(frozen=True)
class Axis:
    """The constants of one axis: I = constant + B*Ms + slope*lg(R + near_km)."""

    constant: float
    slope: float
    near_km: float


@dataclass(frozen=True)
class Zone:
    """One attenuation zone; `sigma` is the standard deviation of the intensity."""

    code: str
    zh: str
    en: str
    major: Axis
    minor: Axis
    per_magnitude: float
    sigma: float


ZONES: Mapping[str, Zone] = MappingProxyType(
    {
        zone.code: zone
        for zone in (
            Zone(
                "tibet",
                "青藏区",
                "Tibetan plateau",
                Axis(6.4580, -4.4709, 25),
                Axis(3.3682, -3.3119, 9),
                1.2746,
                0.6636,
            ),
            Zone(
                "xinjiang",
                "新疆区",
                "Xinjiang",
                Axis(5.6018, -4.4899, 25),
                Axis(3.6113, -3.8477, 13),
                1.4347,
                0.5924,
            ),
            Zone(
                "eastern",
                "东部强震活动区",
                "eastern, strong",
                Axis(5.7123, -4.2903, 25),
                Axis(3.6588, -3.5406, 13),
                1.3626,
                0.5826,
            ),
            Zone(
                "moderate",
                "中强地震活动区",
                "moderate",
                Axis(5.8410, -3.6570, 15),
                Axis(3.9440, -2.8450, 7),
                1.0710,
                0.5200,
            ),
        )
    }
)

# The published zones cut through provinces. This is the zone of most of each province's
# seismicity, our reading and not the standard's; an event may name another zone.
_ZONE_BY_PROVINCE = (
    dict.fromkeys(("51", "53", "54", "62", "63"), "tibet")
    | {"65": "xinjiang"}
    | dict.fromkeys(
        ("11", "12", "13", "14", "15", "21", "32", "34", "35", "37", "41", "61", "64", "71"),
        "eastern",
    )
)


def zone_of_province(code: str) -> Zone:
    """The zone that an area's province is counted to, by the first two digits of its code.

    A coarse assignment: provinces that none of the strong zones covers are "moderate".
    """
    return ZONES[_ZONE_BY_PROVINCE.get(code[:2], "moderate")]


def epicentral_intensity(zone: Zone, magnitude: float) -> float:
    """The estimated intensity at the epicentre: where both axes meet, the larger of the two.

    Raises InvalidInput for a magnitude that isn't a number from 0 to 10.
    """
    _checked(magnitude, 0.0, 0.0)
    return max(_on_axis(axis, zone, magnitude, 0.0) for axis in (zone.major, zone.minor))


def intensity_at(zone: Zone, magnitude: float, along_km: float, across_km: float) -> float:
    """The estimated intensity at a point, by its distances (km, either sign) from the epicentre.

    `along_km` runs along the fault, `across_km` at right angles to it. The value is that of the
    ellipse through the point; it is a real number, grade VI begins at 6.0. Raises InvalidInput.
    """
    along, across = abs(along_km), abs(across_km)
    _checked(magnitude, along, across)
    if along == 0 or across == 0:
        axis = zone.minor if along == 0 and across else zone.major
        top = epicentral_intensity(zone, magnitude)
        return _on_axis(axis, zone, magnitude, along + across) if along + across else top
    # The point's own circle lies between the two axes, and so does its intensity.
    distance_km = math.hypot(along, across)
    bounds = sorted(_on_axis(axis, zone, magnitude, distance_km) for axis in _axes(zone))
    return _bisected(zone, magnitude, (along, across), bounds[0], bounds[1])


def semi_axes_km(zone: Zone, magnitude: float, intensity: float) -> tuple[float, float] | None:
    """The semi-axes (along, across; km) of the ellipse where the estimate is `intensity`.

    None when the earthquake doesn't reach that intensity anywhere. Raises InvalidInput.
    """
    _checked(magnitude, 0.0, 0.0)
    along, across = (_radius_km(axis, zone, magnitude, intensity) for axis in _axes(zone))
    return (along, across) if along > 0 and across > 0 else None


def isoseismals(
    zone: Zone, magnitude: float, lowest: int = 6, highest: int = 12
) -> dict[int, tuple[float, float]]:
    """The semi-axes (along, across; km) of each grade's outer boundary that the earthquake has."""
    grades = {grade: semi_axes_km(zone, magnitude, grade) for grade in range(lowest, highest + 1)}
    return {grade: axes for grade, axes in grades.items() if axes is not None}


def _axes(zone: Zone) -> tuple[Axis, Axis]:
    return zone.major, zone.minor


def _on_axis(axis: Axis, zone: Zone, magnitude: float, distance_km: float) -> float:
    spread = math.log10(distance_km + axis.near_km)
    return axis.constant + zone.per_magnitude * magnitude + axis.slope * spread


def _radius_km(axis: Axis, zone: Zone, magnitude: float, intensity: float) -> float:
    """The distance at which the axis has this intensity; negative when it never does."""
    exponent = (intensity - axis.constant - zone.per_magnitude * magnitude) / axis.slope
    return math.pow(10.0, exponent) - axis.near_km


def _bisected(
    zone: Zone, magnitude: float, point_km: tuple[float, float], low: float, high: float
) -> float:
    """The intensity between `low` and `high` whose ellipse runs through the point."""
    for _ in range(60):  # halves the gap below the spacing of floats
        middle = (low + high) / 2
        axes = semi_axes_km(zone, magnitude, middle)
        outside = axes is None or ((point_km[0] / axes[0]) ** 2 + (point_km[1] / axes[1]) ** 2 > 1)
        low, high = (low, middle) if outside else (middle, high)
    return (low + high) / 2


def _checked(magnitude: float, along_km: float, across_km: float) -> None:
    if not 0 <= magnitude <= LARGEST_MAGNITUDE:
        detail = "A magnitude is a number from 0 to 10."
        raise InvalidInput(detail, [Fault("/magnitude", detail)])
    if not math.hypot(along_km, across_km) <= FARTHEST_KM:
        raise InvalidInput(f"A distance is a number of kilometres up to {FARTHEST_KM:,.0f}.")
