"""MapLibre takes the style as valid and draws every feature of the tiles."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from geo.tokens import Role

ROOT = Path(__file__).resolve().parents[3]
(VENDORED,) = (ROOT / "web" / "vendor").glob("maplibre-gl-*")
FLAGS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
DRAW = """async ([style, center, zoom]) => {
  const maplibregl = await import('/maplibre/maplibre-gl.mjs');
  maplibregl.setWorkerUrl('/maplibre/maplibre-gl-worker.mjs');
  const container = document.body.appendChild(document.createElement('div'));
  container.style = 'width: 900px; height: 600px';
  const faults = [];
  const map = new maplibregl.Map({container, center, zoom, fadeDuration: 0});
  const settled = new Promise((done) => {
    map.once('idle', done);
    map.on('error', (event) => {
      faults.push(String(event.error?.message ?? event.error));
      done();
    });
  });
  map.setStyle(style, {validate: true});
  await settled;
  const found = map.querySourceFeatures('shelters', {sourceLayer: 'shelters'});
  return {faults, ids: [...new Set(found.map((feature) => feature.id))]};
}"""


@pytest.fixture(scope="module")
def drawn(served: Any) -> Iterator[Any]:
    """Draws a style, its requests answered by the server as a planner sees it."""

    def answered(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path.startswith("/maplibre/"):
            route.fulfill(path=VENDORED / Path(address.path).name)
        elif address.path == "/":
            route.fulfill(body="<!doctype html><body>", content_type="text/html")
        else:
            headers = route.request.headers | served.headers(Role.PLANNER)
            route.continue_(headers=headers)

    def draw(theme: str) -> Any:
        style = served.get(f"/styles/situation?theme={theme}", Role.PLANNER).json()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=list(FLAGS)
            )
            page: Page = browser.new_page()
            page.route("**/*", answered)
            page.goto(served.url.removesuffix("/ogc") + "/")
            told = page.evaluate(DRAW, [style, [113.21, 37.7], 9])
            browser.close()
        return told

    with ThreadPoolExecutor(1) as apart:  # its driver wants a thread without an event loop
        yield lambda theme: apart.submit(draw, theme).result()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_takes_the_style_and_draws_all_of_the_tiles(drawn: Any, theme: str) -> None:
    told = drawn(theme)
    assert told["faults"] == []
    assert set(told["ids"]) == {f"s{n}" for n in range(1, 2001)}
