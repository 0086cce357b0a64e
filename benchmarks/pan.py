"""How old the map is that somebody pans from z6 to z14 while a hundred homes a second come in.

    python -m benchmarks.pan [--households 1000000] [--writes 100] [--keep FOLDER]

Two workers on the store of `benchmarks.serving`. The client asks as a map of 1280 x 800 pixels
does: for the tiles in view, six at a time, with the ETags that it holds; half a second after it has
them all it asks again. Each write is a transaction of its own, somewhere in view. Printed by zoom:
the tiles, how long one took, how long after its commit a write was in a tile, and how many tiles
lacked a write that was committed before they were asked for, which must be none.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import re
import shutil
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from benchmarks.serving.__main__ import Target, filled, served
from benchmarks.serving.questions import places_in
from geo.cluster import PrivateCluster
from geo.database import connection_options
from geo.selections import GRID_ZOOM, column_of, row_of
from layers.households import HOUSEHOLDS
from layers.tiles import CELLS_A_TILE

ZOOMS = range(6, 15)
VIEW_TILES = (1280 / 512, 800 / 512)
STAY_S, AGAIN_S = 3.0, 0.5
NEAR_DEGREES = 0.02
WRITERS = 2

Tile = tuple[int, int, int]
Cell = tuple[int, int]


@dataclass(frozen=True)
class Write:
    """A home that came in."""

    id: str
    lon: float
    lat: float
    committed: float

    def cell(self, zoom: int) -> Cell:
        """The cell of the grid, or the tile, of that zoom that it lies in."""
        return column_of(self.lon, 1 << zoom), row_of(self.lat, 1 << zoom)


@dataclass
class Scene:
    """Where the map is, what was written, and how many homes each cell had before."""

    before: dict[int, Counter[Cell]]
    lon: float = 113.45
    lat: float = 38.05
    writes: list[Write] = field(default_factory=list)


@dataclass
class Seen:
    """What the tiles of one zoom showed, and when."""

    taken: list[float] = field(default_factory=list)
    unchanged: int = 0
    kilobytes: float = 0
    ages: dict[str, float] = field(default_factory=dict)
    stale: int = 0

    def __str__(self) -> str:
        ages, taken = sorted(self.ages.values()), sorted(self.taken)
        return (
            f"{len(taken):6} {self.unchanged:6} {self.kilobytes / len(taken):8.0f}"
            f" {statistics.median(taken) * 1e3:8.0f} {taken[int(0.95 * len(taken))] * 1e3:6.0f}"
            f" {len(ages):8} {statistics.median(ages):8.2f} {ages[int(0.95 * len(ages))]:6.2f}"
            f" {ages[-1]:6.2f} {self.stale:6}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--writes", type=int, default=100)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="reliefmap-bench-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    try:
        with PrivateCluster(folder, durable=False) as cluster:
            url = cluster.database_url
            filled(url, asked.households)
            scene = Scene(counted(url))
            with served(url, places_in(url)) as target, writing(url, scene, asked.writes):
                asyncio.run(panned(target, scene))
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)


def counted(url: str) -> dict[int, Counter[Cell]]:
    """How many homes each cell has, by zoom."""
    found: dict[int, Counter[Cell]] = {}
    with psycopg.connect(url, options=connection_options()) as conn:
        for zoom, x, y, homes in conn.execute(
            "SELECT zoom, cell_x, cell_y, households FROM household_cells"
        ):
            found.setdefault(zoom, Counter())[x, y] += homes
    return found


@contextmanager
def writing(url: str, scene: Scene, a_second: int) -> Iterator[None]:
    """Homes come in at an even pace while the block lasts, and go again at its end."""
    over = threading.Event()
    threads = [
        threading.Thread(target=write, args=(url, scene, a_second / WRITERS, n, over))
        for n in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
        with psycopg.connect(url, options=connection_options()) as conn:
            conn.execute("DELETE FROM households WHERE id LIKE 'pan-%'")


def write(url: str, scene: Scene, a_second: float, writer: int, over: threading.Event) -> None:
    chance, due, n = random.Random(writer), time.perf_counter(), 0
    with psycopg.connect(url, autocommit=True, options=connection_options()) as conn:
        while not over.wait(max(0, due - time.perf_counter())):
            due, n = due + 1 / a_second, n + 1
            lon, lat = (
                middle + chance.uniform(-NEAR_DEGREES, NEAR_DEGREES)
                for middle in (scene.lon, scene.lat)
            )
            home = f"pan-{writer}-{n:06}"
            conn.execute(
                "INSERT INTO households (id, area, persons, geom, source)"
                " VALUES (%s, '140322104', 3, ST_SetSRID(ST_Point(%s, %s), 4490), 'benchmark')",
                [home, lon, lat],
            )
            scene.writes.append(Write(home, lon, lat, time.perf_counter()))


async def panned(target: Target, scene: Scene) -> None:
    """Prints a line a zoom."""
    print("        tiles                      a tile, ms      writes   s until shown          ")
    print("zoom    asked    304   kB each   median    p95    shown   median    p95   most  stale")
    limits = httpx.Limits(max_connections=6)
    headers = target.headers | {"Accept-Encoding": "gzip"}
    async with httpx.AsyncClient(
        base_url=target.base, headers=headers, limits=limits, timeout=60
    ) as client:
        for zoom in ZOOMS:
            seen = Seen()
            for _ in range(2):
                scene.lon += 0.01
                await asyncio.sleep(AGAIN_S)  # what is written from now on lies in view
                await stay(client, scene, zoom, seen)
            print(f"{zoom:4}  {seen}", flush=True)


async def stay(client: httpx.AsyncClient, scene: Scene, zoom: int, seen: Seen) -> None:
    """Looks at one place for a while."""
    held: dict[Tile, str] = {}
    end, earlier = time.perf_counter() + STAY_S, {w.id for w in scene.writes}
    while time.perf_counter() < end:
        tiles = in_view(scene, zoom)
        await asyncio.gather(*(look(client, scene, tile, held, seen, earlier) for tile in tiles))
        await asyncio.sleep(AGAIN_S)


def in_view(scene: Scene, zoom: int) -> list[Tile]:
    """The tiles that the map covers."""
    edge = 1 << zoom
    wide, high = (360 / edge * tiles / 2 for tiles in VIEW_TILES)
    high *= math.cos(math.radians(scene.lat))
    columns = range(column_of(scene.lon - wide, edge), column_of(scene.lon + wide, edge) + 1)
    rows = range(row_of(scene.lat + high, edge), row_of(scene.lat - high, edge) + 1)
    return [(zoom, column, row) for column in columns for row in rows]


async def look(
    client: httpx.AsyncClient,
    scene: Scene,
    tile: Tile,
    held: dict[Tile, str],
    seen: Seen,
    earlier: set[str],
) -> None:
    """Asks for one tile and notes which writes it shows; it must show all committed by then."""
    zoom, column, row = tile
    path = f"/ogc/collections/households/tiles/WebMercatorQuad/{zoom}/{row}/{column}"
    asked = time.perf_counter()
    answer = await client.get(path, headers={"If-None-Match": held.get(tile, "")})
    now = time.perf_counter()
    seen.taken.append(now - asked)
    if answer.status_code == 304:
        seen.unchanged += 1
        return
    if answer.status_code not in (200, 204):
        answer.raise_for_status()
    held[tile] = answer.headers["etag"]
    seen.kilobytes += int(answer.headers["content-length"]) / 1e3
    inside = [w for w in scene.writes if w.cell(zoom) == (column, row)]
    shown = writes_shown(answer.content, scene, zoom, inside)
    seen.stale += any(w.id not in shown and w.committed < asked for w in inside)
    for w in inside:
        if w.id in shown and w.id not in earlier:
            seen.ages.setdefault(w.id, now - w.committed)


def writes_shown(tile: bytes, scene: Scene, zoom: int, inside: list[Write]) -> set[str]:
    """Which of the writes the tile shows: by their ids, or by the numbers of its cells."""
    if zoom >= HOUSEHOLDS.detail_zoom:
        return {found.decode() for found in _HOME.findall(tile)}
    grid = min(zoom + CELLS_A_TILE, GRID_ZOOM)
    left = Counter(homes_by_cell(tile))
    left.subtract({cell: scene.before[grid][cell] for cell in left})
    shown = set()
    for w in inside:
        if left[w.cell(grid)] > 0:
            left[w.cell(grid)] -= 1
            shown.add(w.id)
    return shown


_HOME = re.compile(rb"pan-\d-\d{6}")


def homes_by_cell(tile: bytes) -> dict[Cell, int]:
    """The attribute `households` of each cell, from the only layer of an MVT tile."""
    if not tile:
        return {}
    layer = list(fields_of(next(part for _, part in fields_of(tile))))
    keys = [part.decode() for number, part in layer if number == 3]
    values = [next(fields_of(part)) for number, part in layer if number == 4]
    found = {}
    for tags in (dict(fields_of(part))[2] for number, part in layer if number == 2):
        numbers = list(varints(tags))
        told = {keys[k]: values[v][1] for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
        _, column, row = told["id"].decode().split("-")
        found[int(column), int(row)] = told["households"]
    return found


def fields_of(message: bytes) -> Iterator[tuple[int, Any]]:
    """(number, content) of each field of a protocol buffer."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        content, at = varint(message, at)
        if key & 7 == 2:
            content, at = message[at : at + content], at + content
        yield key >> 3, content


def varints(packed: bytes) -> Iterator[int]:
    at = 0
    while at < len(packed):
        number, at = varint(packed, at)
        yield number


def varint(message: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where it ends."""
    number = shift = 0
    while True:
        number |= (message[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if message[at - 1] < 0x80:
            return number, at


if __name__ == "__main__":
    main()
