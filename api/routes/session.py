"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.dependencies import COOKIE, Caller, Conn, Viewer
from api.idempotency import json_answer
from api.strict_json import StrictRoute
from geo.tokens import SESSION_LIFE, revoke, session_of_link, session_of_token
from relief.errors import NotSignedIn

router = APIRouter(tags=["session"], route_class=StrictRoute)


class TokenIn(BaseModel):
    """A token to sign in with."""

    token: str = Field(max_length=200)


@router.get("/sign-in", include_in_schema=False)
async def sign_in_by_link(request: Request, conn: Conn, code: str = "") -> Response:
    """Turns the link that the server printed into a session; a link works once."""
    session = await session_of_link(conn, code)
    if session is None:
        return RedirectResponse("/?sign-in=used", 303)
    return _with_cookie(RedirectResponse("/", 303), request, session)


@router.post("/api/session", status_code=201)
async def sign_in_by_token(request: Request, conn: Conn, body: TokenIn) -> Response:
    """Turns a token into a browser session."""
    session = await session_of_token(conn, body.token)
    if session is None:
        raise NotSignedIn("This token is unknown, revoked or expired.")
    return _with_cookie(json_answer({"signed_in": True}, 201), request, session)


@router.get("/api/session")
async def who_am_i(who: Viewer) -> dict[str, Any]:
    """The role, area and authority of the caller."""
    return described(who)


@router.delete("/api/session", status_code=204)
async def sign_out(who: Viewer, conn: Conn) -> Response:
    """Ends the browser's session at once."""
    if who.token.kind == "session":
        await revoke(conn, who.id)
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE)
    return answer


def described(who: Caller) -> dict[str, Any]:
    """The caller as the pages show it."""
    grant = who.token.grant
    return {
        "label": grant.label,
        "role": grant.role.code,
        "admin_area": grant.admin_area,
        "authority": grant.authority,
        "department": grant.department,
    }


def _with_cookie(answer: Response, request: Request, session: str) -> Response:
    answer.set_cookie(
        COOKIE,
        session,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer
