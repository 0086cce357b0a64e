"""The briefing on a machine without a network, opened from a folder as from a USB stick."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from geo.casualties import Moment
from geo.database import connected
from geo.events import events_on_file
from layers.briefing import briefing_of
from layers.briefing_page import briefing_page, require_self_contained
from relief.errors import SetupRefused

SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


def demo_page(database_url: str, language: str) -> str:
    """The demo's briefing; the browser's driver owns the loop of this thread."""

    async def made() -> str:
        async with connected(database_url) as conn:
            event = (await events_on_file(conn))[0]
            now = datetime(2030, 1, 1, tzinfo=UTC)
            return briefing_page(await briefing_of(conn, event, Moment(), now), language)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(made())).result()


def opened(context: BrowserContext, file: Path) -> tuple[Page, list[str], list[str]]:
    """The page, every address it asked for, and everything it complained of."""
    context.set_offline(True)
    page, asked, complaints = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    return page, asked, complaints


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_opens_with_the_network_off(
    live_server, context: BrowserContext, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "briefing.html"
    file.write_text(demo_page(live_server.database_url, language), encoding="utf-8")
    page, asked, complaints = opened(context, file)
    page.wait_for_selector("body[data-ready=true]", state="attached")
    assert asked == [file.as_uri()]
    assert complaints == []
    assert page.locator(".leaflet-container path").count() >= 5
    assert page.locator(".county-label").count() >= 4
    assert page.locator("[data-level]").count() == 1
    assert page.locator(".mark").is_visible()
    page.screenshot(path=SCREENSHOTS / f"briefing-{language}.png")


@pytest.mark.parametrize(
    "foreign",
    [
        '<script src="https://cdn.example/leaflet.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/leaflet.css">',
        "<style>@import 'https://cdn.example/a.css';</style>",
        "<style>a { background: url(https://cdn.example/a.png) }</style>",
        '<p style="background: url(a.png)">',
        '<img srcset="a.png 2x">',
    ],
)
def test_a_page_that_names_an_address_is_not_made(foreign: str) -> None:
    require_self_contained('<style>a { background: url(data:,x) }</style><a href="#top">')
    with pytest.raises(SetupRefused):
        require_self_contained(f"<html>{foreign}</html>")
