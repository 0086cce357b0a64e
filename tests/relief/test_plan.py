"""Plans are data: the shipped one is whole, and a faulty one is refused with every fault."""

import tomllib
from copy import deepcopy
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relief.bands import band_faults
from relief.edition import Proposal, Start
from relief.errors import InvalidPlan, NotFound
from relief.plan import plan_by_id, plan_from_file, plan_from_toml, plan_in_force, plans
from relief.plan_document import plan_from_table
from relief.vocabulary import Authority, Level


def places(value, place=()):
    """The path to every value of a document."""
    yield place
    inner = enumerate(value) if isinstance(value, list) else getattr(value, "items", list)()
    for key, item in inner:
        yield from places(item, (*place, key))


YANGQUAN = files("relief").joinpath("plans", "yangquan-2026.toml").read_text(encoding="utf-8")
CLAUSES = tomllib.loads(Path(__file__).with_name("clauses.toml").read_text("utf-8"))["clause"]
STRANGE = [3, -1, 10**30, 0.5, "x", "", [], {}, [3], [{}], True, float("nan"), date.max]
PLACES = [place for place in places(tomllib.loads(YANGQUAN)) if place]
I1, I3 = "/levels/I/conditions/0", "/levels/I/conditions/2"
II1 = "/levels/II/conditions/0"


@pytest.fixture(scope="module")
def plan():
    return plan_by_id("yangquan-2026")


def faults_of(change):
    table = deepcopy(tomllib.loads(YANGQUAN))
    change(table)
    with pytest.raises(InvalidPlan) as refusal:
        plan_from_table(table)
    return {fault.at: fault.detail for fault in refusal.value.faults}


def conditions(table, level):
    return table["levels"][level]["conditions"]


def test_the_edition_is_on_record(plan):
    assert plan.document == "阳政办发〔2026〕16号"
    assert (plan.issued, plan.in_force_from) == (date(2026, 5, 8), date(2026, 5, 8))
    assert plan.admin_area == "140300"


def test_every_condition_has_its_clause_and_its_level_s_chapter(plan):
    chapter = {Level.I: "5.1.1", Level.II: "5.2.1", Level.III: "5.3.1", Level.IV: "5.4.1"}
    assert len(plan.conditions) == 20
    assert all(c.clause.startswith(chapter[c.level]) for c in plan.conditions)
    assert all(rule.discretion.clause == f"{chapter[rule.level]}(5)" for rule in plan.levels)


@pytest.mark.parametrize(
    ("level", "start", "proposal", "decides", "told", "province"),
    [
        ("I", Start.PERMITTED, Proposal.OPTIONAL, Authority.GOVERNMENT, [], "II"),
        ("II", Start.PERMITTED, Proposal.REQUIRED, Authority.DIRECTOR, ["government"], "III"),
        ("III", Start.PERMITTED, Proposal.REQUIRED, Authority.DEPUTY, ["director"], "IV"),
        ("IV", Start.MANDATORY, Proposal.NONE, Authority.OFFICE, ["deputy"], None),
    ],
)
def test_who_decides_each_level(plan, level, start, proposal, decides, told, province):
    rule = plan.rule(level)
    assert (rule.start, rule.procedure.proposal) == (start, proposal)
    assert rule.procedure.decides.authority is decides
    assert [party.authority for party in rule.procedure.told] == told
    assert rule.corresponds == province


def test_reporting_rules_name_their_source(plan):
    assert [(r.kind, r.hours, r.clause) for r in plan.reporting] == [
        ("first", 2, "4.1.2"),
        ("at_once", 0, "4.1.2"),
        ("daily", 24, "4.1.6"),
        ("drought", 240, "4.1.7"),
    ]
    assert plan.reporting[0].standing == "secondary source"


@pytest.mark.parametrize("stated", CLAUSES, ids=lambda stated: stated["says"])
def test_what_the_clauses_on_reports_say(plan, stated):
    (rule,) = (rule for rule in plan.reporting if rule.kind == stated["rule"])
    keys = stated.keys() - {"says", "rule"}
    assert {key: getattr(rule, key) for key in keys} == {
        key: tuple(stated[key]) if isinstance(stated[key], list) else stated[key] for key in keys
    }


