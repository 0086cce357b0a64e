"""The layers for programs that know no more than links: KML that reloads itself, and Atom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from layers.columns import REPORT_KINDS, REPORT_STATES
from layers.layer import Layer
from relief.vocabulary import Level

LINKED = 2000
"""Features that a link shows of a view, by their ids; coming nearer shows the others."""

REFRESH_S = 60
_KML = "http://www.opengis.net/kml/2.2"
_ATOM, _GEORSS = "http://www.w3.org/2005/Atom", "http://www.georss.org/georss"
_ACTS = {
    "proposal": "建议启动",
    "start": "启动",
    "refusal": "不予启动",
    "termination": "终止",
}
_LEVELS = {level.value: level.zh for level in Level}
_NEVER = "1970-01-01T00:00:00+00:00"
_VIEW = "bbox=[bboxWest],[bboxSouth],[bboxEast],[bboxNorth]"


def network_link(layers: Sequence[tuple[Layer, str]]) -> bytes:
    """KML with a link for each layer and the address of its items, which reload by themselves."""
    root = Element("kml", xmlns=_KML)
    document = SubElement(root, "Document")
    _say(document, name="态势图 reliefmap", open="1")
    _say(document, description=f"每个视图每个图层最多 {LINKED} 个要素（按编号），放大可见其余。")
    for layer, address in layers:
        link = SubElement(document, "NetworkLink")
        _say(link, name=layer.title.zh, visibility="1" if layer.of_event else "0")
        _say(
            SubElement(link, "Link"),
            href=address,
            refreshMode="onInterval",
            refreshInterval=str(REFRESH_S),
            viewRefreshMode="onStop",
            viewRefreshTime="1",
            viewFormat=_VIEW,
        )
    return _written(root)


@dataclass(frozen=True)
class Entry:
    """Something that happened; `place` is (lon, lat)."""

    id: str
    title: str
    at: datetime | str
    summary: str
    place: tuple[float, float] | None = None


def act_entry(act: Mapping[str, Any]) -> Entry:
    """An act on the event's level."""
    title = f"{_ACTS[act['kind']]}{_LEVELS[act['level']]}响应"
    return Entry(f"urn:reliefmap:act:{act['id']}", title, act["recorded_at"], act["clause"])


def report_entry(feature: Mapping[str, Any]) -> Entry:
    """A report from the field."""
    told = feature["properties"]
    kind, state = REPORT_KINDS[told["kind"]].zh, REPORT_STATES[told["state"]].zh
    where = feature["geometry"]
    return Entry(
        f"urn:uuid:{feature['id']}",
        f"{kind}（{state}）",
        told["received_at"],
        told["text"] or "",
        tuple(where["coordinates"][:2]) if where else None,
    )


def feed(title: str, address: str, entries: Sequence[Entry]) -> bytes:
    """Atom with places as GeoRSS, the newest first; the same bytes for the same entries."""
    newest = max((_moment(entry.at) for entry in entries), default=_NEVER)
    root = Element("feed", {"xmlns": _ATOM, "xmlns:georss": _GEORSS})
    _say(root, id=address, title=title, updated=newest)
    SubElement(root, "link", rel="self", href=address, type="application/atom+xml")
    _say(SubElement(root, "author"), name="reliefmap")
    for entry in sorted(entries, key=lambda entry: _moment(entry.at), reverse=True):
        item = SubElement(root, "entry")
        _say(item, id=entry.id, title=entry.title, updated=_moment(entry.at))
        _say(item, summary=entry.summary)
        if entry.place is not None:
            _say(item, **{"georss:point": f"{entry.place[1]} {entry.place[0]}"})
    return _written(root)


def _moment(at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(UTC).isoformat()


def _say(parent: Element, **texts: str) -> None:
    """A child with that text for each name."""
    for name, text in texts.items():
        SubElement(parent, name).text = text


def _written(root: Element) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}'.encode()
