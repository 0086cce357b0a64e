"""Persons are registered before they are identified, matched, and never merged silently."""

from typing import Any

PERSON = {
    "area": "140321100",
    "status": "missing",
    "as_of": "2026-09-15T04:00:00+08:00",
    "source": "平定县应急管理局",
    "name": "样例张伟",
    "age": 45,
    "sex": "male",
    "id_number": "000000198101010000",
}


async def test_what_stood_before_is_told_masked_and_inside_ones_area(
    api: Any, operator: Any, event: str
) -> None:
    path = f"/api/events/{event}/persons"
    first = (await api.client.post(path, json=PERSON, headers=operator)).json()["id"]
    later = {"status": "found", "as_of": "2026-09-15T06:00:00+08:00", "supersedes": first}
    second = (await api.client.post(path, json=PERSON | later, headers=operator)).json()["id"]
    about = f"{path}/{second}/history"
    [entry] = (await api.client.get(about, headers=operator)).json()["history"]
    assert (entry["id"], entry["status"]) == (first, "missing")
    assert entry["id_number"] == "000000********0000"
    nothing = await api.client.get(f"{path}/{first}/history", headers=operator)
    assert nothing.json() == {"history": []}
    outside = await api.as_role("planner", "140302")
    assert (await api.client.get(about, headers=outside)).status_code == 403
    assert (await api.client.get(about, headers=await api.as_role("field"))).status_code == 403


async def test_two_departments_name_one_person(api: Any, operator: Any, event: str) -> None:
    path = f"/api/events/{event}/persons"
    ours = await api.client.post(path, json=PERSON, headers=operator)
    assert ours.status_code == 201, ours.text
    assert ours.json()["id_number"] == "000000********0000"
    heard = {"name": "样例章伟", "age": 46, "status": "dead", "source": "公安", "id_number": None}
    later = "2026-09-15T06:00:00+08:00"
    theirs = await api.client.post(path, json=PERSON | heard | {"as_of": later}, headers=operator)
    nameless = {"area": "140321", "status": "dead", "as_of": later, "source": "现场"}
    assert (await api.client.post(path, json=nameless, headers=operator)).status_code == 201

    listed = (await api.client.get(path, headers=operator)).json()
    assert listed["registered"] == {"dead": 2, "missing": 1}
    [pair] = (await api.client.get(f"{path}/matches", headers=operator)).json()["matches"]
    assert {pair["first"]["id"], pair["second"]["id"]} == {ours.json()["id"], theirs.json()["id"]}
    verdict = {
        "first": ours.json()["id"],
        "second": theirs.json()["id"],
        "same": True,
        "reason": "家属辨认",
        "by": "会商",
    }
    assert (
        await api.client.post(f"{path}/matches", json=verdict, headers=operator)
    ).status_code == 201
    after = (await api.client.get(path, headers=operator)).json()
    assert after["registered"] == {"dead": 2}
    assert len(after["persons"]) == 3
    assert (await api.client.get(f"{path}/matches", headers=operator)).json()["matches"] == []


async def test_an_id_number_is_shown_for_a_reason_that_is_kept(api, operator, event) -> None:
    path = f"/api/events/{event}/persons"
    person = (await api.client.post(path, json=PERSON, headers=operator)).json()["id"]
    planner = await api.as_role("planner")
    body = {"reason": "家属认领"}
    refused = await api.client.post(f"{path}/{person}/id-number", json=body, headers=planner)
    assert refused.status_code == 403
    shown = await api.client.post(f"{path}/{person}/id-number", json=body, headers=operator)
    assert shown.json()["id_number"] == PERSON["id_number"]
    cursor = await api.conn.execute("SELECT detail FROM audit WHERE action = 'person.unmask'")
    assert [row["detail"]["reason"] for row in await cursor.fetchall()] == ["家属认领"]


async def test_persons_stay_inside_their_area(api, operator, event) -> None:
    path = f"/api/events/{event}/persons"
    person = (await api.client.post(path, json=PERSON, headers=operator)).json()["id"]
    neighbour = await api.as_role("operator", "140302")
    assert (await api.client.get(path, headers=neighbour)).json()["persons"] == []
    assert (await api.client.post(path, json=PERSON, headers=neighbour)).status_code == 403
    answer = await api.client.post(
        f"{path}/{person}/id-number", json={"reason": "x"}, headers=neighbour
    )
    assert answer.status_code == 403
    viewer = await api.as_role("viewer")
    assert (await api.client.get(path, headers=viewer)).status_code == 403


async def test_an_entry_is_corrected_by_a_new_one(api, operator, event) -> None:
    path = f"/api/events/{event}/persons"
    wrong = (await api.client.post(path, json=PERSON, headers=operator)).json()["id"]
    right = PERSON | {"status": "found", "supersedes": wrong}
    assert (await api.client.post(path, json=right, headers=operator)).status_code == 201
    assert (await api.client.post(path, json=right, headers=operator)).status_code == 409
    listed = (await api.client.get(path, headers=operator)).json()
    assert listed["registered"] == {"found": 1}
    for bad in ({"age": 200}, {"area": "140302"}, {"as_of": "2026-09-14T00:00:00+08:00"}):
        answer = await api.client.post(path, json=PERSON | bad, headers=operator)
        assert answer.status_code == (201 if bad == {"area": "140302"} else 422)
