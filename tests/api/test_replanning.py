"""Plans over HTTP after something changed, with their options, and beside one another."""

from typing import Any

import pytest

LON, LAT = 113.6, 37.8


@pytest.fixture
async def planner(api) -> dict[str, str]:
    return await api.as_role("planner")


@pytest.fixture
async def quake(api, event: str) -> str:
    """Four households of three by two shelters of six, and a large one 8 km away."""
    for number, (area, groups) in enumerate(
        [("140321100", ["elderly"]), ("140321100", []), ("140321101", []), ("140302", [])], 1
    ):
        await api.conn.execute(
            "INSERT INTO households (id, area, persons, key_groups, geom, source)"
            " VALUES (%s, %s, 3, %s, ST_Point(%s, %s, 4490), 'test')",
            [f"H{number}", area, groups, LON + number / 1000, LAT],
        )
    await api.conn.execute(
        "INSERT INTO house_damage (event, household, grade, source)"
        " SELECT %s, id, 'collapsed', 'test' FROM households",
        [event],
    )
    for one, kind, capacity, east in (
        ("A", "indoor", 6, 0.001),
        ("B", "outdoor", 6, 0.004),
        ("C", "outdoor", 20, 0.090),
    ):
        await api.conn.execute(
            "INSERT INTO shelters (id, name, area, level, kind, capacity, geom, source)"
            " VALUES (%s, %s, '140321100', 'township', %s, %s, ST_Point(%s, %s, 4490), 'test')",
            [one, f"样例·{one}", kind, capacity, LON + east, LAT],
        )
    return event


@pytest.fixture
def planned(api, quake, planner, finished):
    """The plan that a question leads to, with the result of its job."""

    async def plan(headers=None, **body: Any) -> dict[str, Any]:
        return await ended(
            api, finished, headers or planner, f"/api/events/{quake}/assignments", body
        )

    return plan


