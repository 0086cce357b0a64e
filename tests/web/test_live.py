"""The live map: reports that arrive by themselves, are taken note of, checked and taken over."""

import io
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

EVENT = "demo-yangquan-2026"
NORTH = 37.92
"""Nothing is reported here but by these tests, each on a latitude of its own."""


class Field:
    """Somebody out there, with a phone."""

    def __init__(self, page: Page, live_server: Any) -> None:
        self.request = page.request
        self.api = f"{live_server.address}/api/events/{EVENT}/field-reports"
        self.headers = {"Authorization": f"Bearer {live_server.token('field')}"}

    def report(self, lat: float, kind: str = "damage", **more: Any) -> str:
        """Sends a report and gives its id."""
        body = {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "observed_at": datetime.now(UTC).isoformat(),
            "location": {"lon": 113.46, "lat": lat, "accuracy_m": 10},
            **more,
        }
        answer = self.request.post(self.api, headers=self.headers, data=body)
        assert answer.status == 201, answer.text()
        return body["id"]

    def photo(self, report: str) -> None:
        """Adds a photo to the report."""
        file = io.BytesIO()
        Image.new("RGB", (400, 300), "sienna").save(file, "JPEG")
        headers = self.headers | {"Content-Type": "image/jpeg"}
        answer = self.request.post(
            f"{self.api}/{report}/photos", headers=headers, data=file.getvalue()
        )
        assert answer.status == 201, answer.text()


@pytest.fixture(scope="module")
def live_server(own_server: Any) -> Any:
    """A server for this module alone."""
    return own_server


@pytest.fixture
def phone(signed_in: Page, live_server: Any) -> Field:
    """A phone beside the operator's page."""
    return Field(signed_in, live_server)


def alert(page: Page, report: str) -> Locator:
    """The feed's line for that report."""
    return page.locator(f"#feed [data-report='{report}']")


def opened(page: Page, report: str) -> Locator:
    """The report as the panel shows it once it was read."""
    return page.locator(f"#checked[data-report='{report}']")