def test_what_the_plan_says_around_its_levels(plan):
    assert (plan.release.clause, plan.release.by.authority) == ("4.2", Authority.OFFICE)
    assert plan.lowering.clause == "5.5"
    assert len(plan.lowering.grounds) == 4
    assert (plan.linkage.clause, plan.linkage.counties_start) == ("5.6", True)
    assert plan.termination.clause == "5.7"
    assert (plan.depots.clause, plan.depots.level) == ("7.2.2", Level.II)
    assert (plan.verification.after_counties, plan.verification.standing) == (
        True,
        "practice, secondary source",
    )
    assert (plan.replaces.document, plan.replaces.issued) == (
        "阳政办发〔2022〕19号",
        date(2022, 3, 2),
    )


def test_four_plans_ship_and_one_rules_by_itself():
    automatic = [shipped.id for shipped in plans() if shipped.automatic]
    assert automatic == ["yangquan-2026"]
    by_name = {shipped.id for shipped in plans()} - set(automatic)
    assert by_name == {"national-2024", "example-county", "example-tacheng"}
    for area in ("990001", "140100", "654200", "100000"):
        assert plan_in_force(area, "earthquake", date(2026, 7, 1)) is None


def test_the_examples_say_that_they_are_no_real_plans():
    for name in ("example-county", "example-tacheng"):
        plan = plan_by_id(name)
        assert any(word in plan.title.zh for word in ("样例", "示例"))
        assert "非真实预案" in plan.title.zh
        assert "example" in plan.title.en
        assert plan.standing == "an example, without force anywhere"


def test_the_national_plan_says_what_it_leaves_out():
    national = plan_by_id("national-2024")
    assert [rule.level for rule in national.levels] == [Level.I]
    assert national.standing == "secondary source"
    assert "5.2-5.4" in {omission.clause for omission in national.omitted}
    assert national.conditions[0].beside == 160
    assert national.covers("140321", "flood")


def test_the_digest_tells_one_text_from_another(plan):
    edited = plan_from_toml(
        YANGQUAN.replace("at_least = 50\n", "at_least = 51\n", 1).replace(
            "below = 50\n", "below = 51\n", 1
        )
    )
    assert len(plan.digest) == 64
    assert plan_from_toml(YANGQUAN).digest == plan.digest
    assert edited.digest != plan.digest
    assert edited.id == plan.id


def test_a_fault_is_told_with_its_line():
    with pytest.raises(InvalidPlan) as refusal:
        plan_from_toml(YANGQUAN.replace('id = "yangquan-2026"', 'id = "Yangquan"'))
    (fault,) = refusal.value.faults
    assert fault.at == "/id"
    assert fault.detail.endswith("(line 3)")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"none\.toml"):
        plan_from_file(tmp_path / "none.toml")


@pytest.mark.parametrize("shipped", plans(), ids=lambda p: p.id)
def test_every_shipped_plan_has_bands_that_meet(shipped):
    assert band_faults(("", condition) for condition in shipped.conditions) == []


@pytest.mark.parametrize(
    ("area", "hazard", "day", "found"),
    [
        ("140300", "earthquake", date(2026, 5, 8), "yangquan-2026"),
        ("140321", "flood", date(2026, 7, 1), "yangquan-2026"),
        ("1403", "flood", date(2026, 7, 1), "yangquan-2026"),
        ("140321100", "drought", date(2026, 7, 1), "yangquan-2026"),
        ("140321", "flood", date(2026, 5, 7), None),
        ("140100", "flood", date(2026, 7, 1), None),
        ("140000", "flood", date(2026, 7, 1), None),
        ("140321", "meteorite", date(2026, 7, 1), None),
    ],
)
def test_the_plan_in_force_for_area_hazard_and_day(area, hazard, day, found):
    plan = plan_in_force(area, hazard, day)
    assert (plan.id if plan else None) == found


def test_the_newest_edition_and_the_nearest_plan_count(plan):
    old = replace(plan, id="old", in_force_from=date(2022, 3, 2))
    province = replace(plan, id="province", admin_area="140000", in_force_from=date(2026, 6, 1))
    ended = replace(plan, id="ended", admin_area="140321", in_force_until=date(2026, 6, 30))
    shelf = [old, plan, province, ended]
    assert plan_in_force("140321", "flood", date(2026, 6, 30), shelf).id == "ended"
    assert plan_in_force("140321", "flood", date(2026, 7, 1), shelf).id == "yangquan-2026"
    assert plan_in_force("140321", "flood", date(2022, 7, 1), shelf).id == "old"
    assert plan_in_force("140100", "flood", date(2026, 7, 1), shelf).id == "province"


