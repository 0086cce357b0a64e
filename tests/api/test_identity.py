"""Who may come in, and who is told to stay out."""

from datetime import timedelta

import pytest

from geo import audit
from geo.demo_tokens import demo_grants, write_demo_tokens
from geo.tokens import Grant, Role, create_token, revoke

ROLES = ["viewer", "field", "planner", "operator", "admin"]
OPEN = ["/healthz", "/readyz"]
LOWEST_ROLE = {
    ("GET", "/api/events"): "viewer",
    ("GET", "/api/session"): "viewer",
    ("GET", "/api/plans"): "viewer",
    ("POST", "/api/response-level"): "viewer",
    ("POST", "/api/siting"): "planner",
    ("POST", "/api/imports/shelters"): "planner",
    ("POST", "/api/events/none/assignments"): "planner",
    ("POST", "/api/events"): "operator",
    ("PATCH", "/api/events/none"): "operator",
    ("POST", "/api/events/none/loss-reports"): "operator",
    ("GET", "/api/tokens"): "admin",
    ("POST", "/api/tokens"): "admin",
    ("DELETE", "/api/tokens/1"): "admin",
}


async def test_only_health_is_open(api) -> None:
    for path in OPEN:
        assert (await api.client.get(path)).status_code == 200
    for method, path in LOWEST_ROLE:
        answer = await api.client.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), path
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("route", "lowest"), LOWEST_ROLE.items())
async def test_a_role_below_is_refused_and_the_lowest_is_let_in(api, route, lowest) -> None:
    method, path = route
    for role in ROLES:
        headers = await api.as_role(role)
        answer = await api.client.request(method, path, json={}, headers=headers)
        if ROLES.index(role) < ROLES.index(lowest):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), role
        else:
            assert answer.status_code not in {401, 403}, (role, answer.text)


async def test_a_sign_in_link_works_once(api) -> None:
    grant = Grant("sign-in link", Role.ADMIN)
    _, code = await create_token(api.conn, grant, kind="sign_in_link", life=timedelta(days=1))
    first = await api.client.get("/sign-in", params={"code": code})
    assert first.status_code == 303
    assert first.headers["location"] == "/"
    assert "HttpOnly" in first.headers["set-cookie"]
    seen = await api.client.get("/api/session")
    assert seen.json()["role"] == "admin"
    api.client.cookies.clear()
    again = await api.client.get("/sign-in", params={"code": code})
    assert "set-cookie" not in again.headers
    assert (await api.client.get("/api/session")).status_code == 401


async def test_a_link_is_no_bearer_token_and_a_session_neither(api) -> None:
    for kind in ("sign_in_link", "session"):
        _, secret = await create_token(api.conn, Grant("x", Role.ADMIN), kind=kind)
        answer = await api.client.get("/api/events", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 401


async def test_a_revoked_token_ends_with_its_sessions(api) -> None:
    number, secret = await create_token(api.conn, Grant("duty desk", Role.OPERATOR, "1403"))
    assert (await api.client.post("/api/session", json={"token": secret})).status_code == 201
    assert (await api.client.get("/api/session")).json()["label"] == "duty desk"
    await revoke(api.conn, number)
    assert (await api.client.get("/api/session")).status_code == 401
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await api.client.get("/api/events", headers=headers)).status_code == 401


async def test_an_expired_token_is_refused(api) -> None:
    grant = Grant("yesterday", Role.VIEWER)
    _, secret = await create_token(api.conn, grant, life=timedelta(days=-1))
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await api.client.get("/api/events", headers=headers)).status_code == 401


async def test_a_forged_form_can_not_use_the_cookie(api) -> None:
    _, secret = await create_token(api.conn, Grant("admin", Role.ADMIN))
    await api.client.post("/api/session", json={"token": secret})
    body = {"label": "x", "role": "viewer"}
    assert (await api.client.post("/api/tokens", json=body)).status_code == 403
    own = {"X-Requested-With": "reliefmap"}
    assert (await api.client.post("/api/tokens", json=body, headers=own)).status_code == 201


async def test_tokens_are_made_listed_and_ended_and_all_of_it_is_audited(api) -> None:
    admin = await api.as_role("admin", "")
    body = {"label": "county desk", "role": "operator", "admin_area": "140321"}
    made = (await api.client.post("/api/tokens", json=body, headers=admin)).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert (await api.client.get("/api/session", headers=headers)).json()["admin_area"] == "140321"
    listed = await api.client.get("/api/tokens", headers=admin)
    assert made["token"] not in listed.text
    ended = await api.client.delete(f"/api/tokens/{made['id']}", headers=admin)
    assert ended.status_code == 204
    assert (await api.client.get("/api/session", headers=headers)).status_code == 401
    assert await audit.broken_link(api.conn) is None
    await api.conn.execute("UPDATE audit SET subject = 'other' WHERE action = 'token.create'")
    assert await audit.broken_link(api.conn) is not None


async def test_an_administrator_of_a_county_makes_no_token_beyond_it(api) -> None:
    county = await api.as_role("admin", "140321")
    body = {"label": "x", "role": "viewer", "admin_area": "140302"}
    assert (await api.client.post("/api/tokens", json=body, headers=county)).status_code == 403
    everywhere = {"label": "x", "role": "viewer"}
    answer = await api.client.post("/api/tokens", json=everywhere, headers=county)
    assert answer.status_code == 403


async def test_secrets_are_not_in_the_store(api) -> None:
    _, secret = await create_token(api.conn, Grant("x", Role.VIEWER))
    cursor = await api.conn.execute("SELECT tokens::text AS row FROM tokens")
    assert not [row for row in await cursor.fetchall() if secret in row["row"]]


async def test_the_demo_tokens_are_kept_while_they_hold_good(api, tmp_path) -> None:
    path = await write_demo_tokens(api.conn, "1403", tmp_path)
    first = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    await write_demo_tokens(api.conn, "1403", tmp_path)
    assert path.read_bytes() == first
    assert set(demo_grants("1403")) == {*ROLES, "office", "deputy", "director", "government"}


async def test_the_same_key_makes_one_token_whose_secret_is_told_once(api) -> None:
    headers = await api.as_role("admin", "") | {"Idempotency-Key": "9c1f"}
    body = {"label": "other system", "role": "viewer", "admin_area": "1403"}
    first = await api.client.post("/api/tokens", json=body, headers=headers)
    again = await api.client.post("/api/tokens", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {key: first.json()[key] for key in ("id", "role", "admin_area", "label")}
    cursor = await api.conn.execute("SELECT answer::text FROM idempotency_keys")
    assert first.json()["token"] not in (await cursor.fetchone())["answer"]


async def test_a_revoked_token_opens_no_layer_from_then_on(api) -> None:
    token_id, secret = await create_token(api.conn, Grant("phone", Role.VIEWER, "1403"))
    headers = {"Authorization": f"Bearer {secret}"}
    counties = "/ogc/collections/counties"
    paths = [f"{counties}/items", f"{counties}/items/140302", f"{counties}/items?f=csv"]
    paths.append(f"{counties}/tiles/WebMercatorQuad/6/24/52")
    held = {path: (await api.client.get(path, headers=headers)).headers["etag"] for path in paths}
    for path, etag in held.items():
        again = await api.client.get(path, headers=headers | {"If-None-Match": etag})
        assert again.status_code == 304, path
    assert await revoke(api.conn, token_id)
    for path, etag in held.items():
        for asked in (headers, headers | {"If-None-Match": etag}):
            assert (await api.client.get(path, headers=asked)).status_code == 401, path
