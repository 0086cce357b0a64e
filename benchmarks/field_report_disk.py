"""Reports and photos while the disk of the store and of the photos is full, and after it.

    sudo .venv/bin/python -m benchmarks.field_report_disk

Keeps store and photos on a small tmpfs (needs root), fills what is left of it with ballast while
phones go on sending, takes the ballast away again, and counts what was acknowledged, refused and
kept. Done three times in a row.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.field_centre import Centre, report
from benchmarks.field_report_phones import photo

ROUNDS = 3
FULL_S = 15.0


@contextmanager
def small_centre(port: int, megabytes: int) -> Iterator[Centre]:
    """A centre whose store and photos lie on a tmpfs of that size."""
    parent = Path(tempfile.mkdtemp(prefix="reliefmap-small-"))
    parent.chmod(0o755)
    disk = parent / "disk"
    disk.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", str(disk)], check=True
    )
    running = Centre(disk / "data", port)
    try:
        yield running
    finally:
        running.stop()
        subprocess.run(["umount", "-l", str(disk)], check=True)
        shutil.rmtree(parent, ignore_errors=True)


@dataclass
class Phones:
    """Phones that post reports and photos without end; an answer that is none counts as 0."""

    at: Centre
    answers: Counter[int] = field(default_factory=Counter)
    photo_answers: Counter[int] = field(default_factory=Counter)
    acknowledged: dict[str, str | None] = field(default_factory=dict)
    number: int = 0
    done: bool = False

    async def send(self, *, with_photos: bool) -> None:
        """Sends one report after the other until acknowledged, with a long text or a photo."""
        path = f"/api/events/{self.at.event}/field-reports"
        async with httpx.AsyncClient(base_url=self.at.base, timeout=10) as client:
            while not self.done:
                self.number += 1
                one = report(self.number)
                one |= {} if with_photos else {"text": os.urandom(1950).hex()}
                await self._until_posted(client, path, self.answers, json=one)
                self.acknowledged[one["id"]] = None
                if with_photos:
                    content, image = photo(self.number, 480), {"Content-Type": "image/jpeg"}
                    sent: dict[str, Any] = {"content": content, "headers": image}
                    photos = f"{path}/{one['id']}/photos"
                    await self._until_posted(client, photos, self.photo_answers, **sent)
                    self.acknowledged[one["id"]] = hashlib.sha256(content).hexdigest()

    async def _until_posted(
        self, client: httpx.AsyncClient, path: str, answers: Counter[int], **sent: Any
    ) -> None:
        while not await self._posted(client, path, answers, **sent):  # noqa: ASYNC110 - a server
            await asyncio.sleep(0.2)

    async def _posted(
        self, client: httpx.AsyncClient, path: str, answers: Counter[int], **sent: Any
    ) -> bool:
        status = 0
        with suppress(httpx.HTTPError):
            headers = self.at.field | sent.pop("headers", {})
            status = (await client.post(path, headers=headers, **sent)).status_code
        answers[status] += 1
        return status in {200, 201}


async def lost(phones: Phones) -> int:
    """How many acknowledged reports are not on file, or without their acknowledged photo."""
    missing = 0
    async with httpx.AsyncClient(base_url=phones.at.base, timeout=30) as client:
        for one, digest in phones.acknowledged.items():
            path = f"/api/events/{phones.at.event}/field-reports/{one}"
            answer = await client.get(path, headers=phones.at.operator)
            found = [p["sha256"] for p in answer.json().get("photos", [])]
            missing += answer.status_code != 200 or found != ([digest] if digest else [])
    return missing


async def main(options: argparse.Namespace) -> None:
    """The whole run, printed."""
    with small_centre(options.port, options.megabytes) as at:
        await at.prepare()
        phones = Phones(at)
        sending = [
            asyncio.create_task(phones.send(with_photos=n % 2 == 1)) for n in range(options.phones)
        ]
        ballast = at.folder / "ballast"
        for _ in range(ROUNDS):
            await asyncio.sleep(5)
            await asyncio.to_thread(_fill, ballast)
            before = len(phones.acknowledged)
            await asyncio.sleep(FULL_S)
            while_full = len(phones.acknowledged) - before
            ballast.unlink()
            goal = len(phones.acknowledged) + 20
            for _ in range(600):
                if len(phones.acknowledged) >= goal:
                    break
                await asyncio.sleep(0.2)
            else:
                raise SystemExit("It did not recover.")
            print(f"full for {FULL_S:g} s: {while_full} reports acknowledged meanwhile, then on")
        phones.done = True
        await asyncio.gather(*sending)
        print(
            f"{len(phones.acknowledged)} reports acknowledged, "
            f"{sum(map(bool, phones.acknowledged.values()))} with a photo; "
            f"{await lost(phones)} lost; answers to reports {dict(phones.answers)}, "
            f"to photos {dict(phones.photo_answers)} (0: none)"
        )


def _fill(ballast: Path) -> None:
    """Takes all the room that is left."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(os.urandom(1 << 20))
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(b"0" * 512)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--phones", type=int, default=8)
    parser.add_argument("--port", type=int, default=8184)
    asyncio.run(main(parser.parse_args()))
