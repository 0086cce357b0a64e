"""The field page on a phone: four taps, no network, restarts, refusals, and reports that arrive."""

import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

PHONE = {"width": 412, "height": 860}
HERE = {"longitude": 113.631, "latitude": 37.787, "accuracy": 9}
SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"


@pytest.fixture(scope="module")
def live_server(own_server):
    """A server for this module alone."""
    return own_server


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone that stands in 平定县 and lets the page know."""
    context = browser.new_context(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        geolocation=HERE,
        permissions=["geolocation"],
        accept_downloads=True,
    )
    yield context
    context.close()


@pytest.fixture
def field_page(phone: BrowserContext, live_server, witness) -> Page:
    """The page of a signed-in field worker, kept on the phone with the offline map."""
    page = witness.watch(phone.new_page())
    page.goto(live_server.sign_in_link("field"))
    page.goto(f"{live_server.address}/report")
    ready(page)
    page.evaluate(  # under the page's policy no expression can be waited for, but a promise can
        """() => new Promise((done) => {
            navigator.serviceWorker.addEventListener("controllerchange", () => done(true));
            if (navigator.serviceWorker.controller) done(true);
        })"""
    )
    return page


def ready(page: Page) -> None:
    page.wait_for_selector("body[data-ready=true]", state="attached")


def picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"field-{name}.png")


def prepare(page: Page) -> None:
    page.click("#more")
    page.click("#prepare")
    expect(page.locator("dialog [role=status]")).to_contain_text("个村")
    picture(page, "more")
    page.click("#close")


def photo(side: int = 900) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def attach(page: Page) -> None:
    file = {"name": "倒塌.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.set_input_files("#pick", file)
    expect(page.locator("#photos figure")).to_have_count(1)


def state_of(page: Page, number: int = 0) -> str | None:
    return page.locator(".outbox li").nth(number).get_attribute("data-state")


def on_file(page: Page) -> list[dict]:
    """The reports that the server holds of this phone's owner."""
    event = page.evaluate("fetch('/api/events').then((r) => r.json()).then((b) => b.events[0].id)")
    found = page.evaluate(
        f"fetch('/api/events/{event}/field-reports?mine=true').then((r) => r.json())"
    )
    return next(value for value in found.values() if isinstance(value, list) and value != [])


