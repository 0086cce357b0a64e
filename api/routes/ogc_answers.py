"""What every path under /ogc shares: who looks at which event, addresses, freshness, formats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import Caller, Conn, Viewer
from api.middleware import etag_matches
from api.moments import visible
from api.routes.ogc_requests import CARRIED, format_of, moment_of
from geo.casualties import Moment
from geo.changes import version_of
from geo.database import Connection, sql
from geo.events import event_by_id
from geo.features import Found
from geo.selections import Selection
from geo.tokens import Role
from layers.catalogue import LAYERS
from layers.layer import Layer, Sight
from layers.pages import page

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html; charset=utf-8"
MVT = "application/vnd.mapbox-vector-tile"
SCHEMA, OPENAPI = "application/schema+json", "application/vnd.oai.openapi+json;version=3.0"
STYLE = "application/vnd.mapbox.style+json"

Link = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """One caller's look at the layers of one event, as that caller may know it at a moment.

    `gated` events show those who don't work on figures only what was released. `version` is that of
    the tables of the collection in the address, read together with the event.
    """

    request: Request
    conn: Connection
    sight: Sight
    event: str | None
    moment: Moment
    gated: bool
    version: str

    @property
    def selection(self) -> Selection:
        """Every feature of the event at the moment."""
        return Selection(self.event, as_of=self.moment.as_of, known_at=self.moment.known_at)

    def scoped(self, layer: Layer) -> bool:
        """Whether its answers are for this caller alone."""
        return layer.cells is not None or (self.gated and layer.of_event)

    def href(self, path: str, **query: str) -> str:
        """The absolute address of a path under /ogc, for the event and moment asked for."""
        asked = self.request.query_params
        kept = {name: asked[name] for name in CARRIED if asked.get(name)} | query
        base = f"{self.request.base_url}ogc{path}"
        return f"{base}?{urlencode(kept)}" if kept else base

    def link(self, path: str, rel: str, media_type: str, title: str, **query: str) -> Link:
        """A link to that path."""
        return {
            "href": self.href(path, **query),
            "rel": rel,
            "type": media_type.split("; ")[0],
            "title": title,
        }

    def itself(self) -> list[Link]:
        """The links of a document to itself and to its other form."""
        path = self.request.url.path.removeprefix("/ogc")
        query = {k: v for k, v in self.request.query_params.items() if k not in ("f", *CARRIED)}
        html = format_of(self.request) == "html"
        as_json = GEOJSON if "/items" in path else JSON
        return [
            self.link(path, "alternate" if html else "self", as_json, "JSON", **query, f="json"),
            self.link(path, "self" if html else "alternate", HTML, "HTML", **query, f="html"),
        ]

    async def etag(self, layer: Layer) -> str:
        """Differs when the layer's rows, the program, the address or what may be seen differs."""
        here = self.request.path_params.get("collection_id") == layer.id
        return self.tag(self.version if here else await version_of(self.conn, layer.tables))

    def tag(self, version: str) -> str:
        """The ETag of an answer of this version to this question."""
        told = [program_digest(), version, str(self.sight.detail_area), str(self.event)]
        told += [str(self.moment.as_of), str(self.moment.known_at)]
        asked = [str(self.request.url), self.request.headers.get("accept", "")]
        told_and_asked = "\n".join(told + asked).encode()
        return f'"{hashlib.blake2b(told_and_asked, digest_size=12).hexdigest()}"'

    def tag_of(self, found: Found) -> str:
        """The ETag of a feature that is edited: it changes with the feature alone, and starts so.

        What comes after the dash tells its forms apart; If-Match looks at what comes before.
        """
        return f'"{found.digest}-{self.tag("")[1:9]}"'

    def fresh(self, etag: str) -> bool:
        """Whether the client already holds what this ETag stands for."""
        return etag_matches(self.request.headers.get("if-none-match"), etag)


async def look_of(request: Request, conn: Connection, who: Caller) -> Look:
    """The caller's look; raises NotFound for an event that doesn't exist."""
    asked, moment = request.query_params.get("event"), moment_of(request)
    layer = LAYERS.get(request.path_params.get("collection_id", ""))
    found = {"event": asked or None, "tables": list(layer.tables) if layer else []}
    row = await (await conn.execute(sql("layer_look"), found)).fetchone()
    assert row is not None
    event, version = row["id"], row["version"]
    if event is None:
        if asked:
            await event_by_id(conn, asked)
        return Look(request, conn, sight_of(who), None, moment, gated=False, version=version)
    seen = await visible(conn, who, row, moment)
    gated = row["release"] != "at_once"
    return Look(request, conn, sight_of(who), event, seen, gated, version)


async def look(request: Request, conn: Conn, who: Viewer) -> Look:
    """The same, for routes that hold a connection all the while."""
    return await look_of(request, conn, who)


Looking = Annotated[Look, Depends(look)]


def sight_of(who: Caller) -> Sight:
    """Planners and above see people one by one, inside their area."""
    return Sight(who.admin_area if who.role >= Role.PLANNER else None)


@cache
def program_digest() -> str:
    """Digest of the code that makes the answers, so that a newer program is never mistaken."""
    digest = hashlib.sha256()
    folders = (
        files("layers"),
        files("geo"),
        files("geo").joinpath("sql"),
        files("api").joinpath("routes"),
    )
    for folder in folders:
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith((".py", ".sql")):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def answer(
    body: bytes, media_type: str, etag: str | None = None, *, scoped: bool = False, **headers: str
) -> Response:
    """An answer that caches ask about again before they use it; `scoped` ones are one caller's."""
    told = dict(headers) | {
        "Cache-Control": "private, no-cache" if scoped else "no-cache",
        "Vary": "Authorization, Cookie, Accept",
    }
    if etag:
        told["ETag"] = etag
    return Response(body, media_type=media_type, headers=told)


def unchanged(etag: str, *, scoped: bool = False) -> Response:
    """304: the client holds it."""
    response = answer(b"", "", etag, scoped=scoped)
    response.status_code = 304
    del response.headers["content-length"]
    return response


def document(
    look: Look,
    body: Mapping[str, Any],
    media_type: str = JSON,
    etag: str | None = None,
    *,
    scoped: bool = False,
) -> Response:
    """A JSON document, or the same as a page that people can read."""
    if format_of(look.request) == "html":
        return answer(page(body).encode(), HTML, etag, scoped=scoped)
    return answer(orjson.dumps(body), media_type, etag, scoped=scoped)
