"""The register of persons on the desk: entered, brought up to date, a likely pair judged."""

from typing import Any

from playwright.sync_api import Page, expect


def enter(page: Page, name: str, **more: str) -> None:
    """Registers somebody in 平定县."""
    page.click("#person-add")
    page.fill("#person-name", name)
    page.fill("#person-area", "pdx")
    page.keyboard.press("Enter")
    for box, value in more.items():
        page.fill(f"#person-{box}", value)
    page.click("#person-save")
    expect(page.locator("#person")).to_be_visible()


def test_a_person_is_entered_and_brought_up_to_date(signed_in: Page, web: Any) -> None:
    page = signed_in
    page.click("#tab-report")
    page.click("#page-persons")
    page.click("#person-add")
    page.click("#person-save")
    expect(page.locator("#person-source-fault")).to_be_visible()
    page.click("#person-form-close")
    enter(page, "样例张伟", age="45", id_number="000000198101010000", source="平定县应急管理局")
    number = page.locator("#person-id-number")
    expect(number).to_have_text("000000********0000")
    page.click("#person-unmask")
    page.fill("#person-reason", "家属核对")
    page.click("#person-unmask")
    expect(number).to_have_text("000000198101010000")

    page.click("#person-update")
    page.select_option("#person-status", "found")
    page.click("#person-save")
    expect(page.locator("#person")).to_have_attribute("data-status", "found")
    expect(page.locator("#person-history li")).to_have_count(1)
    web.screenshot(page, "11-person")

    page.click("#person-back")
    enter(page, "样例章伟", age="46", source="公安")
    page.click("#person-back")
    pair = page.locator("#person-pairs li").first
    expect(pair).to_contain_text("姓名相近")
    web.screenshot(page, "11-persons")
    pair.locator("[data-verdict=same]").click()
    page.fill("#verdict-reason", "家属辨认")
    page.fill("#verdict-by", "会商")
    page.click("#verdict-send")
    expect(page.locator("#persons-sums")).to_be_visible()
    expect(page.locator("#person-pairs")).to_have_count(0)


def test_planners_read_persons_with_numbers_masked(
    context: Any, live_server: Any, witness: Any, web: Any
) -> None:
    page = witness.watch(context.new_page())
    page.goto(f"{live_server.sign_in_link('planner')}")
    web.await_ready(page)
    page.click("#tab-report")
    page.click("#page-persons")
    expect(page.locator("#persons-sums")).to_be_visible()
    expect(page.locator("#person-add")).to_have_count(0)
