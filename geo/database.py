"""Connections to the store, and the SQL that it is asked in.

One driver, psycopg 3, asynchronous everywhere. SQLAlchemy Core only writes the text of plain
statements; spatial ones are files in geo/sql.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any, LiteralString
from weakref import WeakKeyDictionary

import orjson
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.sql import ClauseElement

Row = dict[str, Any]
Connection = psycopg.AsyncConnection[Row]
Pool = AsyncConnectionPool[Connection]

STATEMENT_TIMEOUT_S = 60
"""Longest that one statement may run; jobs lift it for themselves."""

CHECKED_FOR_S = 1
"""How long a connection of the pool is taken to live after it was asked."""

set_json_dumps(lambda value: orjson.dumps(value).decode())
set_json_loads(orjson.loads)


@cache
def sql(name: str) -> LiteralString:
    """The statement of geo/sql/`name`.sql, comments included."""
    return files("geo").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def compiled(statement: ClauseElement) -> tuple[LiteralString, Mapping[str, Any]]:
    """The text and parameters of a SQLAlchemy Core statement, as psycopg takes them."""
    written = statement.compile(dialect=psycopg_dialect())  # type: ignore[no-untyped-call]
    return str(written), written.params


def connection_options(*, statement_timeout_s: float = STATEMENT_TIMEOUT_S) -> str:
    """Session settings sent with the start-up packet: schema, time zone and time-outs."""
    settings = {
        "search_path": "reliefmap,public",
        "timezone": "UTC",
        "statement_timeout": f"{statement_timeout_s:g}s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
        "jit": "off",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


async def connect(
    database_url: str, *, statement_timeout_s: float = STATEMENT_TIMEOUT_S
) -> Connection:
    """An open connection whose rows are dicts; each statement commits unless in a transaction."""
    return await psycopg.AsyncConnection.connect(
        database_url,
        row_factory=dict_row,
        autocommit=True,
        options=connection_options(statement_timeout_s=statement_timeout_s),
    )


@asynccontextmanager
async def connected(
    database_url: str, *, statement_timeout_s: float = STATEMENT_TIMEOUT_S
) -> AsyncIterator[Connection]:
    """The same, closed at the end."""
    async with await connect(database_url, statement_timeout_s=statement_timeout_s) as conn:
        yield conn


def pool(database_url: str, *, size: int = 6) -> Pool:
    """A closed pool of `size` connections; open it in the server's lifespan.

    No answer takes several of the machine's cores, which others wait for.
    """
    options = f"{connection_options()} -c max_parallel_workers_per_gather=0"
    return AsyncConnectionPool(
        database_url,
        min_size=1,
        max_size=size,
        timeout=3,
        max_waiting=200,
        open=False,
        check=_living,
        kwargs={"row_factory": dict_row, "autocommit": True, "options": options},
    )


_seen_alive: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()


async def _living(conn: Connection) -> None:
    """Asks the store whether the connection still stands, unless it has just said so.

    Asking costs as much as a small statement; one that broke within the second fails its user with
    a 503, and is not lent again.
    """
    now = time.monotonic()
    if now - _seen_alive.get(conn, 0) > CHECKED_FOR_S:
        await AsyncConnectionPool.check_connection(conn)
        _seen_alive[conn] = now
