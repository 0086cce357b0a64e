"""The demo's tokens: one for each role and authority, in a file that only its owner reads."""

from __future__ import annotations

from pathlib import Path

import orjson

from geo.database import Connection
from geo.private_files import write_private
from geo.tokens import Grant, Role, create_token, token_of

FILE_NAME = "demo-tokens.json"


def demo_grants(admin_area: str) -> dict[str, Grant]:
    """What each of the demo's tokens grants inside the prefecture `admin_area`."""
    grants = {
        role.code: Grant(f"demo {role.code}", role, "" if role is Role.ADMIN else admin_area)
        for role in Role
    }
    for authority in ("office", "deputy", "director", "government"):
        grants[authority] = Grant(f"demo {authority}", Role.OPERATOR, admin_area, authority)
    return grants


async def write_demo_tokens(conn: Connection, admin_area: str, data_dir: Path) -> Path:
    """Makes the tokens and writes them to `data_dir`, unless the file there still holds good."""
    path = data_dir / FILE_NAME
    if not await _all_valid(conn, path):
        secrets = {
            name: (await create_token(conn, grant))[1]
            for name, grant in demo_grants(admin_area).items()
        }
        write_private(path, orjson.dumps(secrets, option=orjson.OPT_INDENT_2).decode())
    return path


async def _all_valid(conn: Connection, path: Path) -> bool:
    secrets = _secrets(path)
    return bool(secrets) and all(
        [await token_of(conn, secret, "token") is not None for secret in secrets.values()]
    )


def _secrets(path: Path) -> dict[str, str]:
    """What the file holds, by name; nothing when there is none yet."""
    secrets: dict[str, str] = orjson.loads(path.read_bytes()) if path.exists() else {}
    return secrets
