"""Imports: a file into a layer, as a job that says what became of every row."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.dependencies import Conn, Planner
from api.idempotency import created, json_answer
from api.routes.jobs import shown
from geo import jobs
from geo.crs import coordinate_system
from geo.import_headers import mapping_of_json
from geo.import_layers import LAYERS, ImportLayer, import_layer
from geo.import_rows import ImportOptions
from geo.readers.formats import check_file
from relief.errors import MalformedRequest

router = APIRouter(prefix="/api/imports", tags=["imports"])

_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_MULTIPART = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class ImportQuery(BaseModel):
    """How to read the file."""

    model_config = ConfigDict(extra="forbid")

    crs: str | None = Field(None, max_length=100, description="EPSG code, gcj02 or bd09")
    mapping: str | None = Field(
        None, max_length=20_000, description='JSON: {"their header": "our column" or null}'
    )
    dry_run: bool = False
    partial: bool = False

    def options(self, within: str) -> ImportOptions:
        """The same as the rooms below take it; raises InvalidInput for a wrong crs or mapping."""
        coordinate_system(self.crs)
        mapping = mapping_of_json(self.mapping) if self.mapping else {}
        given = self.model_dump(exclude={"mapping"})
        return ImportOptions(mapping=mapping, within=within, **given)


@router.get("")
async def get_layers(_who: Planner) -> Response:
    """The layers that take files, with their columns and the headers that are known for them."""
    return json_answer({"layers": [_shown(layer) for layer in LAYERS.values()]})


@router.post("/{layer}", status_code=202, openapi_extra=_MULTIPART)
async def post_import(
    layer: str, request: Request, who: Planner, conn: Conn, asked: Annotated[ImportQuery, Query()]
) -> Response:
    """Queues the file; the job's result counts its rows and lists every one that is refused."""
    target = import_layer(layer)
    who.require(target.role)
    options = asked.options(who.admin_area)
    name, content = await _file(request)
    await asyncio.to_thread(check_file, name, content)
    parameters = {"layer": target.name, "name": name, **asdict(options)}

    async def work() -> Mapping[str, Any]:
        return shown(await jobs.enqueue(conn, "import", parameters, who.id, payload=content))

    return await created(
        request, conn, who, work, status=202, content=name.encode() + b"\n" + content
    )


async def _file(request: Request) -> tuple[str, bytes]:
    """Name and content of the one file in the form; raises MalformedRequest without it."""
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise MalformedRequest("Send the file as multipart/form-data in the field 'file'.")
        name = re.split(r"[/\\]", file.filename or "")[-1]
        return _NOT_IN_NAMES.sub("_", name)[-120:], await file.read()


def _shown(layer: ImportLayer) -> dict[str, Any]:
    return {
        "layer": layer.name,
        "geometry": layer.geometry,
        "role": layer.role.code,
        "columns": [
            {
                "name": column.name,
                "required": column.required,
                "headers": list(column.headers),
                "words": dict(column.words),
            }
            for column in layer.columns
        ],
    }
