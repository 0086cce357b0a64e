"""The address that signs a browser in."""

from __future__ import annotations

from geo.database import Connection
from geo.tokens import LINK_LIFE, Grant, create_token


async def sign_in_link(conn: Connection, address: str, grant: Grant) -> str:
    """A link to the server at `address` that signs in with `grant`, once and within a day."""
    _, secret = await create_token(conn, grant, kind="sign_in_link", life=LINK_LIFE)
    return f"{address}/sign-in?code={secret}"
