"""Loads a demo prefecture into an empty store: everything in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from psycopg import sql

from geo.database import Connection, connected
from geo.demo.areas import area_table
from geo.demo.damage import Shaking, Toll, damage, shaking_of
from geo.demo.depots import depot_tables
from geo.demo.field_reports import field_report_table
from geo.demo.ground import Ground, ground_of
from geo.demo.hazards import hazards_of
from geo.demo.loss_reports import receive, sent_reports
from geo.demo.open_ground import open_ground, open_ground_table
from geo.demo.people import people
from geo.demo.roads import road_table
from geo.demo.shelters import shelter_table
from geo.demo.sources import settings
from geo.demo.table import Table, copy_rows
from geo.demo.teams import team_tables
from geo.intensity import store_intensity_zones
from geo.plans import pin
from geo.store_state import require_room, state_of_store
from relief.errors import InvalidInput
from relief.plan import plan_by_id
from relief.progress import Progress, silent

SEED = 20260508
"""The seed that the demo is made from unless another is asked for."""
_STATEMENT_S = 1800.0
_BEFORE_PEOPLE = 0.1  # the share of the work that the registers take


@dataclass(frozen=True)
class DemoLoad:
    """What `load_demo` did: `rows` by table, empty when the demo was there already."""

    prefecture: str
    loaded: bool
    rows: dict[str, int]


async def load_demo(
    database_url: str,
    *,
    prefecture: str = "yangquan",
    share: float = 0.1,
    seed: int = SEED,
    progress: Progress = silent,
) -> DemoLoad:
    """Generates and stores the demo with `share` (over 0, at most 1) of all households.

    One transaction: cut off at any moment, it leaves nothing behind. Loading it again changes
    nothing. Raises InvalidInput for an unknown prefecture or share, Conflict when the store holds
    another demo or divisions of its own.
    """
    settings(prefecture)
    if not 0 < share <= 1:
        raise InvalidInput(f"The share of households must be over 0 and at most 1, not {share:g}.")
    rows: dict[str, int] = {}
    async with (
        connected(database_url, statement_timeout_s=_STATEMENT_S) as conn,
        conn.transaction(),
    ):
        loaded = await _already_loaded(conn, prefecture)
        if not loaded:
            rows = await _load(conn, prefecture, share, seed, progress)
    progress(1.0)
    return DemoLoad(prefecture, not loaded, rows)


async def _already_loaded(conn: Connection, prefecture: str) -> bool:
    """Holds other loaders back until this one is done, and looks at what is there."""
    await conn.execute("SET LOCAL lock_timeout = 0")
    await conn.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    await conn.execute("SELECT FROM store_state FOR UPDATE")
    state = await state_of_store(conn)
    if state["demo_loaded_at"] is not None and state["demo"] == prefecture:
        return True
    require_room(state, prefecture)
    return False


async def _load(
    conn: Connection, prefecture: str, share: float, seed: int, progress: Progress
) -> dict[str, int]:
    ground = ground_of(prefecture, seed)
    shaking = shaking_of(ground)
    rows: dict[str, int] = {}
    for table in _registers(ground, shaking, share):
        await _copy(conn, table, rows)
    progress(_BEFORE_PEOPLE)
    await _open_event(conn, ground)
    tolls = await _load_people(conn, ground, shaking, share, rows, progress)
    rows |= await receive(conn, ground, sent_reports(ground, tolls, share))
    reports = field_report_table(ground, shaking)
    for table in (reports, *team_tables(ground, reports)):
        await _copy(conn, table, rows)
    await _declare_ready(conn, prefecture, rows)
    return rows


def _registers(ground: Ground, shaking: Shaking, share: float) -> Iterator[Table]:
    """Everything but people and the event, in an order that foreign keys allow."""
    yield area_table(ground)
    hazards = hazards_of(ground)
    yield from hazards.tables
    plots = open_ground(ground, hazards)
    yield open_ground_table(ground, plots)
    yield shelter_table(ground, plots, share, shaking)
    yield from depot_tables(ground)
    yield road_table(ground)


async def _load_people(
    conn: Connection,
    ground: Ground,
    shaking: Shaking,
    share: float,
    rows: dict[str, int],
    progress: Progress,
) -> dict[str, Toll]:
    """Stores households, persons and damage; returns what the damage adds up to by township."""
    tolls: dict[str, Toll] = {}
    done, every = 0, ground.population("")
    for households, *tables in people(ground, share):
        for table in (*tables, damage(ground, shaking, households, tolls)):
            await _copy(conn, table, rows)
        done += ground.population(households.county)
        progress(_BEFORE_PEOPLE + (0.97 - _BEFORE_PEOPLE) * done / every)
    return tolls


async def _copy(conn: Connection, table: Table, rows: dict[str, int]) -> None:
    rows[table.name] = rows.get(table.name, 0) + await copy_rows(conn, table)


async def _open_event(conn: Connection, ground: Ground) -> None:
    event = ground.settings["event"]
    digest = await pin(conn, plan_by_id(event["plan"]))
    await conn.execute(
        "INSERT INTO events (id, hazard, name, occurred_at, plan, plan_digest, area, magnitude,"
        " depth_km, strike_deg, epicentre, exercise, demo, created_at)"
        " VALUES (%(id)s, %(hazard)s, %(name)s, %(occurred_at)s, %(plan)s, %(digest)s,"
        " %(area)s, %(magnitude)s, %(depth_km)s, %(strike_deg)s,"
        " ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490), %(exercise)s, true, %(occurred_at)s)",
        {"exercise": False}
        | event
        | {"area": ground.prefecture, "digest": digest}
        | dict(zip(("lon", "lat"), event["epicentre"], strict=True)),
    )
    await store_intensity_zones(conn, event["id"])


async def _declare_ready(conn: Connection, prefecture: str, tables: Iterable[str]) -> None:
    """Tells the query planner what is there, and everybody else that the demo is."""
    for table in ("events", "intensity_zones", *tables):
        await conn.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    await conn.execute("UPDATE store_state SET demo = %s, demo_loaded_at = now()", [prefecture])
