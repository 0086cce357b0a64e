"""An event from the first telephone call to the end of the response, by keyboard and by clause."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

WRITING = {"X-Requested-With": "reliefmap"}
EVENT = {
    "hazard": "earthquake",
    "occurred_at": "2020-06-02T08:00:00+08:00",
    "plan": "yangquan-2026",
    "area": "140300",
}
COUNTIES = {"140302": "cq", "140303": "kq", "140311": "jq", "140321": "pd"}


class Desk:
    """The page on a new earthquake in the demo's prefecture, of which nobody has reported yet."""

    def __init__(self, page: Page, live_server: Any, web: Any) -> None:
        self.page, self.server, self.web = page, live_server, web
        self.become("office")
        made = page.request.post(f"{live_server.address}/api/events", headers=WRITING, data=EVENT)
        self.api = f"{live_server.address}/api/events/{made.json()['id']}"
        self.address = f"{live_server.address}/?event={made.json()['id']}&lang=zh-CN&theme=dark"

    def become(self, authority: str) -> None:
        """From now on the session is an operator's with that authority."""
        self.page.request.get(self.server.sign_in_link("operator", authority), max_redirects=0)

    def open(self, authority: str, panel: str = "level") -> None:
        """Opens the event as an operator with that authority."""
        self.become(authority)
        self.page.goto(f"{self.address}&panel={panel}")
        self.web.await_ready(self.page)

    def post(self, path: str, **body: Any) -> Any:
        """What the interface answers to this session."""
        return self.page.request.post(f"{self.api}/{path}", headers=WRITING, data=body).json()

    def report(self, area: str, as_of: str, source: str = "应急管理局", **figures: int) -> Any:
        """A report that some other desk sent in."""
        stated = {"area": area, "stage": "initial", "as_of": as_of, "source": source}
        return self.post("loss-reports", **stated, figures=figures)

    def key_in(self, initials: str, *figures: int) -> None:
        """Types a county's report without touching the mouse."""
        press = self.page.keyboard.press
        self.page.keyboard.type(initials)
        expect(self.page.locator("#report-place-0")).to_be_visible()
        press("Enter")
        expect(self.page.locator("#figure-dead")).to_be_focused()
        for value in figures:
            self.page.keyboard.type(str(value))
            press("Enter")
        press("Control+Enter")
        expect(self.page.locator(".receipt")).to_be_visible()
        expect(self.page.locator("#report-area")).to_be_focused()

    def act(self, kind: str, level: str, reason: str = "") -> None:
        """Opens the form of an act on a level and sends it."""
        self.page.click(f"#offer-{kind}-{level}")
        if reason:
            self.page.fill("#act-reason", reason)
        self.page.click("#act-send")


@pytest.fixture
def desk(context: BrowserContext, live_server, witness, web) -> Desk:
    """The page on the new event, on a small screen."""
    page = witness.watch(context.new_page())
    page.set_viewport_size({"width": 1440, "height": 810})
    return Desk(page, live_server, web)


def test_four_calls_reach_level_iii_and_people_take_it_from_there(desk: Desk, witness, web) -> None:
    page = desk.page
    life, level = page.locator("#life-cycle"), page.locator("#level")
    desk.open("office")
    expect(level.locator(".rank")).to_have_text("尚无上报，等级不明")
    page.keyboard.press("n")
    for initials in COUNTIES.values():
        desk.key_in(initials, 2, 1, 30)
    expect(level).to_have_attribute("data-level", "III")
    page.keyboard.press("Escape")
    expect(page.locator("#board li[data-silent=true]")).to_have_count(1)
    web.screenshot(page, "7-board")

    page.keyboard.press("1")
    expect(page.locator("#offer-start-III")).to_have_count(0)
    desk.act("propose", "III")
    expect(life).to_have_attribute("data-state", "proposed")
    expect(page.locator("#acts-by")).to_contain_text("常务副主任或分管副主任决定（5.3.2）")

    desk.open("deputy")
    page.click("#offer-start-III")
    page.fill("#act-document", "阳减灾〔2020〕6号")
    page.click("#act-send")
    expect(life).to_have_attribute("data-in-force", "III")
    expect(page.locator("#act-receipt")).to_contain_text("三级响应的启动决定已记录")
    expect(page.locator("#duties")).to_contain_text("城区、矿区、郊区、平定县")
    expect(page.locator("#duties")).to_contain_text("省防减救灾办")
    expect(life).to_contain_text("阳减灾〔2020〕6号")

    desk.open("office")
    page.keyboard.press("n")
    desk.key_in("yx", 9)
    expect(level).to_have_attribute("data-level", "II")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    desk.act("propose", "II")
    expect(life).to_have_attribute("data-state", "proposed")
    desk.open("director")
    desk.act("start", "II")
    expect(life).to_have_attribute("data-state", "adjusted")
    expect(level.locator(".state")).to_have_text("已启动：二级响应")
    web.screenshot(page, "8-level")
    desk.act("end", "II", "灾情已稳定")
    expect(life).to_have_attribute("data-state", "ended")
    expect(life.locator(".acts li")).to_have_count(5)
    expect(life.locator(".life .done")).to_have_count(5)
    assert witness.complaints == []


