"""A county's figures and the populations that its shares are taken of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from relief.impact import Figures


class County(Protocol):
    """What is judged county by county; a population (people) is None where none is on file."""

    @property
    def admin_area(self) -> str:
        """The county's code."""
        ...

    @property
    def figures(self) -> Figures:
        """What the county reported."""
        ...

    @property
    def population(self) -> int | None:
        """Everyone who lives there."""
        ...

    @property
    def agricultural_population(self) -> int | None:
        """Those of them who farm."""
        ...


class CountyFigures(NamedTuple):
    """One county with its figures, for plans that judge more than drought county by county."""

    admin_area: str
    figures: Figures
    population: int | None = None
    agricultural_population: int | None = None
