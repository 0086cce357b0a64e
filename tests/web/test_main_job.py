"""The main job in a real browser: sign in, see, report, find a site, place the homeless."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

DEMO_WORDS = {
    "zh-CN": {"title": "一张图", "unreported": "未报", "mark": "演示", "who": "值班"},
    "en": {"title": "One Map", "unreported": "not reported", "mark": "DEMO", "who": "Operator"},
}
LEVELS = ["none", "IV", "III", "II", "I"]
SILENT_COUNTY = "140303"


def figure(page: Page, name: str) -> int:
    """A figure of the header as a number."""
    value = page.locator(f"[data-figure={name}]").get_attribute("data-value")
    return int(value or "0")


def level(page: Page) -> str:
    """The response level on the badge."""
    return page.locator("#level").get_attribute("data-level") or ""


def report(page: Page, area: str, source: str, **figures: int) -> None:
    """Fills in and sends a county's report."""
    page.click("#tab-report")
    page.click(f"#enter-{area}")
    page.fill("#report-source", source)
    for name, value in figures.items():
        page.fill(f"#figure-{name}", str(value))
    page.click("#report-send")
    expect(page.locator(".receipt")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_from_the_sign_in_link_to_the_last_household(
    language: str, context: BrowserContext, live_server, witness, web
) -> None:
    words = DEMO_WORDS[language]
    page = witness.watch(context.new_page())
    page.goto(live_server.sign_in_link())
    web.await_ready(page)
    page.goto(f"{live_server.address}/?lang={language}&theme=dark")
    web.await_ready(page)

    expect(page.locator(".brand")).to_have_text(words["title"])
    expect(page.locator("#event .mark")).to_have_text(words["mark"])
    expect(page.locator("#tool-session")).to_contain_text(words["who"])
    expect(page.locator("#layer-tree .layer")).to_have_count(19)
    expect(page.locator("#credits")).to_contain_text("GEM")
    assert level(page) in LEVELS[2:]
    web.screenshot(page, f"1-situation-{language}")

    before, was = figure(page, "dead"), level(page)
    report(page, SILENT_COUNTY, "test bureau", dead=40 if language == "zh-CN" else 60, missing=0)
    expect(page.locator("[data-figure=dead]")).not_to_have_attribute("data-value", str(before))
    assert figure(page, "dead") == before + (40 if language == "zh-CN" else 20)
    assert LEVELS.index(level(page)) >= LEVELS.index(was)
    assert level(page) == "I"
    web.screenshot(page, f"2-reported-{language}")

    page.click("#tab-siting")
    page.fill("#siting-people", "2000")
    page.click("#siting-run")
    outcome = page.locator("#siting-outcome")
    expect(outcome).to_be_visible()
    assert int(outcome.get_attribute("data-chosen") or "0") == 3
    assert int(outcome.get_attribute("data-refused") or "0") > 0
    expect(outcome.locator(".refused li").first).to_contain_text(" m")
    outcome.locator(".sites button").first.click()
    web.screenshot(page, f"3-siting-{language}")

    page.click("#tab-assignment")
    page.fill("#assignment-distance", "1500")
    page.click("#assignment-run")
    plan = page.locator("#assignment-outcome")
    expect(plan).to_be_visible()
    assert int(plan.get_attribute("data-unassigned") or "0") > 0
    expect(plan.locator(".tally li").first).to_be_visible()
    page.keyboard.press("h")
    web.screenshot(page, f"4-assignment-{language}")
    assert witness.complaints == []


def test_the_address_holds_the_whole_screen(signed_in: Page, live_server, web) -> None:
    signed_in.click("#tab-siting")
    signed_in.click("#tool-theme")
    signed_in.uncheck("#layer-intensity")
    signed_in.goto(signed_in.url)
    web.await_ready(signed_in)
    expect(signed_in.locator("#tab-siting")).to_have_attribute("aria-selected", "true")
    expect(signed_in.locator("html")).to_have_attribute("data-theme", "light")
    expect(signed_in.locator("#layer-intensity")).not_to_be_checked()


def test_everything_is_within_reach_of_the_keyboard(signed_in: Page) -> None:
    signed_in.keyboard.press("?")
    expect(signed_in.locator("#keys")).to_be_visible()
    signed_in.keyboard.press("Escape")
    signed_in.keyboard.press("3")
    expect(signed_in.locator("#panel")).to_have_attribute("data-panel", "siting")
    signed_in.keyboard.press("ArrowRight")
    expect(signed_in.locator("#tab-assignment")).to_be_focused()
    signed_in.keyboard.press("/")
    signed_in.keyboard.type("秀水镇")
    expect(signed_in.locator("#found-0")).to_contain_text("秀水镇")
    signed_in.keyboard.press("Enter")
    expect(signed_in.locator("#details h2")).to_have_text("秀水镇")
    signed_in.keyboard.press("Tab")
    signed_in.evaluate("document.activeElement.blur()")
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator("#details")).to_be_hidden()


