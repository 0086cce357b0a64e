"""What the rules say of every candidate: clear, allowed with engineering, refused or unfit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.candidates import Candidates
from geo.crs_zones import Geometries
from geo.obstacles import Conflict, Obstacles, conflicts
from geo.standing_sites import Fixed
from geo.trimmed_ground import Cut
from relief.siting import Objective
from relief.siting_rules import AVOID_RULES

Indices = npt.NDArray[np.int64]
Metres = npt.NDArray[np.float64]

_SHARED_M2 = 1.0
_PAIRS = 5_000_000
_MEASURED = 1_000


@dataclass(frozen=True)
class SitingRequest:
    """What is asked: `avoid` holds the metres to keep by the keys of siting_rules.avoid_key.

    A set cover takes as many sites as it needs and says how far `count` of them go. `crs` is that
    of candidates which came along (`candidates_given`; None in questions of earlier releases);
    None is degrees in CGCS2000. `trim` cuts ground back instead of refusing it.
    `ground_per_person_m2` gives each site its places. `within` is the outline (GeoJSON, degrees in
    CGCS2000) that the search is restricted to.
    """

    admin_area: str
    purpose: str
    avoid: Mapping[str, float]
    min_ground_area_m2: float
    count: int
    objective: Objective
    radius_m: float | None = None
    event: str | None = None
    crs: str | None = None
    trim: bool = False
    min_width_m: float = 0.0
    max_slope_percent: float | None = None
    fixed: Fixed = None
    ground_per_person_m2: float | None = None
    shelter_class: str | None = None
    intensity: int | None = None
    building_class: str | None = None
    edition: str | None = None
    trace: str | None = None
    candidates_given: bool | None = None
    within: Mapping[str, Any] | None = None

    @property
    def avoided_layers(self) -> list[str]:
        """The layers to keep away from, each once, in the order asked."""
        return list(dict.fromkeys(key.partition("/")[0] for key in self.avoid))


@dataclass(frozen=True)
class Survey:
    """Candidates beside the obstacles around them; `ground` is the candidates in the plane.

    `outline` is where candidates have to lie, in the plane, None where they may lie anywhere.
    `cuts` say what ground was cut back from before.
    """

    request: SitingRequest
    candidates: Candidates
    ground: Geometries
    obstacles: Obstacles
    outline: shapely.Geometry | None = None
    cuts: tuple[Cut, ...] = ()

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Every pair that is too near, by candidate and then by distance."""
        return conflicts(self.ground, self.obstacles)

    @cached_property
    def ground_area_m2(self) -> Metres:
        """Size of each candidate, measured in the plane."""
        return np.asarray(shapely.area(self.ground), float)

    @cached_property
    def outside_m2(self) -> Metres:
        """How much of each candidate lies outside the outline; 0 where there is none."""
        beyond = np.zeros(len(self.ground))
        if self.outline is not None:
            shapely.prepare(self.outline)
            across = np.flatnonzero(~shapely.contains(self.outline, self.ground))
            outer = shapely.difference(self.ground[across], self.outline)
            beyond[across] = shapely.area(outer)
        return beyond

    @cached_property
    def outside(self) -> Indices:
        """Candidates more than half of which lies outside the outline."""
        return np.flatnonzero(self.outside_m2 * 2 > self.ground_area_m2)

    @cached_property
    def too_small(self) -> Indices:
        """Candidates below the least size asked for."""
        return np.flatnonzero(self.ground_area_m2 < self.request.min_ground_area_m2)

    @cached_property
    def too_steep(self) -> Indices:
        """Candidates known to be steeper than asked for."""
        most = self.request.max_slope_percent
        none = np.zeros(0, np.int64)
        return none if most is None else np.flatnonzero(self.candidates.slopes > most)

    @cached_property
    def too_narrow(self) -> Indices:
        """Candidates, else fit, in which no circle of the least width has room."""
        least = self.request.min_width_m
        if not least:
            return np.zeros(0, np.int64)
        rest = np.setdiff1d(np.arange(len(self.ground)), np.union1d(self.refused, self._misfits))
        return np.array([i for i in rest if self.widest_circle_m(int(i)) < least], np.int64)

    @cached_property
    def refused(self) -> Indices:
        """Candidates with a conflict that no engineering settles."""
        return _candidates_of(c for c in self.conflicts if not self.settled(c))

    @cached_property
    def with_engineering(self) -> Indices:
        """Candidates fit but for conflicts that may all be settled by engineering."""
        settled = _candidates_of(c for c in self.conflicts if self.settled(c))
        return np.setdiff1d(settled, np.union1d(self.refused, self._unfit))

    @cached_property
    def clear(self) -> Indices:
        """Candidates fit and in no conflict."""
        troubled = _candidates_of(self.conflicts)
        return np.setdiff1d(np.arange(len(self.ground)), np.union1d(troubled, self._unfit))

    @property
    def pool(self) -> Indices:
        """Who may be chosen: ground that needs engineering only where the clear is too little."""
        if len(self.clear) >= self.request.count:
            return self.clear
        return np.union1d(self.clear, self.with_engineering)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The candidates in the plane, to be asked who is near."""
        return shapely.STRtree(self.ground)

    def settled(self, conflict: Conflict) -> bool:
        """Whether engineering measures may settle the conflict, for this purpose."""
        rule = AVOID_RULES[conflict.obstacle.layer]
        return rule.allows_with_engineering(self.request.purpose, conflict.obstacle.kind)

    def widest_circle_m(self, one: int) -> float:
        """Metres across the largest circle that lies inside a candidate."""
        return 2 * float(shapely.length(shapely.maximum_inscribed_circle(self.ground[one])))

    def overlapping(self, one: int) -> tuple[Indices, Metres]:
        """The candidates that share more than a square metre with one, and how much."""
        near = self.tree.query(self.ground[one], "intersects")
        near = np.sort(near[near != one])
        shared = shapely.area(shapely.intersection(self.ground[near], self.ground[one]))
        return near[shared > _SHARED_M2], shared[shared > _SHARED_M2]

    def overlapping_pairs(self) -> Iterator[tuple[int, int, float]]:
        """Pairs of candidates that share more than a square metre, and how much; read on demand,
        since candidates that all lie on one place have no end of them."""
        step = max(_PAIRS // max(len(self.ground), 1), 1)
        for start in range(0, len(self.ground), step):
            some, other = self.tree.query(self.ground[start : start + step], "intersects")
            one = some + start
            later = np.flatnonzero(one < other)
            for part in np.array_split(later, 1 + len(later) // _MEASURED):
                first, second = one[part], other[part]
                shared = shapely.intersection(self.ground[first], self.ground[second])
                for i, metres in enumerate(shapely.area(shared)):
                    if metres > _SHARED_M2:
                        yield int(first[i]), int(second[i]), float(metres)

    @cached_property
    def _misfits(self) -> Indices:
        return np.unique(np.concatenate([self.too_small, self.too_steep, self.outside]))

    @cached_property
    def _unfit(self) -> Indices:
        return np.union1d(self._misfits, self.too_narrow)


def _candidates_of(found: Iterable[Conflict]) -> Indices:
    return np.unique(np.fromiter((c.candidate for c in found), np.int64))
