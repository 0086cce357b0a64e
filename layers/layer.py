"""What a layer is: its words, its columns, where its features come from and who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from geo.selections import Shape, Source


@dataclass(frozen=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """{"zh", "en"}."""
        return {"zh": self.zh, "en": self.en}


Kind = Literal["string", "integer", "number", "boolean", "date-time", "array", "object"]
Geometry = Literal[
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"
]
Clock = Literal["as_of", "known_at"]
Terms = Mapping[str, Words]
"""What the codes of a column mean."""


@dataclass(frozen=True)
class Column:
    """A property of features; `tiled` ones travel in vector tiles too, which hold few.

    `queryable` ones can be filtered and sorted by; objects and lists of objects can't.
    """

    name: str
    kind: Kind
    title: Words
    tiled: bool = False
    unit: str | None = None
    terms: Terms = field(default_factory=dict)
    queryable: bool = True


@dataclass(frozen=True)
class FeatureSet:
    """One kind of feature: the statement geo/sql/layer_`name`.sql, its columns and its shape.

    `labelled` areas have a second layer in tiles, `name`_labels, with one point for each.
    `counted` is the statement that knows how many there are without reading them. `gridded` ones
    are cells of the grid, `far` ones have a simpler outline for tiles from far. `lean` ones have a
    statement tile_`name`.sql of what tiles carry alone, as it is now, which costs less.
    """

    name: str
    geometry: Geometry
    columns: tuple[Column, ...]
    time_column: str | None = None
    labelled: bool = False
    counted: str | None = None
    gridded: bool = False
    far: bool = False
    lean: bool = False

    @property
    def source(self) -> Source:
        """All columns, as features carry them."""
        names = tuple(c.name for c in self.columns)
        statement = f"layer_{self.name}"
        return Source(statement, names, self._shape, self.time_column, self.counted, self.far)

    def tile_source(self, *, lean: bool = True) -> Source:
        """The few columns that tiles carry, which name nobody.

        Not `lean` where a filter may ask for any column, or a past moment is asked for.
        """
        whole = self.source
        return replace(
            whole,
            statement=f"tile_{self.name}" if self.lean and lean else whole.statement,
            columns=tuple(c.name for c in self.columns if c.tiled),
        )

    @property
    def _shape(self) -> Shape:
        if self.gridded:
            return "cell"
        shapes: dict[str, Shape] = {"Point": "point", "Polygon": "area", "MultiPolygon": "area"}
        return shapes.get(self.geometry, "line")


@dataclass(frozen=True)
class Layer:
    """A collection that people and other systems see.

    `features` are shown to all, or, if there are `cells`, only to those who may see people one by
    one; everybody else gets the `cells`, and so does everybody in tiles below `detail_zoom`.
    `tables` are those whose changes change the layer; `clocks` those that a past moment of it may
    be asked by.
    """

    id: str
    title: Words
    about: Words
    features: FeatureSet
    tables: tuple[str, ...]
    cells: FeatureSet | None = None
    of_event: bool = False
    clocks: tuple[Clock, ...] = ()
    credit: Words | None = None
    editable: bool = False
    least_zoom: int = 0
    detail_zoom: int = 12

    def shown(self, *, in_detail: bool) -> FeatureSet:
        """What a caller sees as features of this collection."""
        return self.features if self.cells is None or in_detail else self.cells


@dataclass(frozen=True)
class Sight:
    """What a caller may see of people: those of divisions whose code starts with `detail_area`.

    None is nobody one by one; the empty prefix is everybody.
    """

    detail_area: str | None = None

    @property
    def in_detail(self) -> bool:
        """Whether people are seen one by one at all."""
        return self.detail_area is not None

    @property
    def everywhere(self) -> bool:
        """Whether nobody is left to be counted by cell."""
        return self.detail_area == ""

    @property
    def detail_like(self) -> str | None:
        """The LIKE pattern of those divisions; codes are digits, so nothing needs escaping."""
        return None if self.detail_area is None else f"{self.detail_area}%"
