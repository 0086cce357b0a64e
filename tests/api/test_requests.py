"""What holds for every address: types of bodies, methods, heads, ETags, the shape of refusals."""

import httpx
import pytest
from fastapi import FastAPI

from api import errors

JSON_BODY = b'{"figures": {"dead": 12}, "plan": "yangquan-2026"}'


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", None])
async def test_a_body_of_another_type_is_told_which_to_take(api, operator, media_type) -> None:
    headers = operator | ({"Content-Type": media_type} if media_type else {})
    sent = {"content": JSON_BODY, "headers": headers}
    answer = await api.client.post("/api/response-level", **sent)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")
    assert "Content-Type: application/json" in answer.json()["detail"]


async def test_a_body_of_another_type_shows_a_stranger_nothing_else_than_401(api) -> None:
    assert (await api.client.post("/api/events", content=b"x")).status_code == 401


async def test_json_of_another_shape_is_no_matter_of_its_type(api, operator) -> None:
    for body in (b"[]", b"null", b'"x"'):
        headers = operator | {"Content-Type": "application/merge-patch+json"}
        answer = await api.client.post("/api/response-level", content=body, headers=headers)
        assert answer.status_code == 422


async def test_an_address_tells_all_that_can_be_done_there(api, operator) -> None:
    answer = await api.client.put("/api/events", headers=operator)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.json()["code"] == "method_not_allowed"


async def test_an_address_of_nothing_is_named(api, operator) -> None:
    problem = (await api.client.get("/api/nowhere", headers=operator)).json()
    assert "/api/nowhere" in problem["detail"]
    assert set(problem) == {"type", "title", "status", "detail", "code", "errors"}


@pytest.mark.parametrize(
    "path", ["/api/events", "/ogc/api", "/ogc/collections/shelters/schema", "/api/plans"]
)
async def test_reads_have_an_etag_and_a_head(api, operator, path) -> None:
    read = await api.client.get(path, headers=operator)
    head = await api.client.head(path, headers=operator)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == read.headers["etag"]
    held = operator | {"If-None-Match": read.headers["etag"]}
    assert (await api.client.get(path, headers=held)).status_code == 304


async def test_tables_of_casualties_have_an_etag(api, operator, event) -> None:
    for form in ("geojson", "csv"):
        path = f"/api/events/{event}/casualties?f={form}"
        etag = (await api.client.get(path, headers=operator)).headers["etag"]
        held = operator | {"If-None-Match": etag}
        assert (await api.client.get(path, headers=held)).status_code == 304


async def test_lists_come_page_by_page(api, operator, event, post_report) -> None:
    for hour in range(4, 9):
        await post_report({"dead": 1}, as_of=f"2026-09-15T{hour:02}:00:00+08:00")
    path = f"/api/events/{event}/loss-reports"
    whole = (await api.client.get(path, headers=operator)).json()
    assert (len(whole["reports"]), whole["next"]) == (5, None)
    joined, following = [], f"{path}?limit=2&known_at=2100-01-01T00:00:00Z"
    while following:
        page = (await api.client.get(following, headers=operator)).json()
        joined, following = joined + page["reports"], page["next"]
    assert joined == whole["reports"]


async def test_each_list_takes_its_own_tokens_only(api, event) -> None:
    admin = await api.as_role("admin", "")
    await api.as_role("viewer")
    first = (await api.client.get("/api/tokens?limit=1", headers=admin)).json()
    rest = (await api.client.get(first["next"], headers=admin)).json()
    assert first["tokens"][0]["id"] not in [token["id"] for token in rest["tokens"]]
    token = first["next"].partition("token=")[2]
    lists = ("/api/events", f"/api/events/{event}/loss-reports", f"/api/events/{event}/assignments")
    for path in lists:
        for wrong in (token, "x", ""):
            answer = await api.client.get(f"{path}?token={wrong}", headers=admin)
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_a_fault_of_the_program_is_a_problem_too() -> None:
    app = FastAPI()
    errors.install(app)
    app.add_api_route("/", lambda: 1 / 0)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["content-type"] == "application/problem+json"