def test_an_unknown_plan_is_named_with_those_there_are():
    with pytest.raises(NotFound, match="yangquan-2026"):
        plan_by_id("atlantis")


def test_a_plan_of_one_s_own_is_read_from_its_file(tmp_path, plan):
    path = tmp_path / "own.toml"
    path.write_text(YANGQUAN, encoding="utf-8")
    assert plan_from_file(path) == plan
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidPlan, match="UTF-8"):
        plan_from_file(path)


@pytest.mark.parametrize("text", ["= 3", "id = ", "", "levels = 3", "levels = {}", "id = 3"])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(InvalidPlan):
        plan_from_toml(text)


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        (lambda t: conditions(t, "I")[0].pop("clause"), f"{I1}/clause", "missing"),
        (lambda t: conditions(t, "I")[0].update(of=["deed"]), f"{I1}/of", "no indicator 'deed'"),
        (lambda t: conditions(t, "I")[0].update(of=[]), f"{I1}/of", "one indicator or more"),
        (lambda t: conditions(t, "I")[0].update(of=[["dead"]]), f"{I1}/of", "no indicator"),
        (lambda t: conditions(t, "I")[0].update(unit="room"), f"{I1}/of", "not counted in rooms"),
        (lambda t: conditions(t, "I")[0].update(at_most=3), f"{I1}/at_most", "no such key"),
        (lambda t: conditions(t, "I")[0].update(at_least=0), f"{I1}/at_least", "above 0"),
        (lambda t: conditions(t, "I")[0].update(at_least=float("nan")), f"{I1}/at_least", "above"),
        (lambda t: conditions(t, "I")[0].update(at_least=float("inf")), f"{I1}/at_least", "up to"),
        (
            lambda t: conditions(t, "I")[3].update(at_least=0.3),
            "/levels/I/conditions/3/at_least",
            "as 30",
        ),
        (
            lambda t: conditions(t, "I")[3].update(over="people"),
            "/levels/I/conditions/3/over",
            "of",
        ),
        (lambda t: conditions(t, "II")[0].update(below=45), f"{II1}/below", "A gap"),
        (lambda t: conditions(t, "II")[0].update(below=55), f"{II1}/below", "An overlap"),
        (lambda t: conditions(t, "I")[0].update(below=99), f"{I1}/below", "A gap"),
        (lambda t: conditions(t, "II")[0].update(at_least=50), f"{II1}/at_least", "outrank"),
        (lambda t: conditions(t, "II").pop(0), "/levels/III/conditions/0", "A gap: level II says"),
        (
            lambda t: conditions(t, "II").append(conditions(t, "II")[0]),
            "/levels/II/conditions/4",
            "twice",
        ),
        (
            lambda t: conditions(t, "I")[2]["alternatives"][1].pop("at_least"),
            f"{I3}/alternatives/1/at_least",
            "number",
        ),
        (lambda t: t["levels"]["I"].update(start="maybe"), "/levels/I/start", "one of"),
        (lambda t: t["levels"]["I"].pop("procedure"), "/levels/I/procedure", "who decides"),
        (
            lambda t: t["levels"]["I"]["procedure"].pop("clause"),
            "/levels/I/procedure/clause",
            "missing",
        ),
        (
            lambda t: t["levels"]["I"]["procedure"]["decides"].pop("authority"),
            "/levels/I/procedure/decides",
            "authority",
        ),
        (
            lambda t: t["levels"]["I"]["discretion"].pop("clause"),
            "/levels/I/discretion/clause",
            "missing",
        ),
        (lambda t: t["levels"].update(V={}), "/levels/V", "I, II, III and IV"),
        (lambda t: t.update(hazards=["meteorite"]), "/hazards", "earthquake"),
        (lambda t: t.update(hazards=[{}]), "/hazards", "earthquake"),
        (lambda t: t.update(admin_area="Yangquan"), "/admin_area", "code"),
        (lambda t: t.update(issued="May"), "/issued", "date"),
        (lambda t: t.pop("title"), "/title", "zh and en"),
        (lambda t: t["reporting"][0].update(hours=0), "/reporting/0/hours", "above 0"),
        (lambda t: t.update(reporting=3), "/reporting", "list"),
        (lambda t: conditions(t, "I").insert(0, 3), f"{I1}", "table"),
        (lambda t: t.update(isuer={}), "/isuer", "do you mean issuer?"),
        (lambda t: t["title"].update(fr="plan"), "/title/fr", "no such key"),
        (lambda t: t["levels"]["I"].update(strat="x"), "/levels/I/strat", "mean start"),
        (lambda t: t["levels"]["I"]["procedure"].update(who=1), "/levels/I/procedure/who", "no"),
        (lambda t: t["reporting"][0].update(hour=2), "/reporting/0/hour", "mean hours"),
        (lambda t: t["lowering"].update(ground=[]), "/lowering/ground", "mean grounds"),
        (lambda t: t.update(id="Yangquan 2026"), "/id", "small letters"),
        (lambda t: t.update(automatic="no"), "/automatic", "true or false"),
        (lambda t: t.update(in_force_until=date(2026, 5, 7)), "/in_force_until", "last day"),
        (lambda t: t["replaces"].pop("document"), "/replaces/document", "missing"),
        (lambda t: conditions(t, "I")[0].update(at_least=49.5), f"{I1}/at_least", "whole people"),
        (lambda t: conditions(t, "I")[0].update(beside=50), f"{I1}/beside", "less is enough"),
        (lambda t: conditions(t, "I")[0].update(of=["dead"] * 2), f"{I1}/of", "summed once"),
        (
            lambda t: t["levels"]["II"]["procedure"].pop("proposes"),
            "/levels/II/procedure/proposes",
            "who proposes",
        ),
        (
            lambda t: t["levels"]["IV"]["procedure"].update(proposes={"zh": "办", "en": "office"}),
            "/levels/IV/procedure/proposes",
            "who proposes",
        ),
        (lambda t: t["reporting"][0].update(kind="weekly"), "/reporting/0/kind", "one of"),
        (lambda t: t["reporting"][1].update(hours=1), "/reporting/1/hours", "leave them out"),
        (lambda t: t["reporting"][2].update(zero_report=1), "/reporting/2/zero_report", "true or"),
        (lambda t: t["reporting"][2].update(until="noon"), "/reporting/2/until", "one of"),
        (lambda t: t["reporting"][3].pop("source"), "/reporting/3/source", "missing"),
        (lambda t: t["verification"].pop("standing"), "/verification/standing", "missing"),
        (lambda t: t["release"].pop("clause"), "/release/clause", "missing"),
        (lambda t: t["lowering"].update(grounds=[]), "/lowering/grounds", "its grounds"),
        (lambda t: t["lowering"]["grounds"][0].pop("code"), "/lowering/grounds/0/code", "missing"),
        (lambda t: t["linkage"].pop("clause"), "/linkage/clause", "missing"),
        (lambda t: t["linkage"]["consult_on"][0].pop("en"), "/linkage/consult_on/0/en", "missing"),
        (lambda t: t["linkage"].pop("county_start_to"), "/linkage/county_start_to", "zh and en"),
        (lambda t: t["termination"].pop("proposes"), "/termination/proposes", "zh and en"),
        (lambda t: t["depots"].update(level="V"), "/depots/level", "one of"),
        (lambda t: t.update(depots=3), "/depots", "table"),
        (lambda t: t.update(omitted=[{"zh": "略", "en": "left out"}]), "/omitted/0/clause", "miss"),
    ],
)
def test_a_faulty_plan_is_refused_at_its_place(change, at, words):
    faults = faults_of(change)
    assert at in faults
    assert words in faults[at]


@given(st.sampled_from(PLACES), st.sampled_from(STRANGE))
def test_anything_anywhere_is_a_plan_or_a_refusal_with_its_faults(place, value):
    table = deepcopy(tomllib.loads(YANGQUAN))
    *outer, last = place
    inside = table
    for key in outer:
        inside = inside[key]
    inside[last] = value
    faults = ["none"]
    try:
        plan_from_table(table)
    except InvalidPlan as refusal:
        faults = refusal.faults
    assert faults


def test_all_faults_are_told_at_once():
    def change(table):
        conditions(table, "I")[0].pop("clause")
        conditions(table, "IV")[1].update(of=["nothing"])

    assert set(faults_of(change)) == {f"{I1}/clause", "/levels/IV/conditions/1/of"}
