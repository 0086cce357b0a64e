"""What a writer has to know of the rows that it writes."""

from __future__ import annotations

from dataclasses import dataclass

from layers.layer import Column, Geometry
from relief.errors import TooLarge


@dataclass(frozen=True)
class FileShape:
    """A file's columns, what its places are and in which system, and how many rows it may have."""

    name: str
    title: str
    columns: tuple[Column, ...]
    geometry: Geometry
    crs: str
    most: int

    def require(self, rows: int) -> None:
        """Raises TooLarge for more rows than it may have."""
        if rows > self.most:
            raise TooLarge(
                f"Such a file holds {self.most:,} features at most, and more were asked for: ask"
                " for fewer by bbox, filter or limit, or take f=csv or f=geojsonseq, which have no"
                " end."
            )