async def ended(api, finished, headers, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await api.client.post(path, json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    job = await finished(answer.json()["id"], headers)
    assert job["state"] == "done", job
    found = await read(api, headers, f"/api/assignments/{job['result']['assignment']}")
    return {**found, "result": job["result"]}


async def read(api, headers, path: str) -> dict[str, Any]:
    answer = await api.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def seats(api, headers, plan: dict[str, Any]) -> dict[str, str | None]:
    items = (await read(api, headers, f"/api/assignments/{plan['id']}/households"))["items"]
    return {item["household"]: item["shelter"] for item in items}


async def test_a_closed_shelter_moves_its_own_people_alone(api, planned, planner) -> None:
    first = await planned()
    assert await seats(api, planner, first) == {"H1": "A", "H2": "A", "H3": "B", "H4": "B"}
    await api.conn.execute("UPDATE shelters SET state = 'closed' WHERE id = 'B'")
    second = await planned(keep=first["id"])
    assert await seats(api, planner, second) == {"H1": "A", "H2": "A", "H3": "C", "H4": "C"}
    assert second["kept"] == first["id"]
    assert second["replanned"]["moved_people"] == 0
    assert second["shelters_out"] == [
        {"shelter": "B", "name": "样例·B", "people": 6, "reason": "closed"}
    ]
    found = await read(api, planner, f"/api/assignments/{second['id']}/moves")
    assert found["kept"] == first["id"]
    told = [(m["household"], m["from"], m["to"], m["because"]) for m in found["items"]]
    assert told == [("H3", "B", "C", "closed"), ("H4", "B", "C", "closed")]
    assert found["items"][0]["detail"]["en"] == "The shelter has closed."


async def test_moves_come_page_by_page_and_only_from_ones_own_area(api, planned, planner) -> None:
    first = await planned()
    await api.conn.execute("UPDATE shelters SET state = 'closed' WHERE id IN ('A', 'B')")
    second = await planned(keep=first["id"])
    path, seen = f"/api/assignments/{second['id']}/moves?limit=1", []
    while path:
        page = await read(api, planner, path)
        seen += [item["household"] for item in page["items"]]
        path = page["next"]
    assert seen == ["H1", "H2", "H3", "H4"]
    county = await api.as_role("planner", "140321")
    own = await read(api, county, f"/api/assignments/{second['id']}/moves")
    assert [item["household"] for item in own["items"]] == ["H1", "H2", "H3"]


async def test_whoever_has_arrived_is_not_counted_twice(api, planned, planner) -> None:
    first = await planned()
    await api.conn.execute("UPDATE shelters SET occupancy = 6, state = 'full' WHERE id = 'A'")
    await api.conn.execute("UPDATE shelters SET occupancy = 3 WHERE id = 'B'")
    again = await planned(keep=first["id"])
    assert await seats(api, planner, again) == await seats(api, planner, first)
    assert {s["shelter"]: (s["occupancy"], s["free"]) for s in again["shelters"]} == {
        "A": (0, 0),
        "B": (0, 0),
        "C": (0, 20),
    }
    strangers = await planned(keep=first["id"], arrived=False)
    assert strangers["replanned"]["moved_people"] == 3  # one of two must leave B; A took others
    assert set((await seats(api, planner, strangers)).values()) == {"B", "C"}


async def test_new_and_cured_households_and_a_cut_capacity(api, planned, planner) -> None:
    first = await planned()
    await api.conn.execute("DELETE FROM households WHERE id = 'H4'")
    await api.conn.execute("UPDATE shelters SET capacity = 3 WHERE id = 'A'")
    await api.conn.execute(
        "INSERT INTO households (id, area, persons, geom, source)"
        " VALUES ('H9', '140302', 3, ST_Point(%s, %s, 4490), 'test')",
        [LON + 0.09, LAT],
    )
    await api.conn.execute(
        "INSERT INTO house_damage (event, household, grade, source)"
        " SELECT event, 'H9', 'collapsed', 'test' FROM house_damage LIMIT 1"
    )
    second = await planned(keep=first["id"])
    assert await seats(api, planner, second) == {"H1": "A", "H2": "B", "H3": "B", "H9": "C"}
    assert second["replanned"]["moved_people"] == 3
    assert second["replanned"]["no_longer_placed"] == 1
    assert second["replanned"]["cost_bound_m"] <= second["replanned"]["cost_m"] + 1e-6


async def test_households_that_are_not_asked_about_keep_their_places(api, planned, planner) -> None:
    first = await planned()
    second = await planned(keep=first["id"], households={"areas": ["140302"]})
    assert await seats(api, planner, second) == {"H4": "B"}
    free = {s["shelter"]: s["reserved"] for s in second["shelters"]}
    assert free == {"A": 6, "B": 3, "C": 0}


@pytest.mark.parametrize(("price_m", "moves"), [(0, True), (100_000, False)])
async def test_a_new_shelter_draws_people_by_the_price_of_moving(
    api, planned, planner, price_m, moves
) -> None:
    first = await planned(shelters={"ids": ["C"]})
    second = await planned(keep=first["id"], moving_price_m=price_m)
    assert (second["replanned"]["moved_people"] == 12) is moves
    rows = (await read(api, planner, f"/api/assignments/{second['id']}/moves"))["items"]
    assert {row["because"] for row in rows} == ({"worth_moving"} if moves else set())


async def test_two_plans_stand_beside_one_another(api, planned, planner) -> None:
    first = await planned()
    second = await planned(shelters={"ids": ["A"]})
    path = f"/api/assignments/{second['id']}/comparison?with={first['id']}"
    found = await read(api, planner, path)
    assert found["with"]["assigned_people"] == 12
    assert found["this"]["assigned_people"] == 6
    sides = {one["shelter"]: (one["with"], one["this"]) for one in found["shelters"]}
    assert sides["B"][0]["utilisation"] == 1.0
    assert sides["B"][1] is None
    assert found["left_over"]["only_this"]["persons"] == 6
    assert found["left_over"]["only_with"]["persons"] == 0
    assert found["flows"] == [
        {"from": "B", "to": None, "kind": "left_over", "households": 2, "persons": 6}
    ]
    assert [one["household"] for one in found["moves"]] == ["H3", "H4"]


async def test_plans_of_different_events_are_not_compared(api, planned, planner, operator) -> None:
    first = await planned()
    other = await other_event(api, operator)
    await api.conn.execute(
        "INSERT INTO house_damage (event, household, grade, source)"
        " SELECT %s, household, grade, 'test' FROM house_damage",
        [other],
    )
    path = f"/api/events/{other}/assignments"
    refused = await api.client.post(path, json={"keep": first["id"]}, headers=planner)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["at"] == "/keep"
    path = f"/api/assignments/{first['id']}/comparison?with=none"
    assert (await api.client.get(path, headers=planner)).status_code == 404
    path = f"/api/assignments/{first['id']}/moves"
    assert (await api.client.get(path, headers=planner)).status_code == 404


async def other_event(api, operator) -> str:
    body = {"hazard": "flood", "occurred_at": "2026-09-14T02:17:00+08:00", "area": "140300"}
    answer = await api.client.post("/api/events", json=body, headers=operator)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_plan_of_another_area_is_not_kept(api, quake, planned) -> None:
    first = await planned()
    county = await api.as_role("planner", "140321")
    path = f"/api/events/{quake}/assignments"
    answer = await api.client.post(path, json={"keep": first["id"]}, headers=county)
    assert answer.status_code == 422
    assert "140321" in answer.json()["detail"]


@pytest.mark.parametrize("at", ["weights", "keep_together"])
async def test_what_does_not_go_with_keeping_is_refused(api, quake, planned, planner, at) -> None:
    first = await planned()
    more = {"weights": {"elderly": 2}} if at == "weights" else {"keep_together": "village"}
    body = {"keep": first["id"], **more}
    path = f"/api/events/{quake}/assignments"
    answer = await api.client.post(path, json=body, headers=planner)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == f"/{at}"


async def test_a_shelter_within_a_hazard_is_out_and_said_why(api, planned, planner) -> None:
    await api.conn.execute(
        "INSERT INTO flood_areas (id, name, geom, position_error_m, source) VALUES ('W', '样例',"
        " ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4490)), 5, 'test')",
        [LON + 0.003, LAT - 0.001, LON + 0.005, LAT + 0.001],
    )
    plan = await planned()
    assert "B" not in (await seats(api, planner, plan)).values()
    [unsafe] = plan["unsafe_shelters"]
    assert (unsafe["shelter"], unsafe["taken"]) == ("B", False)
    [danger] = unsafe["dangers"]
    assert (danger["layer"], danger["feature"], danger["distance_m"]) == ("flood_areas", "W", 0)
    assert danger["rule"]["zh"]
    assert danger["sources"]
    allowed = await planned(unsafe="allow")
    assert allowed["unsafe_shelters"][0]["taken"] is True
    assert "B" in (await seats(api, planner, allowed)).values()
    kept = await planned(keep=allowed["id"])
    assert [one["reason"] for one in kept["shelters_out"]] == ["unsafe"]


async def test_when_every_shelter_is_unsafe_the_job_says_so(api, quake, planner, finished) -> None:
    await api.conn.execute(
        "INSERT INTO flood_areas (id, name, geom, source) VALUES ('W', '样例',"
        " ST_Multi(ST_MakeEnvelope(113, 37, 114, 38.5, 4490)), 'test')"
    )
    path = f"/api/events/{quake}/assignments"
    answer = await api.client.post(path, json={}, headers=planner)
    job = await finished(answer.json()["id"], planner)
    assert job["state"] == "failed"
    assert "within a hazard" in job["problem"]["detail"]


async def test_indoor_only_and_a_reserve_narrow_the_places(api, planned) -> None:
    indoor = await planned(indoor_only=True)
    assert [s["shelter"] for s in indoor["shelters"]] == ["A"]
    assert indoor["unassigned_people"] == 6
    reserve = await planned(reserve_share=0.5)
    kept_free = {s["shelter"]: (s["reserved"], s["free"]) for s in reserve["shelters"]}
    assert kept_free == {"A": (3, 3), "B": (3, 3), "C": (10, 14)}


async def test_villages_stay_together_and_weights_bring_the_weak_nearer(api, planned, planner):
    await api.conn.execute(
        "INSERT INTO admin_areas (code, level, parent, name, source)"
        " VALUES ('140321100001', 'village', '140321100', '样例村', 'test')"
    )
    await api.conn.execute("UPDATE households SET area = '140321100001' WHERE id <> 'H4'")
    together = await planned(keep_together="village")
    found = await seats(api, planner, together)
    assert {found[one] for one in ("H1", "H2", "H3")} == {"C"}
    assert together["split"] == []
    apart = await planned(keep_together="village", shelters={"ids": ["A", "B"]})
    [split] = apart["split"]
    assert split["village"] == "140321100001"
    assert "最多只能容纳 6 人" in split["detail"]["zh"]
    weighted = await planned(weights={"elderly": 3})
    assert (await seats(api, planner, weighted))["H1"] == "A"
    assert weighted["lower_bound"] <= weighted["person_metres"]


async def test_the_answer_tells_how_far_how_full_and_what_is_short(api, planned, planner) -> None:
    plan = await planned(shelters={"ids": ["A", "B"]}, households={"damage": []})
    walked = plan["distance_percentiles"]
    assert 0 <= walked["p50"] <= walked["p90"] <= walked["max"] < 400
    assert all(s["utilisation"] == 1.0 for s in plan["shelters"])
    assert all(s["distance_percentiles"]["max"] <= walked["max"] for s in plan["shelters"])
    short = await planned(shelters={"ids": ["A"]})
    [shortage] = short["shortages"]
    assert shortage["reason"] == "all_reachable_shelters_full"
    assert shortage["persons"] == 6
    assert "12 人只能到达 1 处" in shortage["detail"]["zh"]
    assert "6 short" in shortage["detail"]["en"]


async def test_the_flows_of_one_plan_are_lines_on_the_map(api, planned, planner) -> None:
    first = await planned()
    await planned(shelters={"ids": ["C"]})
    flows = next(one["href"] for one in first["links"] if one["rel"] == "flows")
    found = await read(api, await api.as_role("viewer"), flows)
    assert {f["properties"]["shelter"] for f in found["features"]} == {"A", "B"}
    assert {f["properties"]["assignment"] for f in found["features"]} == {first["id"]}
    assert sum(f["properties"]["persons"] for f in found["features"]) == 12
    lines = await read(api, planner, flows)
    assert {f["geometry"]["type"] for f in lines["features"]} == {"LineString"}


async def test_the_same_data_gives_the_same_plan_again(api, planned, planner, finished) -> None:
    first = await planned(priority=["elderly"])
    path = f"/api/assignments/{first['id']}/runs"
    again = await ended(api, finished, planner, path, {})
    assert again["data_version"] == first["data_version"]
    assert again["parameters"] == first["parameters"]
    assert await seats(api, planner, again) == await seats(api, planner, first)
    same = ("person_metres", "lower_bound", "gap", "distance_percentiles", "shelters")
    assert {name: again[name] for name in same} == {name: first[name] for name in same}
    await api.conn.execute("UPDATE shelters SET capacity = 3 WHERE id = 'A'")
    later = await ended(api, finished, planner, path, {})
    assert later["data_version"]["shelters"] != first["data_version"]["shelters"]
    assert later["data_version"]["households"] == first["data_version"]["households"]


async def test_only_planners_of_the_whole_area_run_it_again(api, planned) -> None:
    first = await planned()
    path = f"/api/assignments/{first['id']}/runs"
    for role, area, status in (
        ("viewer", "1403", 403),
        ("planner", "140321", 403),
        ("planner", "6542", 404),
    ):
        headers = await api.as_role(role, area)
        assert (await api.client.post(path, json={}, headers=headers)).status_code == status


async def test_two_planners_at_once_make_two_whole_plans(api, quake, planner, finished) -> None:
    other = await api.as_role("planner")
    path = f"/api/events/{quake}/assignments"
    started = [
        (await api.client.post(path, json={}, headers=headers)).json()["id"]
        for headers in (planner, other)
    ]
    results = [(await finished(one, planner))["result"] for one in started]
    assert len({one["assignment"] for one in results}) == 2
    for one in results:
        plan = await read(api, planner, f"/api/assignments/{one['assignment']}")
        assert sum(s["assigned_people"] for s in plan["shelters"]) == 12
