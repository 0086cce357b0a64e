"""Features of a layer as a caller may see them, as GeoJSON (RFC 7946)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from geo.database import Connection
from geo.features import Found, Page, count_of_features, feature, page_of_features
from geo.selections import GRID_ZOOM, Selection, Source
from geo.served_crs import CRS84, ServedCrs
from layers.layer import FeatureSet, Layer, Sight
from layers.paging import last_of, page_token
from relief.errors import NotFound


@dataclass(frozen=True)
class Question:
    """Which features of a layer are asked for, by whom, and how many at once.

    `offset` leaves out the first ones. `counted` says whether all of them are counted. `columns`
    are the properties that the features come with, None for all.
    """

    layer: Layer
    sight: Sight
    selection: Selection
    limit: int = 1000
    offset: int = 0
    token: str | None = None
    counted: bool = True
    crs: ServedCrs = CRS84
    columns: tuple[str, ...] | None = None

    @property
    def features(self) -> FeatureSet:
        """What the caller sees of the layer."""
        return self.layer.shown(in_detail=self.sight.in_detail)

    @property
    def source(self) -> Source:
        """Where they come from, with the properties asked for."""
        return self.narrowed(self.features.source)

    def narrowed(self, source: Source) -> Source:
        """The source with none but the properties asked for."""
        return source if self.columns is None else replace(source, columns=self.columns)

    @property
    def scoped(self) -> Selection:
        """The selection, bounded to the people whom the caller may see."""
        return replace(self.selection, detail_like=self.sight.detail_like)


@dataclass(frozen=True)
class Answer:
    """One page; `token` leads to the next if there is one, `matched` counts all pages, if asked."""

    page: Page
    matched: int | None
    token: str | None

    @property
    def features(self) -> list[dict[str, Any]]:
        """The features themselves."""
        found: list[dict[str, Any]] = orjson.loads(b"[" + self.page.text + b"]")
        return found


async def features_of(conn: Connection, question: Question) -> Answer:
    """The page asked for; raises MalformedRequest for a token of another question."""
    source, selection = question.source, question.scoped
    after = last_of(question.token, question.layer.id, selection) if question.token else ()
    page = await page_of_features(
        conn,
        source,
        replace(selection, after=after),
        question.limit,
        question.crs,
        question.offset,
    )
    following = page_token(question.layer.id, selection, page.last) if page.last else None
    if not question.counted:
        return Answer(page, None, following)
    if not (page.last or question.token or question.offset):
        return Answer(page, page.count, following)
    return Answer(page, await count_of_features(conn, source, selection), following)


async def feature_of(conn: Connection, question: Question, feature_id: str) -> Found:
    """One feature; raises NotFound, also where the caller may not see it.

    The cells that stand in tiles for people are found by their id too, whoever asks.
    """
    layer, scoped = question.layer, replace(question.scoped, id=feature_id)
    found = await feature(conn, question.source, scoped, question.crs)
    if found is None and layer.cells is not None:
        zoom = _cell_zoom(feature_id)
        cells = question.narrowed(layer.cells.source)
        counted = replace(scoped, detail_like=None, cell_zoom=zoom)
        found = await feature(conn, cells, counted, question.crs)
    if found is not None:
        return found
    raise NotFound(f"'{layer.id}' has no feature '{feature_id[:80]}'.")


def _cell_zoom(feature_id: str) -> int:
    """The zoom that the id of a cell starts with."""
    zoom = feature_id.split("-")[0]
    known = zoom.isascii() and zoom.isdigit() and len(zoom) <= 2
    return min(int(zoom), GRID_ZOOM) if known else GRID_ZOOM


def collection_text(answer: Answer, links: Sequence[dict[str, Any]], now: datetime | None) -> bytes:
    """The page as a GeoJSON FeatureCollection with counts and links.

    Without `now` it doesn't say when it was made: what was known then is the same at any time.
    """
    page = answer.page
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "numberReturned": page.count,
        "links": list(links),
    }
    if now is not None:
        head["timeStamp"] = now.isoformat(timespec="seconds")
    if answer.matched is not None:
        head["numberMatched"] = answer.matched
    if page.box is not None:
        head["bbox"] = page.box
    return b"".join([orjson.dumps(head)[:-1], b',"features":[', page.text, b"]}"])


def feature_text(feature_json: str, links: Sequence[dict[str, Any]]) -> bytes:
    """One feature with its links."""
    return feature_json[:-1].encode() + b',"links":' + orjson.dumps(list(links)) + b"}"
