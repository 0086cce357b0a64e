"""Reports with photos from phones that share one bad link, or have a bad link each.

    sudo .venv/bin/python -m benchmarks.field_report_phones             # 64 kbit/s, 30 % loss
    sudo .venv/bin/python -m benchmarks.field_report_phones --reports 2000 --phones 16 --side 32
    sudo .venv/bin/python -m benchmarks.field_report_phones --reports 2000 --phones 64 --each

Each phone sends its reports, each with a photo by tus in small parts, and tries again until the
server says that it has them. Then the digests of all photos on file are held against those sent.
What one link carries is bytes, whoever sends them: the smaller the photos (`--side`, in pixels),
the more reports an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from benchmarks.bad_link import FIRST_PHONE, NETWORK, SERVER, BadLink, bad_link
from benchmarks.field_centre import Centre, centre, report

TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}


def photo(number: int, side: int = 120) -> bytes:
    """A JPEG of some kilobytes that is like no other."""
    noise = random.Random(number).randbytes(side * side * 3 // 4)
    image = Image.frombytes("RGB", (side // 2, side // 2), noise).resize((side, side))
    written = BytesIO()
    image.save(written, "JPEG", quality=70)
    return written.getvalue()


@dataclass
class Phone:
    """A phone that sends what it has until the server says that it has it; `tries` counts."""

    client: httpx.AsyncClient
    reports: str
    headers: Mapping[str, str]
    piece: int = 2048
    pause_s: float = 0.5
    tries: int = 0

    async def send(self, one: Mapping[str, Any], content: bytes) -> str:
        """Sends the report, then its photo; the digest of the photo."""
        while not await self._has(one):  # noqa: ASYNC110 - another process is awaited
            await asyncio.sleep(self.pause_s)
        digest = hashlib.sha256(content).hexdigest()
        where = ""
        while True:
            self.tries += 1
            with suppress(httpx.HTTPError, KeyError, ValueError):
                where = where or await self._begun(f"{self.reports}/{one['id']}/photos", content)
                if await self._sent(where, content):
                    return digest
            await asyncio.sleep(self.pause_s)

    async def _has(self, one: Mapping[str, Any]) -> bool:
        self.tries += 1
        try:
            answer = await self.client.post(self.reports, json=one, headers=self.headers)
            return answer.status_code in {200, 201} and answer.json()["id"] == one["id"]
        except (httpx.HTTPError, ValueError, KeyError):
            return False

    async def _begun(self, photos: str, content: bytes) -> str:
        digest = base64.b64encode(hashlib.sha256(content).hexdigest().encode()).decode()
        more = {"Upload-Length": str(len(content)), "Upload-Metadata": f"sha256 {digest}"}
        answer = await self.client.post(photos, headers={**self.headers, **TUS, **more})
        return answer.headers["location"]

    async def _sent(self, where: str, content: bytes) -> bool:
        """Goes on where the upload stands; whether all of it is there then."""
        stands = await self.client.head(where, headers={**self.headers, **TUS})
        offset = int(stands.headers["upload-offset"])
        while offset < len(content):
            answer = await self.client.patch(
                where,
                content=content[offset : offset + self.piece],
                headers={**self.headers, **PART, "Upload-Offset": str(offset)},
            )
            offset = int(answer.headers["upload-offset"])
        return True


async def phones_send(base: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What was acknowledged, as {report: digest}, and in how many tries; run in the namespace."""
    waiting = list(range(told["reports"]))
    acknowledged: dict[str, str] = {}
    tries = 0

    async def phone(number: int) -> None:
        nonlocal tries
        address = f"{NETWORK}.{FIRST_PHONE + number}"
        transport = httpx.AsyncHTTPTransport(local_address=address)
        async with httpx.AsyncClient(base_url=base, transport=transport, timeout=30) as client:
            own = Phone(client, f"/api/events/{told['event']}/field-reports", told["headers"])
            while waiting:
                n = waiting.pop()
                one = report(n)
                acknowledged[one["id"]] = await own.send(one, photo(n, told["side"]))
            tries += own.tries

    await asyncio.gather(*(phone(n) for n in range(told["phones"])))
    return {"acknowledged": acknowledged, "tries": tries}


async def photos_on_file(at: Centre, acknowledged: Mapping[str, str]) -> int:
    """How many of the reports have exactly the photo that was sent."""
    equal = 0
    async with httpx.AsyncClient(base_url=at.base, timeout=30) as client:
        for one, digest in acknowledged.items():
            path = f"/api/events/{at.event}/field-reports/{one}"
            found = (await client.get(path, headers=at.operator)).json()
            equal += [p["sha256"] for p in found["photos"]] == [digest]
    return equal


async def _relay(port: int) -> asyncio.Server:
    """Carries connections to SERVER on to the loopback, where the server listens."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, back), pipe(onward, writer), return_exceptions=True)

    return await asyncio.start_server(connected, SERVER, port)


async def main(options: argparse.Namespace) -> None:
    """The whole run, printed."""
    link = BadLink(options.kbit * 1000, options.loss, shared=not options.each)
    with centre(options.port) as at, bad_link(link, options.phones) as space:
        await at.prepare()
        told = {
            "reports": options.reports,
            "phones": options.phones,
            "side": options.side,
            "event": at.event,
            "headers": at.field,
        }
        relay = await _relay(options.port)
        started = time.monotonic()
        words = [
            sys.executable,
            "-m",
            "benchmarks.field_report_phones",
            "--within",
            json.dumps(told),
        ]
        words += ["--port", str(options.port)]
        phones = await asyncio.create_subprocess_exec(
            "ip", "netns", "exec", space, *words, stdout=subprocess.PIPE
        )
        found = json.loads((await phones.communicate())[0])
        seconds = time.monotonic() - started
        relay.close()
        equal = await photos_on_file(at, found["acknowledged"])
        way = "each behind" if options.each else "all behind one link of"
        size = sum(len(photo(n, options.side)) for n in range(10)) / 10
        print(
            f"{options.reports} reports, each with a photo of {size:,.0f} bytes, from "
            f"{options.phones} phones, {way}"
            f" {options.kbit:g} kbit/s with {options.loss:.0%} loss each way: "
            f"{len(found['acknowledged'])} acknowledged, {equal} on file with equal digests, "
            f"{found['tries']} tries, {link.dropped} of {link.packets} packets dropped, "
            f"{seconds:.0f} s"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--phones", type=int, default=32)
    parser.add_argument("--kbit", type=float, default=64)
    parser.add_argument("--loss", type=float, default=0.3)
    parser.add_argument("--port", type=int, default=8182)
    parser.add_argument("--side", type=int, default=32, help="of the photos, in pixels")
    parser.add_argument("--each", action="store_true", help="a link for each phone")
    parser.add_argument("--within", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.within:
        server = f"http://{SERVER}:{chosen.port}"
        print(json.dumps(asyncio.run(phones_send(server, json.loads(chosen.within)))))
    else:
        asyncio.run(main(chosen))
