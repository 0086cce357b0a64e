"""`reliefmap token`: tokens for other systems and sign-in links, made at the server itself."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from api.commands.command import Answer, Subcommands, add_command
from api.sign_in_link import sign_in_link
from geo import audit
from geo.database import Connection, connected
from geo.migration import require_current
from geo.settings import Settings
from geo.store import opened
from geo.tokens import Grant, Role, create_token, revoke, tokens_on_file
from relief.divisions import normal_code
from relief.errors import NotFound

AUTHORITIES = ("office", "deputy", "director", "government")


def add_to(commands: Subcommands) -> None:
    """Registers the command and its actions."""
    parser = commands.add_parser(
        "token", help="Tokens and sign-in links.", description="Tokens and sign-in links."
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for name, run, what in (
        ("create", _create, "Make a token; it is shown once."),
        ("link", _link, "Make a link that signs in once, within a day."),
    ):
        action = add_command(actions, name, run, what)
        action.add_argument("--role", required=True, choices=[role.code for role in Role])
        action.add_argument("--area", default="", help="code of the admin area (default: all)")
        action.add_argument("--label", default="made at the command line")
        action.add_argument("--authority", choices=AUTHORITIES)
        action.add_argument("--department")
    add_command(actions, "list", _list, "List the tokens, without their secrets.")
    add_command(actions, "revoke", _revoke, "End a token at once.").add_argument("id", type=int)


def _grant(arguments: argparse.Namespace) -> Grant:
    area = normal_code(arguments.area) if arguments.area else ""
    role = Role.of(arguments.role)
    return Grant(arguments.label, role, area, arguments.authority, arguments.department)


def _create(arguments: argparse.Namespace, settings: Settings) -> Answer:
    grant = _grant(arguments)

    async def created(conn: Connection) -> Answer:
        async with conn.transaction():
            number, secret = await create_token(conn, grant)
            detail = {"role": grant.role.code, "admin_area": grant.admin_area, "label": grant.label}
            await audit.record(conn, None, "token.create", str(number), detail)
        return Answer(secret, {"id": number, "token": secret, **detail})

    return _asked(settings, created)


def _link(arguments: argparse.Namespace, settings: Settings) -> Answer:
    grant = _grant(arguments)

    async def linked(conn: Connection) -> Answer:
        link = await sign_in_link(conn, settings.address, grant)
        return Answer(link, {"link": link})

    return _asked(settings, linked)


def _list(_: argparse.Namespace, settings: Settings) -> Answer:
    async def listed(conn: Connection) -> Answer:
        tokens = [
            {
                "id": token.id,
                "prefix": token.prefix,
                "label": token.grant.label,
                "role": token.grant.role.code,
                "admin_area": token.grant.admin_area,
                "revoked": token.revoked_at is not None,
            }
            for token in await tokens_on_file(conn)
        ]
        lines = ["\t".join(map(str, token.values())) for token in tokens]
        return Answer("\n".join(lines) or "There are no tokens.", {"tokens": tokens})

    return _asked(settings, listed)


def _revoke(arguments: argparse.Namespace, settings: Settings) -> Answer:
    async def revoked(conn: Connection) -> Answer:
        async with conn.transaction():
            if not await revoke(conn, arguments.id):
                raise NotFound(f"There is no living token {arguments.id}.")
            await audit.record(conn, None, "token.revoke", str(arguments.id), {})
        return Answer(f"Token {arguments.id} is revoked.", {"id": arguments.id, "revoked": True})

    return _asked(settings, revoked)


def _asked(settings: Settings, question: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """The answer of the store that the settings name."""

    async def ask(database_url: str) -> Answer:
        async with connected(database_url) as conn:
            return await question(conn)

    with opened(settings) as database_url:
        require_current(database_url)
        return asyncio.run(ask(database_url))
