"""How soon a report is on an operator's map while 200 others listen.

    python -m benchmarks.live_map [--streams 200] [--reports 60] [--port 8220]

A server with two processes and a store of its own; as many streams as asked for; Chromium with the
map open. Reports come at random, every 0.6 s on average. Printed is the time from before one is
sent until the sending was answered, until the first of the streams told of it, until the page has
its sign on the map, and until the second frame after that. Without a graphics card frames are drawn
in software and slow.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import time

import httpx
from playwright.async_api import Page, async_playwright

from benchmarks.field_centre import Centre, centre, report
from benchmarks.field_report_streams import percentile

EVERY_S = 0.6
REPORT = re.compile(rb'"id":"([0-9a-f-]{36})"')
FLAGS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WATCH = """() => {
  window.known = {};
  window.drawn = {};
  new MutationObserver(() => {
    for (const { dataset } of document.querySelectorAll("#map .fresh")) {
      if (dataset.report in window.known) continue;
      window.known[dataset.report] = Date.now();
      const draw = () => { window.drawn[dataset.report] = Date.now(); };
      requestAnimationFrame(() => requestAnimationFrame(draw));
    }
  }).observe(document.getElementById("map"), { childList: true, subtree: true });
}"""


async def listened(at: Centre, heard: dict[str, float] | None) -> None:
    """Hears the stream as long as it goes on; notes in `heard` when it told of each report."""
    headers = at.operator
    async with (
        httpx.AsyncClient(base_url=at.base, timeout=60) as client,
        client.stream("GET", f"/api/events/{at.event}/stream", headers=headers) as answer,
    ):
        async for part in answer.aiter_raw():
            if heard is not None:
                for report in REPORT.findall(part):
                    heard.setdefault(report.decode(), time.time() * 1000)


async def opened(at: Centre, page: Page) -> None:
    """The map, signed in as an operator and ready."""
    token = at.operator["Authorization"].removeprefix("Bearer ")
    writing = {"X-Requested-With": "reliefmap"}
    await page.request.post(f"{at.base}/api/session", data={"token": token}, headers=writing)
    await page.goto(f"{at.base}/?event={at.event}")
    ready = "body[data-ready=true][data-link=live]"
    await page.wait_for_selector(ready, state="attached", timeout=60_000)
    await page.evaluate(WATCH)


async def sent(at: Centre, reports: int) -> tuple[dict[str, float], list[float]]:
    """When each report was about to be sent (ms by the clock), and what the sending took."""
    times: dict[str, float] = {}
    took: list[float] = []
    async with httpx.AsyncClient(base_url=at.base, timeout=20) as client:
        for number in range(reports):
            one = report(number)
            times[one["id"]] = began = time.time() * 1000
            await client.post(f"/api/events/{at.event}/field-reports", json=one, headers=at.field)
            took.append(time.time() * 1000 - began)
            await asyncio.sleep(random.expovariate(1 / EVERY_S))
    await asyncio.sleep(5)
    return times, took


async def main(options: argparse.Namespace) -> None:
    """Prints the table."""
    with centre(options.port) as at:
        await at.prepare()
        heard: dict[str, float] = {}
        tasks = [
            asyncio.create_task(listened(at, None if n else heard)) for n in range(options.streams)
        ]
        async with async_playwright() as play:
            browser = await play.chromium.launch(executable_path=options.chromium, args=FLAGS)
            page = await browser.new_page(viewport={"width": 1920, "height": 1080})
            await opened(at, page)
            times, took = await sent(at, options.reports)
            told = [heard[key] - times[key] for key in times if key in heard]
            rows = {"sending answered": took, "stream told": told}
            for title, name in (("sign on the map", "known"), ("second frame", "drawn")):
                at_ms = await page.evaluate(f"window.{name}")
                rows[title] = [at_ms[key] - times[key] for key in times if key in at_ms]
            await browser.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(f"{options.streams} streams, {len(times)} reports")
    for title, values in rows.items():
        p50, p95 = percentile(values, 0.5), percentile(values, 0.95)
        print(f"{title:18} {len(values):4}  p50 {p50:6.0f} ms  p95 {p95:6.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--reports", type=int, default=60)
    parser.add_argument("--port", type=int, default=8220)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asyncio.run(main(parser.parse_args()))
