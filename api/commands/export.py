"""`reliefmap export`: a whole layer as a file."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from api.commands.command import Answer, Subcommands, add_command, shown_progress
from geo import audit
from geo.database import Connection, connected, sql
from geo.events import event_by_id
from geo.migration import require_current
from geo.selections import Selection
from geo.settings import Settings
from geo.store import opened
from relief.divisions import normal_code
from relief.errors import InvalidInput
from relief.progress import Progress

if TYPE_CHECKING:
    from layers.downloads import FileForm

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
        help="named .geojson, .geojsons, .csv, .xlsx, .gpkg, .fgb or .kml",
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

    async def exported(database_url: str) -> int:
        async with connected(database_url, statement_timeout_s=TIME_LIMIT_S) as conn:
            return await _exported(conn, arguments, form, progress)

    with opened(settings) as database_url:
        require_current(database_url)
        features = asyncio.run(exported(database_url))
    progress(1.0)
    data = {"layer": arguments.layer, "file": str(arguments.output), "features": features}
    return Answer(f"{features} features of {arguments.layer} in {arguments.output}.", data)


def _form(path: Path) -> FileForm:
    """What the file's name asks for; raises InvalidInput for any other, or a missing folder."""
    from layers.downloads import FILES

    by_suffix = {form.suffix: form for form in FILES.values()}
    if path.suffix.lower() not in by_suffix:
        raise InvalidInput(f"Name the file {', '.join(by_suffix)}; it is {path.name}.")
    if not path.absolute().parent.is_dir():
        raise InvalidInput(f"There is no folder {path.absolute().parent}.")
    return by_suffix[path.suffix.lower()]


async def _exported(
    conn: Connection, arguments: argparse.Namespace, form: FileForm, progress: Progress
) -> int:
    from layers.catalogue import layer_by_id
    from layers.exports_layer import save_layer
    from layers.features import Question
    from layers.layer import Sight

    layer, event = layer_by_id(arguments.layer), await _event(conn, arguments.event)
    area = None if arguments.people_of is None else normal_code(arguments.people_of)
    question = Question(layer, Sight(area), Selection(event))
    features = await save_layer(conn, question, form, arguments.output.absolute(), progress)
    detail = {"features": features, "form": form.name, "people_of": arguments.people_of}
    await audit.record(conn, None, "layer.export", layer.id, detail | {"event": event})
    return features


async def _event(conn: Connection, asked: str | None) -> str | None:
    """The event whose layers are meant; raises NotFound for one that doesn't exist."""
    if asked is not None:
        return str((await event_by_id(conn, asked))["id"])
    row = await (await conn.execute(sql("layer_event"))).fetchone()
    return row["id"] if row else None
