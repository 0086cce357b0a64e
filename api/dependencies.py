"""What routes ask for: a connection, the caller, and the right to do it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request

from geo.database import Connection, Pool
from geo.tokens import Kind, Role, Token, token_of
from relief.divisions import contains
from relief.errors import Forbidden, NotSignedIn

COOKIE = "reliefmap_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def connection(request: Request) -> AsyncIterator[Connection]:
    """A connection of the pool for the length of the request; rows are dicts."""
    pool: Pool = request.app.state.pool
    async with pool.connection() as conn:
        yield conn


Conn = Annotated[Connection, Depends(connection)]


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    token: Token

    @property
    def id(self) -> int:
        """The token's number, as the audit writes it."""
        return self.token.id

    @property
    def role(self) -> Role:
        """What the token may do."""
        return self.token.grant.role

    @property
    def admin_area(self) -> str:
        """The code prefix that bounds what it sees; empty is everywhere."""
        return self.token.grant.admin_area

    def require(self, role: Role) -> None:
        """Raises Forbidden unless the caller's role is at least `role`."""
        if self.role < role:
            raise Forbidden(
                f"This needs the role {role.code}; your token has the role {self.role.code}."
            )

    def require_area(self, code: str) -> None:
        """Raises Forbidden unless the division `code` lies inside the caller's."""
        if not self.token.covers(code):
            raise Forbidden(
                f"Your token is for the area {self.admin_area}; {code} lies outside it."
            )

    def part_of(self, code: str) -> str:
        """The part of the division `code` that the caller works in: all of it, or its own area.

        Raises Forbidden where the two don't meet.
        """
        if contains(self.admin_area, code):
            return code
        if contains(code, self.admin_area):
            return self.admin_area
        raise Forbidden(f"Your token is for the area {self.admin_area}; {code} lies outside it.")


async def caller(request: Request, conn: Conn) -> Caller:
    """The caller by bearer token or session cookie; raises NotSignedIn (401) without either."""
    return signed_in(await token_of(conn, *credentials(request)))


def signed_in(token: Token | None) -> Caller:
    """Who holds the token; raises NotSignedIn where its secret stands for none."""
    if token is None:
        raise NotSignedIn(
            "This token is unknown, revoked or expired. Ask the administrator for a new one."
        )
    return Caller(token)


def credentials(request: Request) -> tuple[str, Kind]:
    """(secret, kind of token) that the request came with; raises NotSignedIn for none."""
    secret, kind = _credentials(request)
    if not secret:
        raise NotSignedIn(
            "Send 'Authorization: Bearer TOKEN', or open a sign-in link in the browser."
        )
    return secret, kind


def _credentials(request: Request) -> tuple[str | None, Kind]:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return secret.strip(), "token"
    if scheme.lower() == "basic" and request.method in SAFE_METHODS:
        return basic_password(secret), "token"
    cookie = request.cookies.get(COOKIE)
    if cookie and request.method not in SAFE_METHODS:
        _require_own_page(request)
    return cookie, "session"


def basic_password(secret: str) -> str | None:
    """The password of a Basic header, where programs that know no bearer put their token."""
    try:
        return base64.b64decode(secret, validate=True).decode().partition(":")[2].strip()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _require_own_page(request: Request) -> None:
    """A cookie goes along with forged forms too; a header of our own does not."""
    if request.headers.get("x-requested-with") != "reliefmap":
        raise Forbidden("With a cookie, send the header 'X-Requested-With: reliefmap' as well.")


def at_least(role: Role) -> Callable[[Caller], Coroutine[Any, Any, Caller]]:
    """A dependency: the caller, whose role is `role` or above."""

    async def checked(who: Annotated[Caller, Depends(caller)]) -> Caller:
        who.require(role)
        return who

    return checked


Viewer = Annotated[Caller, Depends(at_least(Role.VIEWER))]
Field = Annotated[Caller, Depends(at_least(Role.FIELD))]
Planner = Annotated[Caller, Depends(at_least(Role.PLANNER))]
Operator = Annotated[Caller, Depends(at_least(Role.OPERATOR))]
Admin = Annotated[Caller, Depends(at_least(Role.ADMIN))]


def clock(request: Request) -> datetime:
    """The server's time in UTC; an app made for tests may carry another clock."""
    now: Callable[[], datetime] = getattr(request.app.state, "clock", system_clock)
    return now()


def system_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(clock)]
