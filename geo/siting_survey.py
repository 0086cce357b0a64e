"""What the rules say of every candidate: clear, allowed with engineering, refused or too small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from geo.candidates import Candidates
from geo.crs_zones import Geometries
from geo.obstacles import Conflict, Obstacles, conflicts
from relief.siting import Objective
from relief.siting_rules import AVOID_RULES

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SitingRequest:
    """What is asked: `avoid` holds the metres to keep by layer; a set cover ignores `count`.

    `crs` is that of candidates which came along; None is degrees in CGCS2000.
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


@dataclass(frozen=True)
class Survey:
    """Candidates beside the obstacles around them; `ground` is the candidates in the plane."""

    request: SitingRequest
    candidates: Candidates
    ground: Geometries
    obstacles: Obstacles

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Every pair that is too near, by candidate and then by distance."""
        return conflicts(self.ground, self.obstacles)

    @cached_property
    def ground_area_m2(self) -> npt.NDArray[np.float64]:
        """Size of each candidate, measured in the plane."""
        return np.asarray(shapely.area(self.ground), float)

    @cached_property
    def too_small(self) -> Indices:
        """Candidates below the least size asked for."""
        return np.flatnonzero(self.ground_area_m2 < self.request.min_ground_area_m2)

    @cached_property
    def refused(self) -> Indices:
        """Candidates with a conflict that no engineering settles."""
        return _candidates_of(c for c in self.conflicts if not self.settled(c))

    @cached_property
    def with_engineering(self) -> Indices:
        """Candidates large enough whose every conflict may be settled by engineering."""
        settled = _candidates_of(c for c in self.conflicts if self.settled(c))
        return np.setdiff1d(settled, np.union1d(self.refused, self.too_small))

    @cached_property
    def clear(self) -> Indices:
        """Candidates large enough and in no conflict."""
        troubled = _candidates_of(self.conflicts)
        return np.setdiff1d(np.arange(len(self.ground)), np.union1d(troubled, self.too_small))

    @property
    def pool(self) -> Indices:
        """Who may be chosen: ground that needs engineering only where the clear is too little."""
        if len(self.clear) >= self.request.count:
            return self.clear
        return np.union1d(self.clear, self.with_engineering)

    def settled(self, conflict: Conflict) -> bool:
        """Whether engineering measures may settle the conflict, for this purpose."""
        rule = AVOID_RULES[conflict.obstacle.layer]
        return rule.allows_with_engineering(self.request.purpose, conflict.obstacle.kind)


def _candidates_of(found: Iterable[Conflict]) -> Indices:
    return np.unique(np.fromiter((c.candidate for c in found), np.int64))
