"""`reliefmap export`: a whole layer as a file."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from api.commands.command import Answer, Subcommands, add_command, shown_progress
from geo import audit
from geo.database import Connection, connected, sql
from geo.events import event_by_id
from geo.migration import require_current
from geo.settings import Settings
from geo.store import opened
from relief.divisions import normal_code
from relief.errors import InvalidInput
from relief.progress import Progress

if TYPE_CHECKING:
    from layers.exports_features import FileForm

TIME_LIMIT_S = 600


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(commands, "export", _run, "Write a whole layer to a file.")
    parser.add_argument("layer", metavar="LAYER", help="such as shelters, faults, casualties")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="named .geojson, .csv, .xlsx or .gpkg",
    )
    parser.add_argument("--event", help="its id (default: the demo's, else the newest open one)")
    parser.add_argument(
        "--people-of",
        metavar="CODE",
        help="show people of this division one by one; without it they are counted by cell",
    )


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    form = _form(arguments.output)
    progress = shown_progress(f"export {arguments.layer}")

    async def exported(database_url: str) -> tuple[bytes, int]:
        async with connected(database_url, statement_timeout_s=TIME_LIMIT_S) as conn:
            return await _exported(conn, arguments, form, progress)

    with opened(settings) as database_url:
        require_current(database_url)
        content, features = asyncio.run(exported(database_url))
    _write(arguments.output, content, private=arguments.people_of is not None)
    progress(1.0)
    data = {"layer": arguments.layer, "file": str(arguments.output), "features": features}
    return Answer(f"{features} features of {arguments.layer} in {arguments.output}.", data)


def _form(path: Path) -> FileForm:
    """What the file's name asks for; raises InvalidInput for any other, or a missing folder."""
    from layers.exports_features import FileForm

    form = path.suffix.removeprefix(".").lower()
    if form not in get_args(FileForm):
        raise InvalidInput(f"Name the file .{', .'.join(get_args(FileForm))}; it is {path.name}.")
    if not path.absolute().parent.is_dir():
        raise InvalidInput(f"There is no folder {path.absolute().parent}.")
    found: FileForm = form  # type: ignore[assignment]
    return found


async def _exported(
    conn: Connection, arguments: argparse.Namespace, form: FileForm, progress: Progress
) -> tuple[bytes, int]:
    from layers.catalogue import layer_by_id
    from layers.exports_layer import layer_file
    from layers.layer import Sight

    layer, event = layer_by_id(arguments.layer), await _event(conn, arguments.event)
    area = None if arguments.people_of is None else normal_code(arguments.people_of)
    content, features = await layer_file(
        conn, layer, form, event=event, sight=Sight(area), progress=progress
    )
    detail = {"features": features, "form": form, "people_of": arguments.people_of, "event": event}
    await audit.record(conn, None, "layer.export", layer.id, detail)
    return content, features


async def _event(conn: Connection, asked: str | None) -> str | None:
    """The event whose layers are meant; raises NotFound for one that doesn't exist."""
    if asked is not None:
        return str((await event_by_id(conn, asked))["id"])
    row = await (await conn.execute(sql("layer_event"))).fetchone()
    return row["id"] if row else None


def _write(path: Path, content: bytes, *, private: bool) -> None:
    """The file, whole or not at all; one that shows people is its owner's alone."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
