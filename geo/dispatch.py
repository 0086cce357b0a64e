"""Dispatch from depots to shelters: people and stock in, the cheapest plan out, kept on file."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from fractions import Fraction
from typing import Any
from uuid import uuid4

import numpy as np
from psycopg.types.json import Jsonb

from geo.crs_zones import Plane, plane_of
from geo.database import Connection, Row
from geo.dispatch_answer import dispatch_answer
from geo.dispatch_scene import DispatchQuestion, Scene, scene_of
from relief.dispatch import Consignment, Dispatch, dispatched
from relief.errors import NotFound
from relief.item_norms import ItemNorm
from relief.reach import FloatArray


async def plan_dispatch(
    conn: Connection, event: Row, asked: DispatchQuestion, token: int
) -> dict[str, Any]:
    """The plan, stored; raises InvalidInput and TooLarge as `scene_of` does."""
    scene = await scene_of(conn, event, asked)
    plane = plane_of(float(np.mean([one["lon"] for one in scene.shelters])))
    found = await asyncio.to_thread(_planned, scene, asked, plane)
    answer = dispatch_answer(scene, asked, found) | {"distances_in": f"EPSG:{plane.epsg}"}
    parameters = asdict(asked) | {"days": scene.days, "norms": scene.norms.digest}
    cursor = await conn.execute(
        "INSERT INTO dispatch_plans (id, event, admin_area, parameters, answer, token)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id, event, parameters, created_at",
        (str(uuid4()), event["id"], asked.admin_area, Jsonb(parameters), Jsonb(answer), token),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row | {"exercise": event["exercise"]} | answer


async def dispatch_plans_of(conn: Connection, event: str, admin_area: str) -> list[Row]:
    """The plans for divisions inside an area, the newest first, without their moves."""
    cursor = await conn.execute(
        "SELECT id, admin_area AS area, created_at, answer -> 'items' AS items FROM dispatch_plans"
        " WHERE event = %s AND admin_area LIKE %s ORDER BY created_at DESC, id",
        (event, f"{admin_area}%"),
    )
    return await cursor.fetchall()


async def dispatch_plan(conn: Connection, event: str, plan: str, admin_area: str) -> Row:
    """A plan in full; raises NotFound unless it is for a division inside the area."""
    cursor = await conn.execute(
        "SELECT p.id, p.event, e.exercise, p.parameters, p.created_at, p.answer"
        " FROM dispatch_plans AS p JOIN events AS e ON e.id = p.event"
        " WHERE p.id = %s AND p.event = %s AND p.admin_area LIKE %s",
        (plan, event, f"{admin_area}%"),
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("There is no such dispatch plan, or it isn't yours to see.")
    answer: Row = row.pop("answer")
    return row | answer


def _planned(scene: Scene, asked: DispatchQuestion, plane: Plane) -> Dispatch:
    rooms = [asked.room_kg.get(d["depot"], asked.room_kg_each) for d in scene.depots]
    return dispatched(
        [_consignment(scene, norm) for norm in scene.items],
        _distances(scene, plane, asked.max_distance_m),
        [None if room is None else Fraction(str(room)) for room in rooms],
    )


def _consignment(scene: Scene, norm: ItemNorm) -> Consignment:
    held = dict.fromkeys((d["depot"] for d in scene.depots), 0)
    for lot in scene.lots(norm):
        held[lot["depot"]] += lot["quantity"]
    need = np.array(scene.need(norm), np.int64)
    return Consignment(norm.code, need, np.array(list(held.values()), np.int64), norm.kg)


def _distances(scene: Scene, plane: Plane, most_m: float | None) -> FloatArray:
    x_m, y_m = plane.metres([d["lon"] for d in scene.depots], [d["lat"] for d in scene.depots])
    to_x_m, to_y_m = plane.metres(
        [s["lon"] for s in scene.shelters], [s["lat"] for s in scene.shelters]
    )
    away = np.hypot(x_m[:, None] - to_x_m[None, :], y_m[:, None] - to_y_m[None, :])
    return away if most_m is None else np.where(away <= most_m, away, np.inf)