def test_refusals_are_said_in_chinese(desk: Desk) -> None:
    page = desk.page
    desk.report("140302", "2020-06-02T10:00:00+08:00", dead=12)
    desk.post("response-level/proposals", level="III", reason="达到条件", by="办")
    desk.open("deputy")
    desk.page.click("#offer-start-III")
    desk.report("140303", "2020-06-02T10:00:00+08:00", dead=30)
    page.click("#act-send")
    refusal = page.locator("#act-form .refusal")
    expect(refusal).to_have_attribute("data-code", "level_moved")
    expect(refusal).to_contain_text("提出建议之后数字变了")
    expect(refusal).to_contain_text("已出现: III→II")
    page.click("#act-cancel")
    desk.act("refuse", "III", "数字已变")
    expect(page.locator("#life-cycle")).to_have_attribute("data-state", "refused")

    page.keyboard.press("n")
    page.keyboard.type("q")
    desk.report("140303", "2020-06-02T11:00:00+08:00", dead=30)
    expect(page.locator("#report-place-0")).to_be_visible()
    page.keyboard.type("s")
    page.keyboard.press("Enter")
    page.select_option("#report-stage", "verified")
    page.fill("#figure-dead", "42")
    page.click("#report-send")
    expect(page.locator("#report-form .refusal")).to_contain_text("这些县区还没有核报：城区 140302")


def test_the_board_takes_a_zero_report_and_settles_what_two_sources_say(desk: Desk) -> None:
    page = desk.page
    desk.report("140302", "2020-06-02T10:00:00+08:00", dead=3)
    desk.report("140302", "2020-06-02T10:00:00+08:00", source="公安局", dead=5)
    desk.open("office", "report")
    expect(page.locator("#zero-140303")).to_be_disabled()
    page.click("#zero-140302")
    page.keyboard.press("Enter")
    expect(page.locator(".receipt")).to_contain_text("城区的零报告已记下")
    expect(page.locator("#board [data-area='140302']")).to_contain_text("零报告 · 截至")

    sides = page.locator("#disputes .side")
    expect(sides).to_have_count(2)
    sides.nth(1).click()
    expect(page.locator("#settle-value")).to_have_value("5")
    page.click("#settle-send")
    expect(page.locator("#disputes")).to_have_count(0)
    expect(page.locator("[data-figure=dead]")).to_have_attribute("data-value", "5")


def test_likely_figures_and_lowered_conditions_stand_beside_what_was_reported(desk: Desk) -> None:
    page = desk.page
    desk.report("140302", "2020-06-02T10:00:00+08:00", dead=9)
    desk.open("office")
    page.click("#judge-anticipated")
    page.fill("#likely-dead", "25")
    page.fill("#judge-anticipated-by", "会商组")
    page.fill("#judge-anticipated-reason", "仍有人被埋")
    page.click("#judge-anticipated-send")
    expect(page.locator("[data-basis=anticipated] .chip")).to_have_text("II")
    page.click("#judge-lowering")
    page.fill("#judge-lowering-by", "市防减救灾委")
    page.fill("#judge-lowering-reason", "夜间严寒")
    page.click("#judge-lowering-send")
    expect(page.locator("[data-basis=lowered] .chip")).to_have_text("III")
    expect(page.locator("[data-basis=reported] .chip")).to_have_text("IV")
    expect(page.locator("#level")).to_have_attribute("data-level", "IV")


def test_the_timeline_shows_what_the_centre_knew(signed_in: Page, live_server, web) -> None:
    page = signed_in
    page.goto(f"{live_server.address}/?lang=zh-CN&theme=dark&at=2026-09-14T20:05:00Z")
    web.await_ready(page)
    expect(page.locator("body")).to_have_class("replay")
    expect(page.locator("#ribbon")).to_contain_text("09-15 04:05")
    expect(page.locator("#link")).to_have_text("回放 09-15 04:05")
    before = page.locator("[data-figure=injured]").get_attribute("data-value")
    web.screenshot(page, "9-replay")
    page.keyboard.press("n")
    expect(page.locator("#panel")).to_have_attribute("data-panel", "level")
    page.keyboard.press(".")
    expect(page.locator("#ribbon")).to_contain_text("09-15 04:13")
    expect(page.locator("[data-figure=injured]")).not_to_have_attribute("data-value", str(before))
    assert "at=2026-09-14T20" in page.url
    page.focus("#timeline-slider")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-figure=injured]")).to_have_attribute("data-value", str(before))
    page.click("#timeline-live")
    expect(page.locator("body")).not_to_have_class("replay")
    assert "at=" not in page.url


def test_the_leaders_page_is_one_sheet(signed_in: Page, live_server, web) -> None:
    page = signed_in
    with page.expect_popup() as opened:
        page.click("#tool-desk")
    sheet = opened.value
    web.await_ready(sheet)
    expect(sheet.locator("#level")).to_have_attribute(
        "data-level", "I" if page.locator("#level[data-level=I]").count() else "II"
    )
    expect(sheet.locator(".picture img")).to_be_visible()
    expect(sheet.locator(".counties tbody tr")).to_have_count(5)
    briefing = sheet.locator("#briefing-html").get_attribute("href")
    assert sheet.request.get(f"{live_server.address}{briefing}").ok
    assert len(re.findall(rb"/Type\s*/Page\b", sheet.pdf(prefer_css_page_size=True))) == 1
    sheet.close()
