"""@camptocamp/ogc-client, the library of map applications, in a browser: all that it can ask.

The folder `ogc-client-1.3.0` holds its modules as they were published (BSD 3-Clause), but for the
name of the folder `common`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, sync_playwright

from geo.tokens import Role
from layers.catalogue import LAYERS

VENDORED = Path(__file__).with_name("ogc-client-1.3.0")
NO_XML = "data:text/javascript,export class XmlElement {}; export function parseXml() {}"
PAGE = f"""<!doctype html><meta charset="utf-8">
<script type="importmap">{{"imports": {{"@rgrove/parse-xml": "{NO_XML}"}}}}</script>"""
ASK = """async ([url, headers]) => {
  const {default: Endpoint} = await import('/ogc-client/ogc-api/endpoint.js');
  const {setFetchOptions} = await import('/ogc-client/common/http-utils.js');
  setFetchOptions({headers});
  const endpoint = new Endpoint(url);
  const told = {};
  for (const name of ['info', 'conformanceClasses', 'featureCollections', 'vectorTileCollections',
    'recordCollections', 'tileMatrixSets', 'hasFeatures', 'hasTiles', 'hasStyles', 'hasRecords'])
    told[name] = await endpoint[name];
  told.collection = await endpoint.getCollectionInfo('shelters');
  told.ids = [];
  for (let at = 0; at < 2000; at += 500)
    told.ids.push(...(await endpoint.getCollectionItems('shelters', 500, at)).map(({id}) => id));
  told.boxed = await endpoint.getCollectionItems('shelters', 5, 0, null, ['-capacity'],
    [113.01, 37.5, 113.02, 38], ['name', 'capacity']);
  told.asked = await endpoint.getCollectionItems('shelters', 5, 0, null, null, null, null, null,
    'capacity=7');
  told.one = await endpoint.getCollectionItem('shelters', 's7');
  told.styles = await endpoint.allStyles();
  told.collectionStyles = await endpoint.allStyles('shelters');
  told.style = await endpoint.getStyle('situation', 'shelters');
  told.sheet = await endpoint.getStylesheetUrl('situation',
    'application/vnd.mapbox.style+json', 'shelters');
  told.tiles = await endpoint.getVectorTilesetUrl('shelters', 'WebMercatorQuad');
  return told;
}"""


@pytest.fixture(scope="module")
def told(served: Any) -> Iterator[dict[str, Any]]:
    """What the library makes of the server, as a viewer sees it."""

    def answered(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/ogc-client/"):
            route.fulfill(path=VENDORED / path.removeprefix("/ogc-client/"))
        elif path == "/":
            route.fulfill(body=PAGE, content_type="text/html")
        else:
            route.continue_()

    def ask() -> dict[str, Any]:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            page = browser.new_page()
            page.route("**/*", answered)
            page.goto(served.url.removesuffix("/ogc") + "/")
            seen: dict[str, Any] = page.evaluate(ASK, [served.url, served.headers(Role.VIEWER)])
            browser.close()
        return seen

    with ThreadPoolExecutor(1) as apart:  # its driver wants a thread without an event loop
        yield apart.submit(ask).result()


def test_it_finds_what_there_is(told: dict[str, Any]) -> None:
    assert set(told["featureCollections"]) == set(told["vectorTileCollections"]) == set(LAYERS)
    assert told["tileMatrixSets"] == ["WebMercatorQuad", "WorldCRS84Quad", "CGCS2000Quad"]
    offered = [told[f"has{what}"] for what in ("Features", "Tiles", "Styles", "Records")]
    assert offered == [True, True, True, False]
    assert told["recordCollections"] == []


def test_it_describes_a_collection(told: dict[str, Any]) -> None:
    collection = told["collection"]
    assert {"name", "capacity", "geometry"} <= {q["name"] for q in collection["queryables"]}
    assert "capacity" in {s["name"] for s in collection["sortables"]}
    assert collection["vectorTileFormats"] == ["application/vnd.mapbox-vector-tile"]
    assert set(collection["itemFormats"]) == {"application/geo+json", "text/html"}
    files = collection["bulkDownloadLinks"]
    assert "application/geopackage+sqlite3" in files
    assert files["text/csv"].endswith("f=csv")


def test_it_reads_every_feature_and_those_asked_for(told: dict[str, Any]) -> None:
    assert sorted(told["ids"]) == sorted(f"s{n}" for n in range(1, 2001))
    assert [set(f["properties"]) for f in told["boxed"]] == [{"name", "capacity"}] * 5
    assert [f["properties"]["capacity"] for f in told["boxed"]] == [50, 49, 48, 47, 46]
    assert [f["id"] for f in told["asked"]] == ["s7"]
    assert told["one"]["properties"]["capacity"] == 7


def test_it_finds_styles_and_tiles(served: Any, told: dict[str, Any]) -> None:
    media_type = "application/vnd.mapbox.style+json"
    for styles in (told["styles"], told["collectionStyles"], [told["style"]]):
        assert [style["id"] for style in styles] == ["situation"]
        assert set(styles[0]["formats"]) == {media_type}
    sheet = served.get(told["sheet"].removeprefix(served.url)).json()
    assert set(sheet["sources"]) == {"shelters"}
    assert "/collections/shelters/tiles/WebMercatorQuad" in told["tiles"]
