"""A whole layer as a file, under the column names that an import reads again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import orjson
import shapely

from geo.database import Connection
from geo.selections import Selection
from layers.exports import Cell
from layers.exports_features import FileColumn, FileForm, FileTable, file_of
from layers.features import Question, features_of
from layers.layer import Layer, Sight
from relief.progress import Progress, silent

_PAGE = 10_000


async def layer_file(
    conn: Connection,
    layer: Layer,
    form: FileForm,
    *,
    event: str | None = None,
    sight: Sight,
    progress: Progress = silent,
) -> tuple[bytes, int]:
    """(content, number of features) of all that `sight` shows of the layer, as of one moment.

    CSV and XLSX hold a point on each place as `lon` and `lat`.
    """
    features = layer.shown(in_detail=sight.in_detail)
    names = [column.name for column in features.columns]
    question = Question(layer, sight, Selection(event), limit=_PAGE)
    rows: list[list[Cell]] = []
    places: list[Any] = []
    async with conn.transaction():
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        async for page, matched in _pages(conn, question):
            rows += [[_cell(one["properties"].get(name)) for name in names] for one in page]
            places += [_place(one["geometry"]) for one in page]
            progress(0.9 * len(rows) / max(matched, 1))
    columns = tuple(FileColumn(name, name) for name in names)
    table = FileTable(layer.id, layer.title.zh, columns, rows, places)
    return file_of(form, [table])[0], len(rows)


async def _pages(
    conn: Connection, question: Question
) -> AsyncIterator[tuple[list[dict[str, Any]], int]]:
    """Page after page of features, each with the number of all of them."""
    answer = await features_of(conn, question)
    matched = answer.matched or 0
    yield answer.features, matched
    while answer.token is not None:
        following = replace(question, token=answer.token, counted=False)
        answer = await features_of(conn, following)
        yield answer.features, matched


def _cell(value: Any) -> Cell:
    """A property as a table takes it: lists as an import reads them, objects as JSON."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "、".join(value)
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    cell: Cell = value
    return cell


def _place(geometry: dict[str, Any] | None) -> Any:
    return None if geometry is None else shapely.from_geojson(orjson.dumps(geometry))
