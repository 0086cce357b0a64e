"""The choice that a siting came to, in the numbers of its survey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.siting_survey import Indices
from relief.alternatives import Alternative
from relief.reach import FloatArray
from relief.siting import Sites


@dataclass(frozen=True)
class Choice:
    """`found` numbers the `standing` sites first, then the ground of the `pool`.

    `reached` is whom the first `count` sites of a set cover reach.
    """

    pool: Indices
    standing: int
    found: Sites
    others: list[Alternative]
    reached: float | None = None

    @property
    def chosen(self) -> Indices:
        """The chosen candidates of the survey in rank order."""
        return self.pool[self.found.chosen[self.standing :] - self.standing]

    @property
    def served(self) -> FloatArray:
        """People that each of them serves."""
        return self.found.served_weight[self.standing :]

    @property
    def served_by_standing(self) -> FloatArray:
        """People that each standing site serves."""
        return self.found.served_weight[: self.standing]

    def candidate(self, number: int) -> int:
        """The candidate of the survey that a number of the search stands for."""
        return int(np.asarray(self.pool)[number - self.standing])