def test_a_report_is_on_another_screen_without_a_reload(signed_in, phone, web) -> None:
    page = signed_in
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    report = phone.report(NORTH, "casualty", text="压着人", figures={"injured": 2})
    expect(page.locator(f"#map .fresh[data-report='{report}']")).to_be_visible()
    expect(alert(page, report)).to_contain_text("压着人")
    page.click(f"#alert-{report}")
    expect(opened(page, report)).to_have_attribute("data-state", "new")
    page.wait_for_timeout(900)  # the flight there
    page.wait_for_selector("#map[data-idle=true]")
    web.screenshot(page, "9-report-arrived")

    page.click("#checking-back")
    box = page.locator("#map canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(opened(page, report)).to_be_visible()  # it is on the map, where the map flew to
    tiles = "/collections/field_reports/tiles/"
    with page.expect_response(lambda answer: tiles in answer.url and answer.ok):
        page.keyboard.press("a")
    expect(page.locator("#map .fresh")).to_have_count(0)


COVERED = """() => {
  const { x, y, width, height } = document.querySelector("#map canvas").getBoundingClientRect();
  const free = (px, py) => document.elementFromPoint(px, py)?.closest("#map");
  const places = Array.from({ length: 20 }, (_, n) => 0.01 + 0.98 * n / 19);
  return places.flatMap((a) => places.map((b) => [a, b]))
    .filter(([a, b]) => !free(x + a * width, y + b * height));
}"""


def test_the_feed_leaves_the_map_to_who_draws(signed_in, phone, web) -> None:
    page = signed_in
    report = phone.report(NORTH + 0.07, "hazard")
    expect(alert(page, report)).to_be_visible()
    assert page.evaluate(COVERED)
    page.click("#tab-siting")
    page.select_option("#grounds-where", "area")
    page.click("#grounds-draw")
    expect(alert(page, report)).to_be_hidden()
    expect(page.locator("#alerts h2")).to_be_visible()
    assert page.evaluate(COVERED) == []
    box = page.locator("#map canvas").bounding_box()
    for x, y in ((0.5, 0.1), (0.02, 0.98), (0.9, 0.9)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_timeout(120)  # not as fast as a double click
    expect(page.locator("#drawing-state")).to_contain_text("km²")
    web.screenshot(page, "9-drawing-beside-the-feed")
    page.click("#drawing-cancel")
    expect(alert(page, report)).to_be_visible()
    page.click("#alerts-fold")
    expect(alert(page, report)).to_be_hidden()


def test_what_is_new_sounds_until_muted_and_is_remembered(signed_in, phone, web) -> None:
    page, feed = signed_in, signed_in.locator("#alerts")
    page.click("#alerts h2")  # browsers let a page sound once somebody has pressed something
    first = phone.report(NORTH + 0.01, "need", details={"needs": ["tent"]})
    expect(alert(page, first)).to_contain_text("帐篷")
    expect(feed).to_have_attribute("data-sound", "on")
    expect(feed).to_have_attribute("data-sounded", "1")
    page.keyboard.press("q")
    expect(feed).to_have_attribute("data-sound", "muted")
    second = phone.report(NORTH + 0.011, "road", details={"passable": False})
    expect(alert(page, second)).to_contain_text("不通")
    expect(feed).to_have_attribute("data-sounded", "1")

    page.click(f"#known-{first}")
    expect(alert(page, first)).to_have_count(0)
    page.reload()
    web.await_ready(page)
    expect(alert(page, second)).to_be_visible()
    expect(alert(page, first)).to_have_count(0)
    expect(feed).to_have_attribute("data-sound", "muted")
    page.keyboard.press("a")
    expect(feed).to_have_attribute("data-waiting", "0")


def test_a_report_is_verified_and_taken_over_once(signed_in, phone, web) -> None:
    page = signed_in
    figures, details = {"collapsed_rooms": 3}, {"grade": "collapsed"}
    report = phone.report(NORTH + 0.02, text="<b>土坯房</b>", figures=figures, details=details)
    phone.photo(report)
    page.click(f"#alert-{report}")
    checked = opened(page, report)
    expect(checked).to_contain_text("<b>土坯房</b>")
    page.click("#photo-0")
    expect(page.locator("#photo img")).to_be_visible()
    web.screenshot(page, "9-photo")
    page.click("#photo-close")

    page.keyboard.press("v")
    page.keyboard.press("Enter")
    expect(checked).to_have_attribute("data-state", "verified")
    expect(checked.locator(".found")).to_contain_text("电话核实")
    page.click("#take-report")
    before = page.locator(".sheet-row .last").inner_text()
    web.screenshot(page, "9-take-over")
    page.click("#take-send")
    expect(page.locator("#uses [data-account=loss_report]")).to_be_visible()
    expect(page.locator("#take-report")).to_have_count(0)
    assert before

    page.click("#find-rejected")
    page.click("#finding-send")
    expect(page.locator("#finding .refusal")).to_contain_text("已并入")
    page.keyboard.press("Escape")
    page.click("#take-home")
    expect(page.locator("#take-over")).to_be_visible()


def test_a_repetition_is_found_side_by_side(signed_in, phone, web) -> None:
    page = signed_in
    first = phone.report(NORTH + 0.03, text="塌房 3 间", figures={"collapsed_rooms": 3})
    second = phone.report(NORTH + 0.0301, text="三间房塌了", figures={"collapsed_rooms": 3})
    page.click(f"#alert-{second}")
    pair = page.locator(f".alike [data-report='{first}']")
    expect(pair).to_contain_text("塌房 3 间")
    assert float(pair.get_attribute("data-score")) > 0.9
    web.screenshot(page, "9-side-by-side")
    page.click(f"#same-{first}")
    page.click("#finding-send")
    expect(opened(page, second)).to_have_attribute("data-state", "duplicate")
    page.click("#checking-back")
    page.select_option("#checking-state", "duplicate")
    expect(page.locator(f"#queue-{second}")).to_be_visible()
    expect(page.locator(f"#queue-{first}")).to_have_count(0)


def test_a_lost_link_is_said_at_once_and_caught_up_with(signed_in, phone, web) -> None:
    page = signed_in
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    page.context.set_offline(True)
    expect(page.locator("#link")).to_have_attribute("data-state", "lost")
    web.screenshot(page, "9-link-lost")
    missed = [phone.report(NORTH + 0.04 + n / 1000, "hazard") for n in range(3)]
    expect(page.locator("#link")).to_have_attribute("data-state", "lost")
    page.context.set_offline(False)
    expect(page.locator("#link")).to_have_attribute("data-state", "live")
    for report in missed:
        expect(alert(page, report)).to_be_visible()


def test_where_there_is_no_stream_the_page_asks(signed_in, phone, web) -> None:
    page = signed_in
    page.route("**/api/events/*/stream*", lambda route: route.fulfill(status=404, body="{}"))
    page.reload()
    web.await_ready(page)
    expect(page.locator("#link")).to_have_attribute("data-state", "polling")
    expect(alert(page, phone.report(NORTH + 0.05, "hazard"))).to_be_visible()


def test_the_queue_is_walked_by_keyboard_in_english(signed_in, phone, live_server, web) -> None:
    page = signed_in
    phone.report(NORTH + 0.06, "casualty", figures={"missing": 9, "injured": 30})
    address = f"{live_server.address}/?event={EVENT}&lang=en&theme=light&panel=checking"
    page.goto(address)
    web.await_ready(page)
    urgencies = page.locator("#queue .urgency")
    expect(urgencies.first).to_be_visible()
    points = [float(text) for text in urgencies.all_inner_texts()]
    assert points == sorted(points, reverse=True)
    web.screenshot(page, "9-queue-en-light")
    page.keyboard.press("j")
    first = page.locator("#checked").get_attribute("data-report")
    page.keyboard.press("j")
    expect(page.locator("#checked")).not_to_have_attribute("data-report", first or "")
    page.keyboard.press("k")
    expect(opened(page, first or "")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator("#finding-reason")).to_be_focused()
    web.screenshot(page, "9-report-en-light")


def test_a_changed_level_is_said_until_noted(signed_in, live_server, web) -> None:
    page = signed_in
    report = {
        "area": "140303",
        "stage": "follow_up",
        "as_of": datetime.now(UTC).isoformat(),
        "source": "矿区应急管理局",
        "figures": {"dead": 60},
    }
    token = live_server.token("operator")
    answer = page.request.post(
        f"{live_server.address}/api/events/{EVENT}/loss-reports",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        data=json.dumps(report),
    )
    assert answer.ok, answer.text()
    changed = page.locator("#alert-level")
    expect(changed).to_contain_text("→")
    web.screenshot(page, "9-level-changed")
    page.click("#alert-level-known")
    expect(changed).to_have_count(0)
