"""The planner's desk in a real browser: draw, site, compare, cut a road, supply, reopen by link."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

SLOW_MS = 90_000


def click_map(page: Page, *places: tuple[int, int]) -> None:
    """Clicks on the map at pixels from its corner, not as fast as a double click."""
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    for x, y in places:
        page.mouse.click(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(120)


def drag_map(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + start[0], box["y"] + start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=4)
    page.mouse.up()


def square_at(lon: float, lat: float, size: float) -> dict[str, Any]:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def downloaded(page: Page, where: str, form: str) -> str:
    """Content-Disposition of the file behind a link for that form."""
    href = page.locator(f"{where} a[data-form={form}]").first.get_attribute("href")
    answer = page.request.get(f"{page.url.split('/?')[0]}{href}")
    assert answer.ok, answer.text()
    assert answer.body()
    return answer.headers["content-disposition"]


def test_an_area_is_drawn_mended_and_searched(signed_in: Page, live_server, witness, web) -> None:
    page = signed_in
    page.click("#tab-siting")
    page.select_option("#grounds-where", "area")
    page.click("#siting-run")
    expect(page.locator("#siting-form .refusal")).to_be_visible()

    page.click("#grounds-draw")
    corners = [(300, 180), (820, 220), (820, 600), (330, 640)]
    click_map(page, *corners)
    expect(page.locator("#drawing-state")).to_contain_text("km²")
    click_map(page, (560, 100), (560, 690))  # the outline crosses itself
    expect(page.locator("#drawing-done")).to_be_disabled()
    page.click("#drawing-undo")
    page.click("#drawing-undo")
    before = page.locator("#drawing-state").inner_text()
    drag_map(page, (300, 180), (260, 150))
    expect(page.locator("#drawing-state")).not_to_have_text(before)
    web.screenshot(page, "7-drawing")
    page.click("#drawing-done")
    expect(page.locator("#grounds-outline")).to_contain_text("km²")

    page.click("#siting-run")
    outcome = page.locator("#siting-outcome")
    expect(outcome).to_be_visible(timeout=SLOW_MS)
    assert int(outcome.get_attribute("data-chosen") or "0") > 0
    for form in ("geojson", "csv", "xlsx", "gpkg"):
        assert downloaded(page, "#siting-outcome", form).endswith(f".{form}")
    page.click("#siting-outcome .parameters summary")
    expect(page.locator("#siting-outcome .parameters dl")).to_be_visible()

    colleague = witness.watch(page.context.new_page())
    colleague.goto(page.url)
    web.await_ready(colleague)
    expect(colleague.locator("#siting-outcome")).to_have_attribute(
        "data-chosen", outcome.get_attribute("data-chosen") or "", timeout=SLOW_MS
    )
    first = page.url
    earlier = colleague.locator("#siting-earlier li")
    expect(earlier).not_to_have_count(0)
    before_again = earlier.count()
    colleague.click("#siting-again")
    expect(earlier).to_have_count(before_again + 1, timeout=SLOW_MS)
    assert colleague.url != first
    colleague.close()


def test_grounds_are_drawn_by_keyboard_and_uploaded(signed_in: Page, web, tmp_path) -> None:
    page = signed_in
    page.click("#tab-siting")
    page.select_option("#grounds-where", "own")
    page.click("#grounds-draw")
    for key in ("Space", "ArrowRight", "Space", "ArrowDown", "Space", "Backspace", "Space"):
        page.keyboard.press(key)
        page.wait_for_timeout(500)  # the map glides under the cross
    page.keyboard.press("Enter")
    expect(page.locator("#drawing")).to_be_hidden()
    expect(page.locator(".own-grounds li")).to_have_count(1)
    page.click("#own-remove-0")

    wrong = tmp_path / "wrong.geojson"
    wrong.write_text('{"type": "FeatureCollection", "features": [{"geometry": null}]}')
    page.set_input_files("#grounds-upload", wrong)
    expect(page.locator("#grounds-where-fault")).to_contain_text("1")
    grounds = [
        {
            "type": "Feature",
            "id": f"自备{n}",
            "properties": {},
            "geometry": square_at(lon, lat, 0.002),
        }
        for n, (lon, lat) in enumerate([(113.42, 38.05), (113.55, 37.9), (113.6, 37.85)], 1)
    ]
    right = tmp_path / "right.geojson"
    right.write_text(json.dumps({"type": "FeatureCollection", "features": grounds}))
    page.set_input_files("#grounds-upload", right)
    expect(page.locator(".own-grounds li")).to_have_count(3)
    for layer in ("faults", "hazard_points", "risk_zones", "flood_areas"):
        page.fill(f"#avoid-{layer}", "")
    page.fill("#siting-count", "1")
    page.click("#siting-run")
    expect(page.locator("#siting-outcome")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#siting-outcome .sites li")).to_have_count(1)
    expect(page.locator("#siting-outcome .sites strong").first).to_contain_text("自备")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_coverage_and_supply_are_shown(
    language: str, context: BrowserContext, live_server, witness, web
) -> None:
    page = witness.watch(context.new_page())
    page.goto(live_server.sign_in_link())
    web.await_ready(page)
    page.goto(f"{live_server.address}/?lang={language}&panel=coverage")
    web.await_ready(page)
    gap = page.locator("#coverage-outcome")
    expect(gap).to_be_visible(timeout=SLOW_MS)
    assert int(gap.get_attribute("data-beyond") or "0") > 0
    expect(gap.locator(".sites li")).to_have_count(5)
    web.screenshot(page, f"8-coverage-{language}")

    page.click("#tab-supply")
    expect(page.locator("#supply-outcome")).to_be_visible(timeout=SLOW_MS)
    assert int(page.locator("#supply-outcome").get_attribute("data-shortages") or "0") > 0
    page.fill("#supply-margin_percent", "50")
    page.click("#supply-run")
    expect(page.locator("#supply-outcome .lead")).to_contain_text("50")
    web.screenshot(page, f"9-supply-{language}")

    assert witness.complaints == []


def test_goods_are_planned_asked_for_and_sent(signed_in: Page, web) -> None:
    page = signed_in
    page.click("#tab-supply")
    page.click("#page-dispatch")
    page.click("#dispatch-run")
    plan = page.locator("#dispatch-outcome")
    expect(plan).to_be_visible(timeout=SLOW_MS)
    assert int(plan.get_attribute("data-moves") or "0") > 0
    assert "dispatch=" in page.url
    assert downloaded(page, "#dispatch-outcome", "xlsx").endswith(".xlsx")
    web.screenshot(page, "10-dispatch")
    page.fill("#dispatch-by", "指挥部")
    page.click("#dispatch-ask")
    first = page.locator(".requests > li").first
    expect(first).to_be_visible(timeout=SLOW_MS)
    first.locator("button[id^=step-sent-]").click()
    page.click("#step-send")
    expect(first.locator(".fault")).to_be_visible()
    page.fill("#step-by", "储备库")
    page.click("#step-send")
    expect(first).to_have_attribute("data-state", "sent")
    web.screenshot(page, "11-requests")


def test_plans_are_compared_and_a_cut_road_is_drawn_and_lifted(
    signed_in: Page, live_server, web
) -> None:
    page = signed_in
    page.click("#tab-assignment")
    for distance in ("1200", "6000"):
        page.fill("#assignment-distance", distance)
        before = page.url
        page.click("#assignment-run")
        expect(page.locator("#assignment-run")).to_be_enabled(timeout=SLOW_MS)
        expect(page.locator("#assignment-outcome")).to_be_visible(timeout=SLOW_MS)
        assert page.url != before
    assert downloaded(page, "#assignment-outcome", "csv").endswith(".csv")
    page.click("#assignment-keep")
    expect(page.locator("#assignment-replanned")).to_be_visible(timeout=SLOW_MS)
    page.click("#page-compare")
    expect(page.locator("#compare-outcome")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#compare-outcome tbody tr").first).to_be_visible()
    assert "other=" in page.url
    page.select_option("#compare-other", index=3)
    expect(page.locator("#compare-outcome tbody tr").first).to_be_visible(timeout=SLOW_MS)
    page.click("#show-other")
    expect(page.locator("#show-other")).to_have_attribute("aria-pressed", "true")
    web.screenshot(page, "12-compare")
    page.click("#show-beside")
    beside = page.locator("#map-beside")
    expect(beside).to_have_attribute("data-view", re.compile("/"))
    before = beside.get_attribute("data-view") or ""
    beside.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(beside).not_to_have_attribute("data-view", before)
    page.evaluate(
        """() => new Promise((done) => {
            const beside = document.getElementById("map-beside").dataset;
            const asked = () => new URLSearchParams(location.search).get("view");
            const look = () => (asked() === beside.view ? done(true) : setTimeout(look, 100));
            look();
        })"""
    )
    web.screenshot(page, "12-beside")
    page.click("#page-assignment")
    expect(beside).to_have_count(0)

    road = page.request.get(f"{live_server.address}/ogc/collections/roads/items?limit=1&f=json")
    (lon, lat) = road.json()["features"][0]["geometry"]["coordinates"][0][0]
    page.goto(f"{live_server.address}/?panel=closures&view=14/{lat}/{lon}")
    web.await_ready(page)
    page.click("#closure-point")
    page.keyboard.press("Space")
    page.click("#drawing-done")
    page.fill("#closure-reason", "塌方")
    page.fill("#closure-by", "县交通局")
    page.click("#closure-send")
    cut = page.locator("#closures-list li")
    expect(cut).to_have_count(1)
    web.screenshot(page, "13-closures")
    cut.locator("button[id^=lift-]").click()
    page.click("#lift-sure")
    expect(cut).to_have_attribute("data-state", "cancelled")


def test_an_assignment_at_work_is_followed_after_a_reload(signed_in: Page, web) -> None:
    page = signed_in
    page.click("#tab-assignment")
    page.click("#assignment-run")
    page.wait_for_url("**assigning=**", timeout=SLOW_MS)
    page.reload()
    web.await_ready(page)
    expect(page.locator("#assignment-outcome")).to_be_visible(timeout=SLOW_MS)
    page.wait_for_url(lambda url: "plan=" in url and "assigning=" not in url)


CROSSED = [[113.5, 37.8], [113.6, 37.9], [113.6, 37.8], [113.5, 37.9], [113.5, 37.8]]
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("/api/siting", {"within": {"type": "Polygon", "coordinates": [CROSSED]}}),
    ("/api/siting", {"within": square_at(116.3, 39.9, 0.1)}),
    ("/api/siting", {"within": square_at(37.8, 113.5, 0.1)}),
    ("/api/siting", {"within": {"type": "Point", "coordinates": [113.5, 37.8]}}),
    ("/api/siting", {"candidates": {"type": "FeatureCollection", "features": []}}),
    ("/api/siting", {"candidates": {"type": "FeatureCollection", "features": [{}]}}),
    ("/api/siting", {"objective": "max_cover"}),
    ("/api/siting", {"objective": "capacitated_p_median"}),
    ("/api/siting", {"count": 0, "min_width_m": -1, "radius_m": 0, "min_ground_area_m2": 1e12}),
    ("/api/siting", {"count": 1.5}),
    ("/api/siting", {"avoid": [{"layer": "faults"}], "intensity": 9, "building_class": "A"}),
    ("/api/siting", {"purpose": "depot", "objective": "capacitated_p_median",
        "ground_per_person_m2": 2, "fixed": "existing"}),
    ("/assignments", {"max_distance_m": -5, "reserve_share": 2, "weights": {"disabled": 0}}),
    ("/assignments", {"indoor_only": True, "shelters": {"kinds": ["outdoor"]}}),
    ("/assignments", {"keep": "no-plan", "keep_together": "village"}),
    ("/assignments", {"keep": "no-plan"}),
    ("/assignments", {"moving_price_m": 5}),
    ("/road-closures", {"location": {"type": "Point", "coordinates": [113.1, 38.3]},
        "reason": "x", "by": "x"}),
    ("/road-closures", {"location": {"type": "LineString", "coordinates": [[113, 38], [114, 39]]},
        "reason": "", "by": ""}),
    ("/dispatch-plans", {"days": 0, "kg_each": -1, "stock": []}),
    ("/dispatch-plans", {"assignment": "nothing"}),
    ("/supply-requests/from-plan", {"plan": "nothing", "by": ""}),
    ("/supply/bases", {"level": "II", "by": "", "reason": ""}),
]  # fmt: skip


def test_what_planning_refuses_is_said_in_chinese(signed_in: Page, live_server) -> None:
    page = signed_in
    event = re.search(r"event=([^&]+)", page.url)
    assert event is not None
    said: list[str] = []
    for path, body in REFUSED:
        siting = path == "/api/siting"
        whole = ({"area": "140300", "purpose": "settlement"} | body) if siting else body
        answer = page.request.post(
            f"{live_server.address}{path if siting else f'/api/events/{event[1]}{path}'}",
            headers={"X-Requested-With": "reliefmap"},
            data=whole,
        )
        assert answer.status in {403, 404, 422}, (path, body, answer.text())
        problem = answer.json()
        said += [problem["detail"], *(one["detail"] for one in problem.get("errors", []))]
    chinese = page.evaluate(
        "async (said) => { const { sentence } = await import('/static/js/problems.js');"
        " return said.map(sentence); }",
        said,
    )
    english = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}")
    assert [
        (one, text) for one, text in zip(said, chinese, strict=True) if english.search(text)
    ] == []


def test_the_desk_works_over_the_long_distances_of_tacheng(
    context: BrowserContext, far_server, web
) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(far_server.sign_in_link())
    web.await_ready(page)
    expect(page.locator("body")).to_have_class("exercise")
    page.click("#tab-siting")
    page.click("#siting-run")
    expect(page.locator("#siting-outcome .sites li")).to_have_count(3, timeout=SLOW_MS)
    web.screenshot(page, "14-tacheng-siting")
    page.click("#page-coverage")
    expect(page.locator("#coverage-outcome .sites li")).to_have_count(5, timeout=SLOW_MS)
    web.screenshot(page, "15-tacheng-coverage")
    page.click("#tab-assignment")
    page.fill("#assignment-distance", "60000")
    page.select_option("#assignment-way", "vehicle")
    page.click("#assignment-run")
    plan = page.locator("#assignment-outcome")
    expect(plan).to_be_visible(timeout=SLOW_MS)
    farthest = plan.locator(".measure strong").nth(2).inner_text()
    assert 5_000 < int(farthest.replace(",", "")) <= 60_000
    web.screenshot(page, "16-tacheng-assignment")
    assert all(url.startswith((far_server.address, "data:", "blob:")) for url in asked)
