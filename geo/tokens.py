"""Tokens: who may ask, in which role and for which area. Only digests of secrets are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Literal

from geo.database import Connection
from relief.divisions import contains

SESSION_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(days=1)
Kind = Literal["token", "session", "sign_in_link"]


class Role(IntEnum):
    """What a token may do; each role may do all that the ones before it may."""

    VIEWER = 1
    FIELD = 2
    PLANNER = 3
    OPERATOR = 4
    ADMIN = 5

    @classmethod
    def of(cls, name: str) -> Role:
        """The role of this lower-case name."""
        return cls[name.upper()]

    @property
    def code(self) -> str:
        """The lower-case name, as the API writes it."""
        return self.name.lower()


@dataclass(frozen=True)
class Grant:
    """What a token stands for; `admin_area` is a code prefix, empty for everywhere."""

    label: str
    role: Role
    admin_area: str = ""
    authority: str | None = None
    department: str | None = None


@dataclass(frozen=True)
class Token:
    """A token on file."""

    id: int
    kind: Kind
    grant: Grant

    def covers(self, admin_area: str) -> bool:
        """Whether the division of that code lies inside the token's."""
        return contains(self.grant.admin_area, admin_area)


async def create_token(
    conn: Connection,
    grant: Grant,
    *,
    kind: Kind = "token",
    life: timedelta | None = None,
    parent: int | None = None,
) -> tuple[int, str]:
    """(id, secret) of a new token; the secret (256 bits) is shown once and never stored.

    A token with a `parent` ends when that one is revoked.
    """
    secret = f"rm_{secrets.token_urlsafe(32)}"
    cursor = await conn.execute(
        "INSERT INTO tokens (secret_sha256, prefix, kind, label, role, admin_area, authority,"
        " department, parent, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, now() + %s::interval)"
        " RETURNING id",
        (
            digest_of(secret),
            secret[:9],
            kind,
            grant.label,
            grant.role.code,
            grant.admin_area,
            grant.authority,
            grant.department,
            parent,
            life,
        ),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row["id"]), secret


async def token_of(conn: Connection, secret: str, kind: Kind) -> Token | None:
    """The living token of this kind with this secret; None when unknown, revoked or expired."""
    cursor = await conn.execute(
        "SELECT t.id, t.kind, t.label, t.role, t.admin_area, t.authority, t.department"
        " FROM tokens AS t LEFT JOIN tokens AS parent ON parent.id = t.parent"
        " WHERE t.secret_sha256 = %s AND t.kind = %s"
        " AND t.revoked_at IS NULL AND parent.revoked_at IS NULL"
        " AND (t.expires_at IS NULL OR t.expires_at > now())",
        (digest_of(secret), kind),
    )
    row = await cursor.fetchone()
    return token_in(row) if row else None


async def session_of_link(conn: Connection, secret: str) -> str | None:
    """The secret of a new session for a sign-in link, which is used up by it; None if it was."""
    async with conn.transaction():
        cursor = await conn.execute(
            "UPDATE tokens SET revoked_at = now() WHERE secret_sha256 = %s"
            " AND kind = 'sign_in_link' AND revoked_at IS NULL AND expires_at > now() RETURNING *",
            (digest_of(secret),),
        )
        row = await cursor.fetchone()
        if row is None:
            return None
        _, session = await create_token(
            conn, token_in(row).grant, kind="session", life=SESSION_LIFE
        )
        return session


async def session_of_token(conn: Connection, secret: str) -> str | None:
    """The secret of a new session with what the token `secret` grants; None if it isn't valid."""
    token = await token_of(conn, secret, "token")
    if token is None:
        return None
    _, session = await create_token(
        conn, token.grant, kind="session", life=SESSION_LIFE, parent=token.id
    )
    return session


async def revoke(conn: Connection, token_id: int) -> bool:
    """Ends a token at once; False when there is no such living token."""
    cursor = await conn.execute(
        "UPDATE tokens SET revoked_at = now() WHERE id = %s AND revoked_at IS NULL", (token_id,)
    )
    return cursor.rowcount == 1


@dataclass(frozen=True)
class TokenRecord:
    """A row of the list of tokens: everything but the secret."""

    id: int
    prefix: str
    grant: Grant
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


async def tokens_on_file(conn: Connection) -> list[TokenRecord]:
    """All tokens that were handed out (no sessions, no links), the newest first."""
    cursor = await conn.execute("SELECT * FROM tokens WHERE kind = 'token' ORDER BY id DESC")
    return [
        TokenRecord(
            row["id"],
            row["prefix"],
            token_in(row).grant,
            row["created_at"],
            row["expires_at"],
            row["revoked_at"],
        )
        for row in await cursor.fetchall()
    ]


def digest_of(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits; a slow digest would keep it no better."""
    return hashlib.sha256(secret.encode()).digest()


def token_in(row: Mapping[str, object]) -> Token:
    """The token of a row of the table."""
    grant = Grant(
        str(row["label"]),
        Role.of(str(row["role"])),
        str(row["admin_area"]),
        row["authority"],  # type: ignore[arg-type]
        row["department"],  # type: ignore[arg-type]
    )
    return Token(row["id"], row["kind"], grant)  # type: ignore[arg-type]
