"""Reports from the field in a file: a table that somebody kept by hand, or points of a GIS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
import shapely

from geo.import_columns import Column, Kind
from geo.import_headers import header_by_column
from geo.import_layers import ImportLayer
from geo.import_values import parsed
from geo.import_words import words_of
from geo.readers.formats import table
from geo.readers.source import Refusal, SourceTable
from geo.tokens import Role
from relief.field_reports import ReportKind
from relief.vocabulary import INDICATORS, DamageGrade

_TEXT = "text"
_FIGURES = tuple(
    Column(i.code, Kind.WHOLE if i.unit.whole else Kind.NUMBER, (i.zh, i.zh.removeprefix("因灾")))
    for i in INDICATORS.values()
)
LAYER = ImportLayer(
    "field_reports",
    "Point",
    Role.FIELD,
    (
        Column("id", Kind.TEXT, ("编号", "唯一编号")),
        Column("kind", Kind.WORD, ("类型", "上报类型"), True, words_of(ReportKind)),
        Column("observed_at", Kind.INSTANT, ("观察时间", "时间", "发现时间"), True),
        Column("area", Kind.AREA, ("行政区划代码", "区划代码")),
        Column("accuracy_m", Kind.NUMBER, ("定位精度", "定位误差")),
        Column(_TEXT, Kind.TEXT, ("说明", "情况", "内容", "描述")),
        Column("grade", Kind.WORD, ("房屋损坏等级", "损坏等级"), words=words_of(DamageGrade)),
        *_FIGURES,
    ),
)
"""The columns that files may have, and the words that they use for them."""

_NUMBERS = frozenset({"lon", "lat", "accuracy_m"} | set(INDICATORS))


@dataclass(frozen=True)
class FileReport:
    """One row: the report as the interface takes it, or what is wrong with the row."""

    row: int
    body: dict[str, Any]
    refusals: list[Refusal] = field(default_factory=list)


def reports_of_file(name: str, content: bytes, event: str, crs: str | None) -> list[FileReport]:
    """The reports in a .csv, .xlsx or .geojson file; raises InvalidInput for no such file.

    A row without an id gets one made of what it says, so that the same file twice is the same
    reports.
    """
    source = table(name, content)
    unreadable = [FileReport(r.row, {}, [r]) for r in source.refusals]
    return sorted([*_rows(source, event, crs or source.crs), *unreadable], key=lambda r: r.row)


def _rows(source: SourceTable, event: str, crs: str | None) -> Iterator[FileReport]:
    headers = header_by_column(list(source.texts.columns), LAYER, {}, places=True)
    values, faults = _values(source, headers)
    for n, number in enumerate(source.row_numbers.tolist()):
        row = {column: given[n] for column, given in values.items() if given[n]}
        if source.geometries is not None:
            row |= _point(source.geometries[n])
        wrong = [Refusal(number, headers[c], why) for c, at in faults.items() if (why := at.get(n))]
        yield FileReport(number, _body(row, event, crs), wrong)


def _values(
    source: SourceTable, headers: dict[str, str]
) -> tuple[dict[str, list[Any]], dict[str, dict[int, str]]]:
    """Texts by column as they are to be read, and by column the rows that can't be."""
    columns = {c.name: c for c in LAYER.columns}
    place = {c: Column(c, Kind.NUMBER, least=-1e9, most=1e9) for c in ("lon", "lat")}
    values: dict[str, list[Any]] = {}
    faults: dict[str, dict[int, str]] = {}
    for column, header in headers.items():
        texts = source.texts[header]
        if column == _TEXT:
            values[column] = texts.tolist()
            continue
        read = parsed(texts, (columns | place)[column], nullable=True)
        values[column] = [value if isinstance(value, str) else None for value in read.values]
        faults[column] = dict(read.faults)
    return values, faults


def _point(geometry: Any) -> dict[str, str]:
    if not isinstance(geometry, shapely.Point) or geometry.is_empty:
        return {}
    return {"lon": repr(geometry.x), "lat": repr(geometry.y)}


def _body(row: dict[str, str], event: str, crs: str | None) -> dict[str, Any]:
    """The row as the interface takes a report."""
    numbers = {k: _number(v) for k, v in row.items() if k in _NUMBERS}
    body: dict[str, Any] = {k: row[k] for k in ("kind", "observed_at", "area", _TEXT) if k in row}
    body["figures"] = {k: v for k, v in numbers.items() if k in INDICATORS}
    if "lon" in numbers or "lat" in numbers:
        place = {k: numbers[k] for k in ("lon", "lat", "accuracy_m") if k in numbers}
        body["location"] = place | ({"crs": crs} if crs else {})
    if "grade" in row:
        body["details"] = {"grade": row["grade"]}
    return body | {"id": str(_id(row.get("id"), body, event))}


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() else float(text)


def _id(given: str | None, body: dict[str, Any], event: str) -> UUID:
    try:
        return UUID(given or "")
    except ValueError:
        told = given or orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
        return uuid5(NAMESPACE_URL, f"{event}/{told}")
