"""Features of a collection: pages of them, and one by its id."""

from __future__ import annotations

from dataclasses import replace

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.departures import ClientLeft, unless_left
from api.dependencies import clock
from api.routes.ogc_answers import GEOJSON, HTML, JSON, Link, Look, answer, look_of, unchanged
from api.routes.ogc_downloads import download
from api.routes.ogc_requests import (
    CARRIED,
    FILTER,
    RESULTS_OF,
    count_of,
    crs_of,
    file_form_of,
    filter_asked,
    format_of,
    limit_of,
    offset_of,
    place_of,
    properties_asked,
    require_known,
    span_of,
)
from geo.served_crs import ServedCrs
from layers.catalogue import layer_by_id
from layers.downloads import FORMS
from layers.features import (
    Answer,
    Question,
    collection_text,
    feature_of,
    feature_text,
    features_of,
)
from layers.layer import Layer
from layers.pages import features_page
from layers.queryables import columns_of, order_of

ITEMS = "/collections/{collection_id}/items"
ITEM = f"{ITEMS}/{{feature_id:path}}"

_SHAPE = ("crs", "properties")
_FILTERS = ("bbox", "bbox-crs", "limit", "offset", "datetime", "token", "count", "sortby", *FILTER)


async def items(request: Request) -> Response:
    """Features, in pages that `next` leads through.

    As a file they come all at once.
    """
    look = await look_of(request)
    layer = layer_by_id(request.path_params["collection_id"])
    question = _question(look, layer)
    if (file := file_form_of(request)) is not None:
        return await download(look, question, file)
    form = format_of(request, *FORMS)
    etag, scoped = look.etag(layer), look.scoped(layer)
    if look.fresh(etag):
        return unchanged(f"W/{etag}", scoped=scoped)
    try:
        found = await unless_left(request, _found(look, question))
    except ClientLeft:
        return Response(status_code=499)
    links = [*look.itself(), *_following(look, layer, found), _up(look, layer)]
    if form == "html":
        text = features_page(layer.title.zh, found.features, links, look.href(_path(layer)))
        return answer(text.encode(), HTML, f"W/{etag}", scoped=scoped)
    body = collection_text(found, links, None if look.moment.known_at else clock(request))
    return answer(body, GEOJSON, f"W/{etag}", scoped=scoped, **_content_crs(question.crs))


async def item(request: Request) -> Response:
    """One feature; 404 also where the caller may not see it."""
    look = await look_of(request)
    layer = layer_by_id(request.path_params["collection_id"])
    require_known(request, *_SHAPE, *RESULTS_OF.get(layer.id, ()))
    question, scoped = _question(look, layer), look.scoped(layer)
    etag = None if layer.editable else look.etag(layer)
    if etag and look.fresh(etag):
        return unchanged(etag, scoped=scoped)
    async with look.connection() as conn:
        found = await feature_of(conn, question, request.path_params["feature_id"])
    etag = etag or look.tag_of(found)
    if look.fresh(etag):
        return unchanged(etag, scoped=scoped)
    links = [*look.itself(), _up(look, layer)]
    if format_of(request) == "html":
        features = [orjson.loads(found.text)]
        page = features_page(layer.title.zh, features, links, look.href(_path(layer)))
        return answer(page.encode(), HTML, etag, scoped=scoped)
    body = feature_text(found.text, links)
    return answer(body, GEOJSON, etag, scoped=scoped, **_content_crs(question.crs))


async def _found(look: Look, question: Question) -> Answer:
    async with look.connection() as conn:
        return await features_of(conn, question)


def _question(look: Look, layer: Layer) -> Question:
    own = RESULTS_OF.get(layer.id, ())
    asked, features = look.request.query_params, layer.shown(in_detail=look.sight.in_detail)
    require_known(look.request, *_SHAPE, *_FILTERS, *own, *properties_asked(features))
    if not asked:
        return Question(layer, look.sight, look.selection)
    since, until = span_of(asked.get("datetime"))
    box, ground = place_of(asked.get("bbox"), crs_of(asked.get("bbox-crs"), "bbox-crs"))
    selection = replace(
        look.selection,
        box=box,
        ground=ground,
        since=since,
        until=until,
        filter=filter_asked(look.request, features),
        order=order_of(features, asked["sortby"]) if "sortby" in asked else (),
        as_of=look.moment.as_of or until,
        job=asked.get("job"),
        assignment=asked.get("assignment"),
    )
    return Question(
        layer,
        look.sight,
        selection,
        limit=limit_of(asked.get("limit")),
        offset=offset_of(asked.get("offset")),
        token=asked.get("token"),
        counted=count_of(asked.get("count")),
        crs=crs_of(asked.get("crs"), "crs"),
        columns=columns_of(features, asked["properties"]) if "properties" in asked else None,
    )


def _following(look: Look, layer: Layer, found: Answer) -> list[Link]:
    if found.token is None:
        return []
    kept = {
        k: v for k, v in look.request.query_params.items() if k not in (*CARRIED, "token", "offset")
    }
    html = format_of(look.request) == "html"
    media_type = HTML if html else GEOJSON
    return [look.link(_path(layer), "next", media_type, "下一页 Next", **kept, token=found.token)]


def _up(look: Look, layer: Layer) -> Link:
    return look.link(f"/collections/{layer.id}", "collection", JSON, layer.title.zh)


def _path(layer: Layer) -> str:
    return f"/collections/{layer.id}/items"


def _content_crs(crs: ServedCrs) -> dict[str, str]:
    return {"Content-Crs": f"<{crs.uri}>"}