def test_four_taps_with_no_network_survive_a_restart_and_are_once_on_the_operators_map(
    field_page: Page, phone: BrowserContext, signed_in: Page, live_server, witness
) -> None:
    expect(signed_in.locator("#link")).to_have_attribute("data-state", "live")
    prepare(field_page)
    phone.set_offline(True)
    field_page.reload()
    ready(field_page)
    expect(field_page.locator("#link")).to_have_attribute("data-up", "false")
    picture(field_page, "home-offline")
    field_page.tap("[data-kind=damage]")
    expect(field_page.locator("#place strong")).to_contain_text("±9\u00a0m")
    assert "镇" in field_page.locator("#place strong").inner_text()
    field_page.tap("[data-value=collapsed]")
    attach(field_page)
    picture(field_page, "form")
    field_page.tap("#save")
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "saved")
    field_page.close()

    again = phone.new_page()
    again.goto(f"{live_server.address}/report")
    ready(again)
    assert state_of(again) == "saved"
    picture(again, "saved")
    phone.set_offline(False)
    witness.watch(again)
    expect(again.locator(".outbox li")).to_have_attribute("data-state", "sent")
    picture(again, "sent")
    [report] = [one for one in on_file(again) if one["kind"] == "damage"]
    assert report["details"]["grade"] == "collapsed"
    assert len(report["photos"]) == 1
    expect(signed_in.locator(f"#map .fresh[data-report='{report['id']}']")).to_have_count(1)
    expect(signed_in.locator(f"#feed [data-report='{report['id']}']")).to_have_count(1)
    # A browser notes each request that found no network; nothing else may be amiss.
    assert [one for one in witness.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_a_bad_report_holds_nobody_up_and_says_why(
    field_page: Page, phone: BrowserContext, live_server
) -> None:
    refused: list[str] = []

    def refuse_first(route: Route) -> None:
        sent = json.loads(route.request.post_data or "{}")
        if not refused:
            refused.append(sent["id"])
        if sent["id"] != refused[0]:
            return route.continue_()
        problem = {"code": "event_closed", "detail": "closed", "status": 409}
        return route.fulfill(status=409, json=problem)

    phone.set_offline(True)
    for kind in ("road", "hazard"):
        field_page.tap(f"[data-kind={kind}]")
        expect(field_page.locator("#place strong")).to_contain_text("±9\u00a0m")
        field_page.locator(".choice").first.tap()
        field_page.tap("#save")
        expect(field_page.locator(".outbox li").first).to_be_visible()
    field_page.route(re.compile("/field-reports$"), refuse_first)
    phone.set_offline(False)
    expect(field_page.locator("li[data-state=sent]")).to_have_count(1)
    expect(field_page.locator("li[data-state=refused]")).to_contain_text("已结束")
    picture(field_page, "refused")
    field_page.unroute(re.compile("/field-reports$"))
    field_page.locator("li[data-state=refused] .edit").tap()
    field_page.tap("#save")
    expect(field_page.locator("li[data-state=sent]")).to_have_count(2)


def test_what_a_captive_portal_answers_is_no_receipt(
    field_page: Page, phone: BrowserContext, live_server
) -> None:
    field_page.route(
        re.compile("/field-reports$"),
        lambda route: route.fulfill(status=200, json={"welcome": "to the hotel"}),
    )
    field_page.tap("[data-kind=other]")
    expect(field_page.locator("#place strong")).to_contain_text("±9\u00a0m")
    field_page.fill("#text", "桥头有人等")
    field_page.tap("#save")
    expect(field_page.locator(".outbox .reason")).to_contain_text("认证页面")
    assert state_of(field_page) == "saved"
    field_page.unroute(re.compile("/field-reports$"))
    field_page.tap("#send")
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")


def test_a_cleared_session_keeps_the_outbox_and_asks_who_one_is(
    field_page: Page, phone: BrowserContext, live_server
) -> None:
    phone.clear_cookies()
    field_page.tap("[data-kind=need]")
    expect(field_page.locator("#place strong")).to_contain_text("±9\u00a0m")
    field_page.get_by_role("button", name="饮水").tap()
    field_page.tap("#save")
    expect(field_page.locator("#token")).to_be_visible()
    picture(field_page, "sign-in")
    assert state_of(field_page) == "saved"
    # Another person signs in on the same phone: the report waits for its author, or is taken over.
    field_page.fill("#token", live_server.token("operator"))
    field_page.locator(".sign-in button").tap()
    expect(field_page.locator(".outbox .reason")).to_contain_text("填写")
    field_page.get_by_role("button", name="由我发送").tap()
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")


def test_a_file_carries_reports_to_a_machine_with_a_network(
    field_page: Page, phone: BrowserContext, signed_in: Page, live_server, tmp_path: Path
) -> None:
    phone.set_offline(True)
    field_page.tap("[data-kind=casualty]")
    expect(field_page.locator("#place strong")).to_contain_text("±9\u00a0m")
    field_page.get_by_role("button", name="受伤加一").tap()
    attach(field_page)
    field_page.tap("#save")
    with field_page.expect_download() as download:
        field_page.locator(".outbox .export").tap()
    assert download.value.suggested_filename.startswith("现场填报-")
    file = tmp_path / "reports.json"
    download.value.save_as(file)

    signed_in.goto(f"{live_server.address}/report")
    ready(signed_in)
    for told in ("读入 1 条，已有 0 条", "读入 0 条，已有 1 条"):
        signed_in.click("#more")
        signed_in.set_input_files("#import", file)
        expect(signed_in.locator("dialog [role=status]")).to_contain_text(told)
        signed_in.click("#close")
    expect(signed_in.locator(".outbox li")).to_have_attribute("data-state", "sent")
    phone.set_offline(False)
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")


def test_a_pin_by_hand_without_any_position(browser: Browser, live_server, witness) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")
    page = witness.watch(context.new_page())
    page.goto(live_server.sign_in_link("field"))
    page.goto(f"{live_server.address}/report")
    ready(page)
    prepare(page)
    page.tap("[data-kind=road]")
    expect(page.locator("#place strong")).to_contain_text("请在地图上点")
    page.tap("#save")
    expect(page.locator("#refusal")).to_contain_text("还没有位置")
    page.tap("#pin")
    page.wait_for_selector(".pin-map[data-ready=true]")
    page.wait_for_timeout(1500)
    picture(page, "pin")
    use, asked = page.get_by_role("button", name="用这里"), page.locator("dialog .refusal")
    for lon, lat, said in (
        ("", "", "还没有地点"),
        ("999", "1", "还没有地点"),
        ("2.35", "48.85", "境内"),
    ):
        page.fill("dialog [name=lon]", lon)
        page.fill("dialog [name=lat]", lat)
        use.tap()
        expect(asked).to_contain_text(said)
    page.fill("dialog [name=lon]", "37.80083")
    page.fill("dialog [name=lat]", "113.60618")
    use.tap()
    expect(asked).to_contain_text("写反")
    expect(page.locator("dialog [name=lon]")).to_have_value("113.60618")
    page.select_option("dialog [name=crs]", "gcj02")
    picture(page, "pin-asked")
    use.tap()
    expect(page.locator("#place strong")).to_contain_text("手点")
    page.tap("#save")
    expect(page.locator(".outbox li")).to_have_attribute("data-state", "sent")
    [report] = on_file(page)
    assert report["stated"]["location"] == {"lon": 113.60618, "lat": 37.80083, "crs": "gcj02"}
    assert abs(report["location"]["lon"] - 113.6) < 1e-3
    context.close()


def saved_with_a_photo(page: Page, kind: str = "damage") -> None:
    page.tap(f"[data-kind={kind}]")
    expect(page.locator("#place strong")).to_contain_text("±9")
    attach(page)
    page.tap("#save")


def test_the_originals_follow_when_there_is_wifi(field_page: Page) -> None:
    saved_with_a_photo(field_page)
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")
    original = {"name": "原图.jpg", "mimeType": "image/jpeg", "buffer": photo(1800)}
    with field_page.expect_response(re.compile("/photos/uploads/")):
        field_page.set_input_files(".outbox li input[type=file]", original)
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")
    [report] = [one for one in on_file(field_page) if len(one["photos"]) == 2]
    assert report["photos"][1]["bytes"] == len(original["buffer"])
    picture(field_page, "originals")
    field_page.click("#more")
    field_page.click("#clear-sent")
    expect(field_page.locator("dialog [role=status]")).to_contain_text("删去 1 条")
    expect(field_page.locator(".outbox li")).to_have_count(0)


def test_a_photo_that_is_refused_is_not_sent_again_and_again(field_page: Page) -> None:
    tries: list[str] = []

    def refuse(route: Route) -> None:
        tries.append(route.request.url)
        route.fulfill(status=415, json={"code": "media_type", "detail": "no photo"})

    field_page.route(re.compile("/photos$"), refuse)
    saved_with_a_photo(field_page)
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")
    expect(field_page.locator(".outbox .reason")).to_contain_text("照片没有收下")
    expect(field_page.locator("#send")).to_have_count(0)
    assert len(tries) == 1


def test_a_report_that_the_server_has_lost_is_sent_again_with_its_photo(field_page: Page) -> None:
    lost: list[str] = []
    sent: list[str] = []

    def lose_once(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        return route.fulfill(status=404, json={"code": "not_found", "detail": "gone"})

    posts = re.compile("/field-reports$")
    field_page.on("request", lambda asked: sent.append(asked.url) if posts.search(asked.url) else 0)
    field_page.route(re.compile("/photos$"), lose_once)
    saved_with_a_photo(field_page)
    expect(field_page.locator(".outbox .reason")).to_contain_text("没有这条")
    field_page.tap("#send")
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")
    assert len(sent) == 2


def test_a_full_phone_saves_nothing_more_and_sends_what_it_has(
    field_page: Page, phone: BrowserContext, live_server
) -> None:
    phone.set_offline(True)
    saved_with_a_photo(field_page, "hazard")
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "saved")
    field_page.evaluate(
        """() => { const { put } = IDBObjectStore.prototype;
            window.emptied = () => { IDBObjectStore.prototype.put = put; };
            const full = () => { throw new DOMException("", "QuotaExceededError"); };
            IDBObjectStore.prototype.put = full; }"""
    )
    field_page.tap("[data-kind=damage]")
    expect(field_page.locator("#place strong")).to_contain_text("±9")
    attach(field_page)
    field_page.tap("#save")
    expect(field_page.locator("#refusal")).to_contain_text("存储已满")
    field_page.tap("#back")
    phone.set_offline(False)
    with field_page.expect_response(re.compile("/photos/uploads/")) as upload:
        pass
    assert upload.value.ok
    field_page.evaluate("emptied()")
    expect(field_page.locator(".outbox li")).to_have_attribute("data-state", "sent")
    assert len([one for one in on_file(field_page) if one["kind"] == "hazard"]) == 1


def test_the_page_can_be_installed_and_opens_without_a_session(live_server, browser) -> None:
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    page = context.new_page()
    assert page.goto(f"{live_server.address}/report").status == 200
    ready(page)
    faults = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")
    errors = [fault["errorId"] for fault in faults["installabilityErrors"]]
    assert [one for one in errors if one != "in-incognito"] == []
    assert urlsplit(page.url).path == "/report"
    context.close()


def test_everything_to_tap_is_large_enough_for_gloves(field_page: Page) -> None:
    field_page.set_viewport_size({"width": 360, "height": 740})
    field_page.tap("[data-kind=damage]")
    expect(field_page.locator("[for=take]")).to_be_visible()
    # Kind, grade, photo and save are four taps only where none of them has to be searched for.
    assert field_page.evaluate(
        "document.querySelector('[for=take]').getBoundingClientRect().bottom"
        " < document.querySelector('#save').getBoundingClientRect().top"
    )
    too_small = field_page.evaluate(
        """[...document.querySelectorAll("button, .add, a.button")]
            .map((one) => [one.id || one.textContent, one.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 48 || box.height < 48))
            .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert too_small == []


def test_the_page_tells_where_its_team_is(field_page: Page, live_server) -> None:
    register_team(live_server)
    field_page.reload()
    ready(field_page)
    field_page.click("#more")
    with field_page.expect_response("**/api/teams/T1/positions") as told:
        field_page.select_option("#team", "T1")
    assert told.value.status == 201
    sent = told.value.json()
    assert (sent["lon"], sent["lat"]) == (HERE["longitude"], HERE["latitude"])
    picture(field_page, "team")


def register_team(live_server) -> None:
    """Imports a team, as an operator does."""
    row = "编号,名称,类型,经度,纬度\nT1,平定县一队,救援队,113.6,37.8\n"
    headers = {"Authorization": f"Bearer {live_server.token('operator')}"}
    with httpx.Client(base_url=live_server.address, headers=headers, timeout=30) as desk:
        job = desk.post("/api/imports/teams", files={"file": ("队伍.csv", row.encode())}).json()
        for _ in range(100):
            if desk.get(f"/api/jobs/{job['id']}").json()["state"] == "done":
                return
            time.sleep(0.2)
    raise AssertionError("the team was not imported")
