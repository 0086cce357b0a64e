"""For programs that know no more than links and passwords: KML that reloads itself, and Atom.

They sign in by Basic, with the token as the password and any name.
"""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import Conn
from api.routes.ogc_answers import Looking, answer
from api.routes.ogc_requests import require_form, require_known
from geo.response_acts import acts_of
from layers.catalogue import LAYERS, layer_by_id
from layers.downloads import FORMS
from layers.features import Question, features_of
from layers.feeds import LINKED, Entry, act_entry, feed, network_link, report_entry
from layers.queryables import order_of

router = APIRouter()

ATOM = "application/atom+xml; charset=utf-8"
_ENTRIES = 200


@router.get("/network-link.kml")
async def get_network_link(look: Looking) -> Response:
    """A link for each collection, which loads what lies in the view."""
    require_known(look.request)
    require_form(look.request, "kml")
    asked = {"f": "kml", "limit": str(LINKED)}
    linked = [
        (layer, look.href(f"/collections/{layer.id}/items", **asked)) for layer in LAYERS.values()
    ]
    return answer(network_link(linked), FORMS["kml"].media_type, scoped=True)


@router.get("/feed.atom")
async def get_feed(look: Looking, conn: Conn) -> Response:
    """The event's newest reports from the field, to who may see them, and acts on its level."""
    require_known(look.request)
    require_form(look.request, "atom")
    entries: list[Entry] = []
    if look.event is not None:
        acts = await acts_of(conn, look.event, look.moment)
        entries = [act_entry(act) for act in acts[-_ENTRIES:]]
    if look.event is not None and look.sight.in_detail:
        layer = layer_by_id("field_reports")
        newest = replace(look.selection, order=order_of(layer.features, "-received_at"))
        asked = Question(layer, look.sight, newest, limit=_ENTRIES, counted=False)
        found = await features_of(conn, asked)
        entries += [report_entry(feature) for feature in found.features]
    title = f"最新上报与响应（各最多 {_ENTRIES} 条）"
    return answer(feed(title, look.href("/feed.atom"), entries), ATOM, scoped=True)
