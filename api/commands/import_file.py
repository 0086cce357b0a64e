"""`reliefmap import`: a file into a layer, from the command line."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from api.commands.command import Answer, Subcommands, add_command, shown_progress
from geo.database import connected
from geo.import_headers import mapping_of_json
from geo.migration import migrate
from geo.settings import Settings
from geo.store import opened

if TYPE_CHECKING:
    from geo.imports import ImportResult

SHOWN_ROWS = 20
TIME_LIMIT_S = 600


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "import", _run, "Import a file (CSV, XLSX, GeoJSON) into a layer of the store."
    )
    parser.add_argument("layer", metavar="LAYER", help="such as shelters, depots, hazard_points")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--crs", help="EPSG code, gcj02 or bd09 (default: EPSG:4490)")
    parser.add_argument(
        "--mapping",
        metavar="JSON|FILE",
        help='{"their header": "our column"}, null to leave a header out',
    )
    parser.add_argument("--dry-run", action="store_true", help="check and count, store nothing")
    parser.add_argument("--partial", action="store_true", help="store the rows that are in order")


def _mapping(given: str | None) -> dict[str, str | None]:
    """The mapping, written in the argument itself or in the file that it names."""
    if given is None:
        return {}
    if not given.lstrip().startswith("{"):
        given = Path(given).read_text(encoding="utf-8-sig")
    return mapping_of_json(given)


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    content = arguments.file.read_bytes()
    with opened(settings) as database_url:
        migrate(database_url)
        result = asyncio.run(_imported(database_url, arguments, content))
    return Answer(_told(result), result.as_json(), refused=result.kept_out)


async def _imported(
    database_url: str, arguments: argparse.Namespace, content: bytes
) -> ImportResult:
    from geo.import_rows import ImportOptions
    from geo.imports import import_file  # half a second for no other command

    mapping = _mapping(arguments.mapping)
    options = ImportOptions(
        arguments.crs, mapping, dry_run=arguments.dry_run, partial=arguments.partial
    )
    name, progress = arguments.file.name, shown_progress(f"import {arguments.file.name}")
    async with connected(database_url, statement_timeout_s=TIME_LIMIT_S) as conn:
        return await import_file(conn, arguments.layer, name, content, options, progress=progress)


def _told(result: ImportResult) -> str:
    """The counts, then the first rows that were refused or need a look."""
    counts = (
        f"{result.layer}: {result.read} rows read, {result.added} added, {result.changed} changed,"
        f" {result.unchanged} unchanged, {len(result.refusals)} refused."
    )
    outcome = "" if result.stored else " Nothing was stored."
    lines = [
        f"  row {row.row}, {row.column or 'whole row'}: {row.reason}"
        for row in (*result.refusals, *result.warnings)
    ]
    more = [f"  … and {len(lines) - SHOWN_ROWS} more (--json lists all)"] * (
        len(lines) > SHOWN_ROWS
    )
    return "\n".join([counts + outcome, *lines[:SHOWN_ROWS], *more])
