"""The register of teams on the desk: found, called, sent out, recalled, registered, ended."""

from typing import Any

from playwright.sync_api import Page, expect

EVENT = "demo-yangquan-2026"


def test_a_team_is_found_called_sent_and_recalled(signed_in: Page, web: Any) -> None:
    page = signed_in
    page.click("#tab-checking")
    report = page.locator("#queue > li[data-kind]").first
    report.locator("button").click()
    page.click("#send-team")
    expect(page.locator("#team-target")).to_be_visible()
    page.select_option("#teams-kind", "medical")
    expect(page.locator("#teams li:not([data-kind=medical])")).to_have_count(0)
    page.fill("#team-task-text", "转运伤员")
    web.screenshot(page, "10-which-team")
    page.locator("#teams li[data-state=ready] .sends button").first.click()

    team = page.locator("#team")
    expect(team).to_have_attribute("data-state", "deployed")
    expect(page.locator("#team-task")).to_have_text("转运伤员")
    expect(page.locator("#team-telephone")).to_contain_text("****")
    page.click("#team-unmask")
    page.fill("#team-reason", "核对到达时间")
    page.click("#team-unmask")
    expect(page.locator("#team-telephone")).not_to_contain_text("*")
    page.click("#team-show")
    web.screenshot(page, "10-team")
    page.click("#team-recall")
    expect(team).to_have_attribute("data-state", "ready")

    page.click("#team-back")
    page.select_option("#teams-kind", "information")
    expect(page.locator("#teams .position-age.stale").first).to_be_visible()


def test_a_team_is_registered_mended_and_ended_in_english(
    signed_in: Page, live_server: Any, web: Any
) -> None:
    page = signed_in
    page.goto(f"{live_server.address}/?event={EVENT}&lang=en&theme=light&panel=teams")
    web.await_ready(page)
    page.click("#team-add")
    page.click("#team-save")
    expect(page.locator("#team-name-fault")).to_be_visible()
    page.fill("#team-name", "Synthetic crew")
    page.select_option("#team-kind", "repair")
    page.fill("#team-area", "pdx")
    page.keyboard.press("Enter")
    page.check("#skill-radio")
    page.fill("#team-telephone", "10087654321")
    web.screenshot(page, "10-register-english-light")
    page.click("#team-save")
    expect(page.locator("#team h3").first).to_contain_text("Synthetic crew")
    expect(page.locator("#team-telephone")).to_have_text("100****4321")
    page.click("#team-edit")
    page.fill("#team-people", "7")
    page.click("#team-save")
    expect(page.locator("#team .facts")).to_contain_text("7 people")
    page.click("#team-end")
    page.click("#team-end-sure")
    expect(page.locator("#team")).to_have_attribute("data-state", "off_duty")


def test_planners_read_the_register(context: Any, live_server: Any, witness: Any, web: Any) -> None:
    page = witness.watch(context.new_page())
    page.goto(live_server.sign_in_link("planner"))
    web.await_ready(page)
    page.click("#tab-checking")
    page.click("#page-teams")
    page.locator("#teams .team").first.click()
    expect(page.locator("#team .facts")).to_be_visible()
    for act in ("#team-unmask", "#team-send", "#team-edit"):
        expect(page.locator(act)).to_have_count(0)
