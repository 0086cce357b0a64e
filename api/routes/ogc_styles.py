"""The style document that the map draws, its sprite, and the lists of styles."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Conn
from api.routes.ogc_answers import STYLE, Look, Looking, answer, document, unchanged
from api.routes.ogc_requests import require_known
from api.routes.ogc_tiles import tile_url
from geo.database import Connection
from geo.features import count_and_extent
from layers.catalogue import LAYERS, layer_by_id
from layers.features import Question
from layers.impact import CASUALTIES
from layers.layer import Layer
from layers.palette import THEMES, Theme
from layers.sprites import sprite_index, sprite_png
from layers.styles import situation
from relief.errors import Fault, MalformedRequest, NotFound

router = APIRouter()


@router.get("/styles")
async def styles(look: Looking) -> Response:
    """The styles there are: one."""
    require_known(look.request)
    return document(look, _list(look))


@router.get("/collections/{collection_id}/styles")
async def collection_styles(look: Looking, collection_id: str) -> Response:
    """The styles that draw this collection: its part of the one that draws all."""
    require_known(look.request)
    return document(look, _list(look, layer_by_id(collection_id)))


@router.get("/styles/situation")
async def situation_style(look: Looking, conn: Conn) -> Response:
    """The MapLibre style of all layers; `theme=light|dark`; its metadata holds the legend."""
    return await _style(look, conn, CASUALTIES, None)


@router.get("/collections/{collection_id}/styles/situation")
async def collection_style(look: Looking, conn: Conn, collection_id: str) -> Response:
    """What the style of all layers has of this one."""
    layer = layer_by_id(collection_id)
    return await _style(look, conn, layer, layer.id)


async def _style(look: Look, conn: Connection, shown: Layer, only: str | None) -> Response:
    """The style of all layers, or of `only` one, that begins where `shown` lies."""
    require_known(look.request, "theme")
    theme, question = _theme(look), Question(shown, look.sight, look.selection)
    etag, scoped = look.etag(shown), look.scoped(shown)
    if look.fresh(etag):
        return unchanged(etag, scoped=scoped)
    _, home = await count_and_extent(conn, question.features.source, question.scoped)
    body = situation(
        theme,
        lambda layer_id: tile_url(look, LAYERS[layer_id]),
        f"{look.request.base_url}ogc/styles/situation/{theme.name}",
        home,
        only,
    )
    return answer(orjson.dumps(body), STYLE, etag, scoped=scoped)


@router.get("/styles/situation/{name}.json")
async def sprite_document(look: Looking, name: str) -> Response:
    """The index of the style's sprite."""
    _, ratio = _sprite(name)
    return document(look, sprite_index(ratio), etag=look.tag("sprite"))


@router.get("/styles/situation/{name}.png")
async def sprite_image(look: Looking, name: str) -> Response:
    """The style's sprite."""
    theme, ratio = _sprite(name)
    return answer(sprite_png(theme, ratio), "image/png", look.tag("sprite"))


def _list(look: Look, layer: Layer | None = None) -> dict[str, Any]:
    title = f"态势图 · {layer.title.zh}" if layer else "态势图"
    path = f"/collections/{layer.id}/styles/situation" if layer else "/styles/situation"
    links = [
        look.link(path, "stylesheet", STYLE, f"{title} ({name})", theme=name) for name in THEMES
    ]
    style = {"id": "situation", "title": title, "links": links}
    return {"title": "样式", "default": "situation", "styles": [style], "links": look.itself()}


def _sprite(name: str) -> tuple[Theme, int]:
    """`light`, `dark`, or one of them with `@2x`."""
    theme, _, ratio = name.partition("@")
    if theme not in THEMES or ratio not in ("", "2x"):
        raise NotFound("There is no such sprite.")
    return THEMES[theme], 2 if ratio else 1


def _theme(look: Look) -> Theme:
    name = look.request.query_params.get("theme", "light")
    if name not in THEMES:
        raise MalformedRequest("Unknown theme.", [Fault("?theme", "light or dark is expected")])
    return THEMES[name]
