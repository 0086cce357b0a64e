"""Programs that know no more than links and passwords: KML that reloads itself, and Atom."""

import base64
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx

from layers.catalogue import LAYERS

KML, ATOM = "{http://www.opengis.net/kml/2.2}", "{http://www.w3.org/2005/Atom}"
GEORSS = "{http://www.georss.org/georss}"


def by_password(headers: dict[str, str], name: str = "anybody") -> dict[str, str]:
    token = headers["Authorization"].removeprefix("Bearer ")
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{token}".encode()).decode()}


async def test_a_link_for_each_layer_leads_to_what_lies_in_the_view(api: Any, event: str) -> None:
    viewer = by_password(await api.as_role("viewer"))
    answer = await api.client.get(f"/ogc/network-link.kml?event={event}", headers=viewer)
    assert answer.headers["content-type"] == "application/vnd.google-earth.kml+xml"
    links = fromstring(answer.content).findall(f".//{KML}Link")
    assert len(links) == len(LAYERS)
    for link in links:
        href, view = link.findtext(f"{KML}href"), link.findtext(f"{KML}viewFormat")
        assert href is not None
        assert view is not None
        assert f"event={event}" in href
        assert "limit=2000" in href
        for side, degrees in {"West": 113, "South": 37, "East": 114, "North": 38}.items():
            view = view.replace(f"[bbox{side}]", str(degrees))
        loaded = await api.client.get(f"{href}&{view}", headers=viewer)
        assert loaded.status_code == 200, loaded.text
        assert fromstring(loaded.content).tag == f"{KML}kml"


async def feed_of(api: Any, event: str, headers: dict[str, str]) -> httpx.Response:
    answer: httpx.Response = await api.client.get(f"/ogc/feed.atom?event={event}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_the_feed_tells_reports_to_planners_and_the_level_to_all(
    api: Any, event: str, operator: dict[str, str]
) -> None:
    report = {
        "id": "7f1d9f3e-6a0e-4b44-9a50-0d9b3a1f5d11", "kind": "damage",
        "observed_at": "2026-09-15T04:00:00+08:00", "text": "三间房 <倒塌>",
        "location": {"lon": 113.6, "lat": 37.8},
    }  # fmt: skip
    sent = await api.client.post(
        f"/api/events/{event}/field-reports", json=report, headers=operator
    )
    assert sent.status_code == 201, sent.text
    await api.conn.execute(
        "INSERT INTO response_acts (id, event, kind, level, clause, reason, by_whom, at, plan,"
        " evaluation) SELECT 'a1', id, 'start', 'IV', '5.4', '原因', '某人', now(), plan, '{}'"
        " FROM events"
    )
    planner = by_password(await api.as_role("planner"))
    answer = await feed_of(api, event, planner)
    entries = fromstring(answer.content).findall(f"{ATOM}entry")
    titles = {entry.findtext(f"{ATOM}title") for entry in entries}
    assert titles == {"房屋损坏（待核）", "启动四级响应"}
    (place,) = [
        entry.findtext(f"{GEORSS}point")
        for entry in entries
        if entry.find(f"{GEORSS}point") is not None
    ]
    assert place == "37.8 113.6"
    again = await api.client.get(
        f"/ogc/feed.atom?event={event}", headers=planner | {"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    public = await feed_of(api, event, by_password(await api.as_role("viewer")))
    assert "启动四级响应" in public.text
    assert not any(word in public.text for word in ("倒塌", "某人", "原因"))


async def test_basic_is_for_reading_alone_and_asked_for_where_it_serves(
    api: Any, event: str, operator: dict[str, str]
) -> None:
    written = await api.client.post("/api/events", json={}, headers=by_password(operator))
    assert written.status_code == 401
    for path, scheme in {
        "/ogc/network-link.kml": "Basic",
        "/ogc/feed.atom": "Basic",
        "/ogc/collections/shelters/items?f=kml": "Basic",
        "/ogc/collections/shelters/items": "Bearer",
        "/api/events": "Bearer",
    }.items():
        refused = await api.client.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith(scheme)
    for broken in ("Basic", "Basic !", "Basic " + base64.b64encode(b"\xff:x").decode()):
        answer = await api.client.get("/ogc/feed.atom", headers={"Authorization": broken})
        assert answer.status_code == 401
    unknown = await api.client.get("/ogc/feed.atom?token=x", headers=operator)
    assert unknown.status_code == 400


async def test_each_comes_in_its_own_form_alone(api: Any, event: str) -> None:
    viewer = await api.as_role("viewer")
    for path, own in (("network-link.kml", "kml"), ("feed.atom", "atom")):
        answers = [
            (await api.client.get(f"/ogc/{path}?f={form}", headers=viewer)).status_code
            for form in (own, "xlsx")
        ]
        assert answers == [200, 406], path
