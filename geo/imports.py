"""Imports: the rows of a file into a layer, all or nothing unless asked otherwise.

The rows are copied to a table of the transaction's own and merged from there in one statement, so
that the same file twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, LiteralString

import psycopg
import pyarrow as pa
import pyarrow.csv
from psycopg import sql

from geo.audit import record
from geo.database import Connection
from geo.database import sql as statement
from geo.import_layers import import_layer
from geo.import_rows import ImportOptions, ImportRows, import_rows
from geo.jobs import JobContext, finish
from geo.readers.source import Refusal
from geo.road_graph import road_graph
from geo.tables import METADATA
from relief.errors import Conflict
from relief.progress import Progress, silent

TIME_LIMIT_S = 600


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or with `dry_run` would do.

    `stored` is false for a dry run and when refused rows kept all others out; those are `withheld`
    then. Rows read = added + changed + unchanged + withheld + refused. `road_graph` is what the
    roads make together once some were stored.
    """

    layer: str
    dry_run: bool
    partial: bool
    stored: bool
    read: int
    added: int
    changed: int
    unchanged: int
    withheld: int
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    ignored: tuple[str, ...]
    road_graph: Mapping[str, Any] | None = None

    @property
    def kept_out(self) -> bool:
        """Whether refused rows keep all others out too."""
        return bool(self.refusals) and not self.partial

    def as_json(self) -> dict[str, Any]:
        """The result as jobs and the command line answer it."""
        return {
            "layer": self.layer,
            "dry_run": self.dry_run,
            "partial": self.partial,
            "stored": self.stored,
            "read": self.read,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "withheld": self.withheld,
            "refused": len(self.refusals),
            "refused_rows": [_row(r) for r in self.refusals],
            "warnings": [_row(w) for w in self.warnings],
            "ignored_columns": list(self.ignored),
            **({"road_graph": dict(self.road_graph)} if self.road_graph else {}),
        }


async def import_file(
    conn: Connection,
    layer: str,
    name: str,
    content: bytes,
    options: ImportOptions,
    *,
    token: int | None = None,
    progress: Progress = silent,
) -> ImportResult:
    """What importing the file `name` did; raises InvalidInput for what ails the whole file."""
    rows = await import_rows(conn, import_layer(layer), name, content, options, progress)
    result = await store(conn, rows, options, token=token)
    progress(1.0)
    return result


async def run(context: JobContext) -> None:
    """The job `import`: parameters layer, name, crs, mapping, dry_run, partial, within."""
    asked = dict(context.job.parameters)
    layer, name = import_layer(asked.pop("layer")), asked.pop("name")
    options = ImportOptions(**asked)
    rows = await import_rows(
        context.conn, layer, name, context.payload or b"", options, context.progress
    )
    async with context.conn.transaction():
        result = await store(context.conn, rows, options, token=context.job.token)
        await finish(context.conn, context.job.id, result.as_json())


async def store(
    conn: Connection, rows: ImportRows, options: ImportOptions, *, token: int | None
) -> ImportResult:
    """Merges the rows into their layer, with the audit row, in a transaction or a part of one."""
    try:
        async with conn.transaction() as transaction:
            found = await merged(conn, rows, options)
            if not found.stored:
                raise psycopg.Rollback(transaction)
            await record(conn, token, "import", found.layer, _counts(found))
            if found.layer == "roads":
                found = replace(found, road_graph=(await road_graph(conn))["summary"])
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        raise Conflict(
            f"The store refuses the file: {error.diag.message_primary}. Nothing was stored; if "
            "somebody changed the layer meanwhile, try again."
        ) from None
    return found


