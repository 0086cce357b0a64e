"""The reporting board over HTTP."""


async def test_who_reported_who_is_silent_and_who_is_late(api, operator, event, post_report):
    await api.client.patch(f"/api/events/{event}", json={"major": True}, headers=operator)
    path = f"/api/events/{event}/reporting"
    before = (await api.client.get(path, headers=operator)).json()
    assert before["late"] == ["140302", "140321"]  # nine hours after the first hour
    assert before["silent"] == ["140302", "140321"]
    posted = (await post_report({"dead": 1})).json()
    after = (
        await api.client.get(path, params={"known_at": posted["recorded_at"]}, headers=operator)
    ).json()
    assert after["silent"] == ["140302"]
    desk = next(desk for desk in after["areas"] if desk["area"] == "140321")
    assert desk["last"]["id"] == posted["id"]
    assert [due["kind"] for due in desk["due"]] == ["first", "daily"]
    assert all(due["clause"] and due["source"] for due in desk["due"])