def test_a_click_on_the_map_shows_what_lies_there(signed_in: Page) -> None:
    signed_in.locator("#map canvas").click(position={"x": 560, "y": 430})
    expect(signed_in.locator("#details h2")).not_to_be_empty()
    expect(signed_in.locator("#details dl")).to_be_visible()


def test_faults_stand_at_their_fields_and_nothing_is_sent(signed_in: Page) -> None:
    signed_in.click("#tab-report")
    signed_in.click(f"#enter-{SILENT_COUNTY}")
    signed_in.fill("#report-source", "")
    signed_in.fill("#figure-dead", "-3")
    signed_in.click("#report-send")
    expect(signed_in.locator("#figure-dead-fault")).to_be_visible()
    expect(signed_in.locator("#report-source")).to_be_focused()
    expect(signed_in.locator("#figure-dead")).to_have_value("-3")


def test_a_viewer_sees_the_map_and_is_told_what_needs_another_role(
    context: BrowserContext, live_server, witness, web
) -> None:
    page = witness.watch(context.new_page())
    page.goto(live_server.sign_in_link("viewer"))
    web.await_ready(page)
    page.click("#tab-report")
    expect(page.locator("#board li")).to_have_count(5)
    expect(page.locator("#panel button:not([id^=page-])")).to_have_count(0)
    for tab in ("page-persons", "tab-siting", "tab-assignment"):
        page.click(f"#{tab}")
        expect(page.locator("#panel form")).to_have_count(0)
        expect(page.locator("#panel .refusal")).to_be_visible()
    assert witness.complaints == []


def test_a_lost_link_is_shown_at_once_and_found_again(signed_in: Page) -> None:
    signed_in.context.set_offline(True)
    expect(signed_in.locator("#link")).to_have_attribute("data-state", "lost")
    expect(signed_in.locator("[data-figure=dead] .value")).not_to_have_class("unreported")
    signed_in.context.set_offline(False)
    expect(signed_in.locator("#link")).to_have_attribute("data-state", "live")


def test_a_used_link_leads_to_the_sign_in_page_with_a_sentence(
    context: BrowserContext, live_server, witness
) -> None:
    link = live_server.sign_in_link()
    page = witness.watch(context.new_page())
    page.goto(link)
    page.goto("about:blank")  # an open page would notice that its session is gone
    context.clear_cookies()
    page.goto(link)
    expect(page.locator("#used")).to_be_visible()
    page.fill("#token", "rm_wrong")
    page.click(".primary")
    expect(page.locator("#refused")).to_be_visible()


def test_without_webgl2_the_tables_and_a_sentence_take_the_maps_place(
    playwright, browser_type_launch_args, live_server, web
) -> None:
    arguments = [*browser_type_launch_args["args"], "--disable-3d-apis"]
    browser = playwright.chromium.launch(**{**browser_type_launch_args, "args": arguments})
    page = browser.new_page()
    page.goto(live_server.sign_in_link())
    web.await_ready(page)
    expect(page.locator("#note")).to_contain_text("WebGL2")
    expect(page.locator("#tables tbody tr")).to_have_count(5)
    page.click("#table-shelters")
    expect(page.locator("#tables tbody tr").first).to_be_visible()
    web.screenshot(page, "5-without-webgl2")
    browser.close()


def test_an_exercise_is_striped_and_silence_is_no_zero(signed_in: Page, live_server, web) -> None:
    made = signed_in.request.post(
        f"{live_server.address}/api/events",
        headers={"X-Requested-With": "reliefmap"},
        data={
            "hazard": "earthquake",
            "name": "11.1 演练",
            "occurred_at": "2020-11-01T10:00:00+08:00",
            "plan": "yangquan-2026",
            "area": "140300",
            "exercise": True,
        },
    )
    signed_in.goto(f"{live_server.address}/?event={made.json()['id']}&lang=zh-CN")
    web.await_ready(signed_in)
    expect(signed_in.locator("body")).to_have_class("exercise")
    expect(signed_in.locator("#event .mark")).to_have_text("演练")
    expect(signed_in.locator("[data-figure=dead] .value")).to_have_text("未报")
    expect(signed_in.locator("#level")).to_have_attribute("data-level", "none")
    expect(signed_in.locator("#level .rank")).to_have_text("尚无上报，等级不明")
    web.screenshot(signed_in, "6-exercise")
