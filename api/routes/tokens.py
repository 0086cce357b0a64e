"""Tokens: made, listed and revoked by administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.dependencies import Admin, Conn
from api.idempotency import created, json_answer
from api.page_tokens import Paging
from api.strict_json import StrictRoute
from geo import audit
from geo.tokens import Grant, Role, TokenRecord, create_token, revoke, tokens_on_file
from relief.divisions import normal_code
from relief.errors import NotFound

router = APIRouter(prefix="/api/tokens", tags=["tokens"], route_class=StrictRoute)


class TokenRequest(BaseModel):
    """What a new token is for."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field(min_length=1, max_length=100, description="who or what carries it")
    role: Literal["viewer", "field", "planner", "operator", "admin"]
    admin_area: str = Field("", max_length=12, description="division code; empty is everywhere")
    authority: Literal["office", "deputy", "director", "government"] | None = None
    department: str | None = Field(None, max_length=100)
    days: int | None = Field(None, ge=1, le=3650, description="how long it holds; empty: no end")

    def grant(self) -> Grant:
        """The same as the store takes it; raises UnknownArea for what is no code."""
        code = normal_code(self.admin_area) if self.admin_area else ""
        return Grant(self.label, Role.of(self.role), code, self.authority, self.department)


@router.post("", status_code=201)
async def make_token(request: Request, who: Admin, conn: Conn, body: TokenRequest) -> Response:
    """The new token; its secret is in this answer and nowhere else, so also in no second one."""
    grant = body.grant()
    who.require_area(grant.admin_area)
    life = timedelta(days=body.days) if body.days else None
    secrets: list[str] = []

    async def work() -> dict[str, Any]:
        token_id, secret = await create_token(conn, grant, life=life)
        secrets.append(secret)
        detail = {"role": body.role, "admin_area": grant.admin_area, "label": body.label}
        await audit.record(conn, who.id, "token.create", str(token_id), detail)
        return {"id": token_id, **detail}

    answer = await created(request, conn, who, work)
    if not secrets:
        return answer
    return json_answer({**orjson.loads(answer.body), "token": secrets[0]}, 201)


@router.get("")
async def list_tokens(_who: Admin, conn: Conn, page: Paging) -> dict[str, Any]:
    """All tokens without their secrets."""
    return page.cut("tokens", [_shown(record) for record in await tokens_on_file(conn)])


@router.delete("/{token_id}", status_code=204)
async def end_token(token_id: int, who: Admin, conn: Conn) -> Response:
    """Revokes a token; it stops working with the next request."""
    async with conn.transaction():
        if not -(2**63) <= token_id < 2**63 or not await revoke(conn, token_id):
            raise NotFound(f"There is no living token {token_id}.")
        await audit.record(conn, who.id, "token.revoke", str(token_id), {})
    return Response(status_code=204)


def _shown(record: TokenRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "prefix": record.prefix,
        "label": record.grant.label,
        "role": record.grant.role.code,
        "admin_area": record.grant.admin_area,
        "authority": record.grant.authority,
        "department": record.grant.department,
        "created_at": record.created_at,
        "expires_at": record.expires_at,
        "revoked_at": record.revoked_at,
    }
