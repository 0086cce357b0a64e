"""What every path under /ogc shares: who looks at which event, addresses, freshness, formats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, cast
from urllib.parse import urlencode

import orjson
from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import Caller, credentials, signed_in
from api.middleware import etag_matches
from api.routes.ogc_requests import CARRIED, format_of, moment_of
from geo.casualties import Moment
from geo.database import Connection, Pool
from geo.events import event_by_id
from geo.features import Found
from geo.look_ups import Asked, Facts, LookUps
from geo.releases import as_released
from geo.selections import Selection
from geo.tokens import Role, digest_of
from geo.turns import turns_taken
from layers.layer import Layer, Sight
from layers.pages import page

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html; charset=utf-8"
MVT = "application/vnd.mapbox-vector-tile"
SCHEMA, OPENAPI = "application/schema+json", "application/vnd.oai.openapi+json;version=3.0"
STYLE = "application/vnd.mapbox.style+json"

VARY = "Authorization, Cookie, Accept, Accept-Encoding"

Link = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """One caller's look at the layers of one event, as that caller may know it at a moment.

    `gated` events show those who don't work on figures only what was released. `facts` were looked
    up for `asked` when the request came, before anything that an answer is made of.
    """

    request: Request
    who: Caller
    sight: Sight
    event: str | None
    moment: Moment
    gated: bool
    asked: Asked
    facts: Facts

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """A connection of the pool, for as long as the store is asked."""
        pool: Pool = self.request.app.state.pool
        return pool.connection()

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

    def etag(self, layer: Layer) -> str:
        """Differs when the layer's rows, the program, the address or what may be seen differs."""
        return self.tag(self.facts.version(layer.tables))

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


async def look_of(request: Request) -> Look:
    """The caller's look; raises NotSignedIn, and NotFound for an event that doesn't exist."""
    asked, look_ups = request.query_params.get("event") or None, request.app.state.look_ups
    secret, kind = credentials(request)
    question = Asked(digest_of(secret), kind, asked)
    facts = await cast(LookUps, look_ups).facts(question)
    who, moment = signed_in(facts.token), moment_of(request)
    if facts.event is None:
        if asked:
            async with request.app.state.pool.connection() as conn:
                await event_by_id(conn, asked)
        return Look(request, who, sight_of(who), None, moment, False, question, facts)
    gated = not facts.event.at_once
    if gated and who.role < Role.PLANNER:
        moment = as_released(facts.event.released, moment)
    look = Look(request, who, sight_of(who), facts.event.id, moment, gated, question, facts)
    if moment.known_at is not None:
        async with look.connection() as conn:
            await turns_taken(conn, facts.event.id, moment.known_at)
    return look


Looking = Annotated[Look, Depends(look_of)]


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
        "Vary": VARY,
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