async def merged(conn: Connection, rows: ImportRows, options: ImportOptions) -> ImportResult:
    """What merging the rows did, in the caller's transaction, which may still be taken back."""
    await _stage(conn, rows)
    foreign = await _foreign(conn, rows, options.within)
    refusals = tuple(sorted([*rows.refusals, *foreign], key=lambda r: r.row))
    taken = len(rows.rows) - len(foreign)
    added, changed = await _merge(conn, rows)
    result = ImportResult(
        layer=rows.layer.name,
        dry_run=options.dry_run,
        partial=options.partial,
        stored=not options.dry_run,
        read=rows.read,
        added=added,
        changed=changed,
        unchanged=taken - added - changed,
        withheld=0,
        refusals=refusals,
        warnings=rows.warnings,
        ignored=rows.ignored,
    )
    if result.kept_out:
        return replace(result, stored=False, added=0, changed=0, withheld=added + changed)
    return result


async def _stage(conn: Connection, rows: ImportRows) -> None:
    """The rows in a table of this transaction; one import a layer at a time."""
    await conn.execute("SELECT set_config('statement_timeout', %s, true)", [f"{TIME_LIMIT_S}s"])
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {rows.layer.table}"])
    await conn.execute(_written("import_stage", rows))
    table = pa.Table.from_pandas(rows.rows.reset_index(), preserve_index=False)
    buffer = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, buffer, pyarrow.csv.WriteOptions(include_header=False))
    async with conn.cursor().copy(_written("import_copy", rows)) as copy:
        await copy.write(buffer.getvalue().to_pybytes())


async def _foreign(conn: Connection, rows: ImportRows, within: str) -> list[Refusal]:
    """Rows whose id belongs to a thing outside the division `within`, taken off the stage."""
    if not within or rows.layer.code_digits:  # a division's id says where it lies
        return []
    name: LiteralString = (
        "import_foreign_by_code" if rows.layer.has_area else "import_foreign_by_place"
    )
    cursor = await conn.execute(_written(name, rows), {"within": within})
    numbers = [row["row_number"] for row in await cursor.fetchall()]
    await conn.execute("DELETE FROM import_rows WHERE row_number = ANY (%s)", [numbers])
    reason = f"This id belongs to a thing outside {within}, the area that you may write in."
    return [Refusal(number, "id", reason) for number in numbers]


async def _merge(conn: Connection, rows: ImportRows) -> tuple[int, int]:
    """How many rows were added and changed; where none was, not even the layer's version moves."""
    async with conn.transaction() as merge:
        cursor = await conn.execute(_written("import_merge", rows))
        counts = await cursor.fetchone()
        assert counts is not None
        if not any(counts.values()):
            raise psycopg.Rollback(merge)
        if rows.layer.code_digits:
            await conn.execute(statement("import_seats"))
    return counts["added"], counts["changed"]


def _written(name: LiteralString, rows: ImportRows) -> sql.Composed:
    """The statement of that name with the layer's table and the file's columns in it."""
    columns = list(rows.rows.columns)
    key, table = rows.layer.key, METADATA.tables[rows.layer.table]
    dated = "updated_at" in table.c and "updated_at" not in columns
    written = [c for c in columns if c != key] + ["updated_at"] * dated
    stated = [c for c in columns if c not in (key, "source") or c in rows.stated]
    return sql.SQL(statement(name)).format(
        table=sql.Identifier(table.name),
        key=sql.Identifier(key),
        columns=_list(columns),
        written=_list(written),
        new_written=_list(written, "excluded"),
        stated=_list(stated),
        present_stated=_list(stated, "present"),
        new_stated=_list(stated, "excluded"),
    )


def _list(columns: Sequence[str], of: str | None = None) -> sql.Composed:
    names = [sql.Identifier(of, c) if of else sql.Identifier(c) for c in columns]
    return sql.SQL(", ").join(names)


def _row(refusal: Refusal) -> dict[str, Any]:
    return {"row": refusal.row, "column": refusal.column, "reason": refusal.reason}


def _counts(result: ImportResult) -> dict[str, Any]:
    counts = ("read", "added", "changed", "unchanged", "refused")
    return {name: value for name, value in result.as_json().items() if name in counts}
