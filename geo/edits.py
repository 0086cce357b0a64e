"""Features of a register added, replaced and removed one by one, by the rules of the import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
import shapely
from psycopg import sql as composition

from geo.audit import record
from geo.database import Connection
from geo.features import feature
from geo.import_layers import import_layer
from geo.import_rows import ImportOptions, import_rows
from geo.imports import merged
from geo.selections import Selection, Source
from geo.served_crs import CRS84, EXACT, ServedCrs
from relief.divisions import contains
from relief.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound

SOURCE = "OGC API"
"""What a feature names as its source where whoever writes it names none."""

_SERVER_SET = frozenset({"id", "updated_at"})
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Register:
    """The table of that name, whose rows are read from `source`."""

    table: str
    source: Source


@dataclass(frozen=True)
class Editor:
    """Who writes: the number of the token, and the code prefix that it may write in."""

    token: int
    admin_area: str


@dataclass(frozen=True)
class Held:
    """A feature under lock, as it is on file: its GeoJSON object, and the digest of its row."""

    document: Document
    digest: str


async def held(conn: Connection, register: Register, feature_id: str, by: Editor) -> Held:
    """The feature, locked until the transaction ends.

    Raises NotFound, and Forbidden where it lies outside the editor's area.
    """
    statement = composition.SQL("SELECT area FROM {} WHERE id = %s FOR UPDATE")
    cursor = await conn.execute(
        statement.format(composition.Identifier(register.table)), [feature_id]
    )
    row = await cursor.fetchone()
    found = row and await feature(conn, register.source, Selection(id=feature_id), EXACT)
    if row is None or not found:
        raise NotFound(f"'{register.table}' has no feature '{feature_id[:80]}'.")
    _require_inside(row["area"], by)
    return Held(orjson.loads(found.text), found.digest)


async def require_new(conn: Connection, register: Register, feature_id: str) -> None:
    """Raises Conflict where there is such a feature; others who add it wait for the transaction."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
    await conn.execute(lock, [f"{register.table}/{feature_id}"])
    if await feature(conn, register.source, Selection(id=feature_id)):
        raise Conflict(f"'{register.table}' has a feature '{feature_id[:80]}' already; replace it.")


async def put(
    conn: Connection,
    register: Register,
    feature_id: str,
    document: Document,
    by: Editor,
    action: str,
) -> None:
    """Stores a GeoJSON feature in CRS84 whole: a column that it doesn't state is as if new.

    Call it in a transaction. Raises InvalidInput with the place of each fault, Forbidden for a
    place outside the editor's area.
    """
    file, layer = _file(register, feature_id, document), import_layer(register.table)
    rows = await import_rows(conn, layer, "feature.geojson", file, ImportOptions())
    if rows.refusals:
        faults = [Fault(_pointer(r.column), r.reason) for r in rows.refusals]
        raise InvalidInput("The feature has faults; nothing was stored.", faults)
    area = rows.rows["area"].iloc[0]
    _require_inside(area if isinstance(area, str) else None, by)  # a frame's gap is no None
    try:
        await merged(conn, rows, ImportOptions())
    except psycopg.errors.IntegrityError as error:
        raise Conflict(f"The store refuses it: {error.diag.message_primary}.") from None
    await record(conn, by.token, action, f"{register.table}/{feature_id}", dict(document))


async def remove(
    conn: Connection, register: Register, feature_id: str, had: Held, by: Editor
) -> None:
    """Takes the feature off the register; raises Conflict where other records name it."""
    statement = composition.SQL("DELETE FROM {} WHERE id = %s")
    try:
        await conn.execute(statement.format(composition.Identifier(register.table)), [feature_id])
    except psycopg.errors.ForeignKeyViolation:
        raise Conflict(
            "Other records name it, such as an assignment or a dispatch plan; set its state to"
            " closed instead."
        ) from None
    await record(
        conn, by.token, "feature.delete", f"{register.table}/{feature_id}", dict(had.document)
    )


def patched(document: Document, patch: Document) -> dict[str, Any]:
    """The feature with a merge patch (RFC 7396) applied; one that moves has its area found anew."""
    properties = dict(document["properties"])
    stated = patch.get("properties") or {}
    if "geometry" in patch and "area" not in stated:
        properties["area"] = None
    return {
        "type": "Feature",
        "geometry": patch.get("geometry", document["geometry"]),
        "properties": properties | dict(stated),
    }


def in_crs84(document: Document, crs: ServedCrs) -> Document:
    """The feature, whose coordinates are in `crs`, in CRS84; raises InvalidInput."""
    geometry = document.get("geometry")
    if geometry is None or crs == CRS84:
        return document
    try:
        placed = crs.to_store(shapely.from_geojson(orjson.dumps(geometry)))
    except (shapely.errors.ShapelyError, TypeError) as error:
        fault = Fault("/geometry", f"It is no GeoJSON geometry: {error}")
        raise InvalidInput("The feature has faults; nothing was stored.", [fault]) from None
    return {**document, "geometry": orjson.loads(shapely.to_geojson(placed))}


def writable_columns(table: str) -> dict[str, bool]:
    """The columns that a feature may state, and whether it must."""
    columns = import_layer(table).columns
    return {c.name: c.required for c in columns if c.name not in _SERVER_SET}


def _file(register: Register, feature_id: str, document: Document) -> bytes:
    """The feature as a file of one, every column stated; what is reckoned here is left aside."""
    columns, stated = writable_columns(register.table), document["properties"]
    if unknown := [name for name in stated if name not in (*columns, *register.source.columns)]:
        known = f"there is no such property; there are {', '.join(columns)}"
        faults = [Fault(f"/properties/{name[:80]}", known) for name in unknown]
        raise InvalidInput("The feature has faults; nothing was stored.", faults)
    whole = {name: stated.get(name) for name in columns} | {"id": feature_id}
    whole["source"] = whole["source"] or SOURCE
    feature = {"type": "Feature", "geometry": document["geometry"], "properties": whole}
    return orjson.dumps(feature)


def _require_inside(area: str | None, by: Editor) -> None:
    if area and not contains(by.admin_area, area):
        raise Forbidden(f"Your token is for the area {by.admin_area}; {area} lies outside it.")


def _pointer(column: str) -> str:
    return "/geometry" if column == "geometry" else f"/properties/{column}"
