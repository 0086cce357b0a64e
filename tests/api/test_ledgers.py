"""The ledgers: columns as the annex has them, who sees and fills what, and what is recorded."""

from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from geo.tokens import Grant, Role, create_token

ANNEX = [
    "序号", "区划", "姓名", "性别", "年龄", "身份证号", "家庭住址", "灾前社会救助情况",
    "灾害救助情况", "灾后社会救助情况", "是否因灾致贫返贫",
]  # fmt: skip
FILLERS = ["民政部门填写", "应急管理部门填写", "民政部门填写", "应急管理、民政部门会商填写"]

HOUSEHOLDS = """
INSERT INTO households (id, area, head_name, address, persons, key_groups, geom, source) VALUES
    ('H1', '140321100', '样例甲', '样例路1号', 2, '{military_family}', p, 'test'),
    ('H2', '140321101', '=HYPERLINK("http://x.example")', '+1', 1, '{}', p, 'test'),
    ('H3', '140302', '样例丙', '样例路3号', 3, '{}', p, 'test'),
    ('H4', '140302', '样例丁', '样例路4号', 3, '{}', p, 'test');
INSERT INTO persons (id, household, name, sex, birth_year, id_number, key_groups) VALUES
    ('H1-1', 'H1', '样例甲', 'male', 1950, '000000195001010010', '{veteran_old_disabled}'),
    ('H1-2', 'H1', '样例乙', 'female', 1952, '000000195201010028', '{}');
INSERT INTO house_damage (event, household, grade, rooms, source, recorded_at) VALUES
    ('EVENT', 'H1', 'collapsed', 3, 'test', '2026-09-15T04:00:00+08:00'),
    ('EVENT', 'H2', 'slight', 1, 'test', '2026-09-15T04:00:00+08:00'),
    ('EVENT', 'H3', 'severe', 2, 'test', '2026-09-15T04:00:00+08:00')
""".replace(" p,", " ST_SetSRID(ST_MakePoint(113.6, 37.8), 4490),")


@pytest.fixture
async def path(api, event: str) -> str:
    """Where the ledgers are, of an event with three damaged households and one sound one."""
    await api.conn.execute(HOUSEHOLDS.replace("EVENT", event))
    return f"/api/events/{event}/ledgers"


async def of_department(api, department: str) -> dict[str, str]:
    grant = Grant("test", Role.OPERATOR, "1403", department=department)
    _, secret = await create_token(api.conn, grant)
    return {"Authorization": f"Bearer {secret}"}


async def ledger(api, path: str, headers, name: str = "relief", **query: str):
    return await api.client.get(f"{path}/{name}", params=query, headers=headers)


async def looks(api, action: str) -> list[dict]:
    cursor = await api.conn.execute("SELECT detail FROM audit WHERE action = %s", (action,))
    return [row["detail"] for row in await cursor.fetchall()]


async def test_the_relief_ledger_has_the_annexs_columns(api, operator, path: str) -> None:
    answer = await ledger(api, path, operator, f="xlsx")
    assert answer.status_code == 200, answer.text
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "9.15 地震灾害受灾群众救助情况统计表"
    assert "民政部门（盖章）" in rows[1][0]
    assert rows[2] == ANNEX
    assert rows[3][7:] == FILLERS
    assert rows[4][:7] == [1, "城区", "样例丙", None, None, None, "样例路3号"]
    assert rows[5][:6] == [2, "平定县冠山镇", "样例甲", "男", 76, "000000********0010"]
    assert len([row for row in rows[4:] if isinstance(row[0], int)]) == 4
    assert {"A1:K1", "A3:A4", "G3:G4"} <= {str(merged) for merged in sheet.merged_cells.ranges}
    assert sheet.print_title_rows == "$3:$4"


async def test_what_looks_like_a_formula_is_text(api, operator, path: str) -> None:
    answer = await ledger(api, path, operator, f="xlsx")
    cells = [c for row in load_workbook(BytesIO(answer.content)).active.iter_rows() for c in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert '\'=HYPERLINK("http://x.example")' in [cell.value for cell in cells]
    document = await ledger(api, path, operator, f="docx")
    table = Document(BytesIO(document.content)).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ANNEX
    assert len(table.rows) == 2 + 4


async def test_departments_fill_their_own_columns(api, operator, path: str) -> None:
    civil, emergency = await of_department(api, "民政局"), await of_department(api, "应急管理局")
    url = f"{path}/relief/H1"
    refused = await api.client.patch(url, json={"emergency_relief": "帐篷"}, headers=civil)
    assert (refused.status_code, "应急救助" in refused.json()["detail"]) == (403, True)
    for body, headers in (
        ({"social_assistance_before": "低保", "fell_into_poverty": True}, civil),
        ({"emergency_relief": "帐篷1顶", "winter_spring_relief": "棉被2床"}, emergency),
        ({"emergency_relief": "帐篷2顶"}, emergency),
    ):
        answer = await api.client.patch(url, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
    first, second = (await ledger(api, path, operator)).json()["rows"][1:3]
    assert first["household"] == second["household"] == "H1"
    assert first["social_assistance_before"] == "低保"
    assert first["relief"] == "应急救助：帐篷2顶；冬春救助：棉被2床"
    assert first["fell_into_poverty"] == "待会商"
    await api.client.patch(url, json={"fell_into_poverty": True}, headers=emergency)
    assert (await ledger(api, path, operator)).json()["rows"][1]["fell_into_poverty"] == "是"
    veterans = await of_department(api, "退役军人事务局")
    seen = (await ledger(api, path, veterans)).json()["rows"][1]
    assert (seen["relief"], seen["social_assistance_before"]) == (None, None)


async def test_who_was_helped_stands_in_it_below_every_threshold(api, operator, path: str) -> None:
    answer = await api.client.patch(
        f"{path}/relief/H4", json={"emergency_relief": "临时救助"}, headers=operator
    )
    assert (answer.status_code, answer.json()["department"]) == (200, "joint")
    rows = (await ledger(api, path, operator)).json()["rows"]
    assert [row["name"] for row in rows][:2] == ["样例丙", "样例丁"]


async def test_both_clocks_hold(api, operator, path: str) -> None:
    url = f"{path}/relief/H1"
    early = {"emergency_relief": "帐篷", "as_of": "2026-09-15T05:00:00+08:00"}
    late = {"emergency_relief": "板房", "as_of": "2026-09-15T08:00:00+08:00"}
    await api.client.patch(url, json=early, headers=operator)
    cursor = await api.conn.execute("SELECT max(recorded_at) AS at FROM relief_ledger")
    known_at = (await cursor.fetchone())["at"].isoformat()
    await api.client.patch(url, json=late, headers=operator)
    for query, relief in (
        ({}, "应急救助：板房"),
        ({"as_of": "2026-09-15T06:00:00+08:00"}, "应急救助：帐篷"),
        ({"known_at": known_at}, "应急救助：帐篷"),
    ):
        rows = (await ledger(api, path, operator, **query)).json()["rows"]
        assert next(r for r in rows if r["household"] == "H1")["relief"] == relief
    before = await ledger(api, path, operator, known_at="2026-09-15T03:00:00+08:00")
    assert before.json()["rows"] == []


async def test_id_numbers_are_unmasked_for_a_reason_that_is_kept(api, operator, path: str) -> None:
    for reason in ({}, {"reason": "  "}):
        refused = await ledger(api, path, operator, unmask="true", f="xlsx", **reason)
        assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "/reason")
    assert await looks(api, "ledger.unmask") == []
    query = {"unmask": "true", "reason": "发放救助金"}
    answer = await ledger(api, path, operator, **query)
    assert answer.json()["rows"][1]["id_number"] == "000000195001010010"
    [look] = await looks(api, "ledger.unmask")
    assert (look["persons"], look["reason"], look["ledger"]) == (4, "发放救助金", "relief")
    planner = await api.as_role("planner")
    assert (await ledger(api, path, planner, **query)).status_code == 403
    assert len(await looks(api, "ledger.unmask")) == 1


async def test_each_role_and_area_sees_its_own(api, operator, path: str) -> None:
    planner, viewer = await api.as_role("planner"), await api.as_role("viewer")
    assert (await ledger(api, path, planner)).json()["rows"][1]["id_number"].count("*") == 8
    assert (await ledger(api, path, planner, f="xlsx")).status_code == 403
    assert (await ledger(api, path, viewer)).status_code == 403
    neighbour = await api.as_role("operator", "140302")
    rows = (await ledger(api, path, neighbour)).json()["rows"]
    assert [row["name"] for row in rows] == ["样例丙"]
    assert (await ledger(api, path, neighbour, area="140321")).status_code == 403
    body = {"emergency_relief": "帐篷"}
    answer = await api.client.patch(f"{path}/relief/H1", json=body, headers=neighbour)
    assert answer.status_code == 403
    township = await ledger(api, path, operator, area="140321100")
    assert len(township.json()["rows"]) == 2
    reads = await looks(api, "ledger.read")
    assert [(read["persons"], read["area"]) for read in reads][-1] == (2, "140321100")


async def test_veterans_and_military_families_have_their_own(api, operator, event, path) -> None:
    person = {
        "area": "140321100", "status": "dead", "as_of": "2026-09-15T05:00:00+08:00",
        "source": "平定县应急管理局", "name": "样例甲", "id_number": "000000195001010010",
    }  # fmt: skip
    url = f"/api/events/{event}/persons"
    assert (await api.client.post(url, json=person, headers=operator)).status_code == 201
    loss = {"property_loss": "家具2万元"}
    await api.client.patch(f"{path}/relief/H1", json=loss, headers=operator)
    [row] = (await ledger(api, path, operator, "veterans")).json()["rows"]
    assert (row["name"], row["casualty"], row["damage"]) == ("样例甲", "死亡", "倒塌 3 间")
    assert (row["groups"], row["property_loss"]) == ("高龄残疾退役军人", "家具2万元")
    quake = (await ledger(api, path, operator, "earthquake")).json()["rows"]
    assert len(quake) == 4
    await api.conn.execute("UPDATE events SET hazard = 'flood'")
    assert (await ledger(api, path, operator, "earthquake")).status_code == 404
    flood = (await ledger(api, path, operator, "veterans")).json()["title"]
    assert flood == "9.15 洪涝灾害受灾退役军人及军属台账"


async def test_a_person_of_two_entries_stands_once(api, operator, event, path: str) -> None:
    url = f"/api/events/{event}/persons"
    person = {"area": "140321100", "status": "missing", "source": "平定县应急管理局"}
    person |= {"as_of": "2026-09-15T04:00:00+08:00", "name": "样例张伟"}
    later = {"status": "dead", "source": "公安", "as_of": "2026-09-15T06:00:00+08:00", "age": 45}
    ids = []
    for body in (person, person | later, person | {"status": "found", "name": "样例李娜"}):
        answer = await api.client.post(url, json=body, headers=operator)
        ids.append(answer.json()["id"])
    verdict = {"first": ids[0], "second": ids[1], "same": True, "reason": "辨认", "by": "会商"}
    await api.client.post(f"{url}/matches", json=verdict, headers=operator)
    [row] = (await ledger(api, path, operator, "casualties")).json()["rows"]
    assert (row["name"], row["casualty"], row["age"]) == ("样例张伟", "死亡", 45)
    assert set(row["sources"].split("、")) == {"公安", "平定县应急管理局"}
    before = await ledger(api, path, operator, "casualties", as_of="2026-09-15T05:00:00+08:00")
    assert [r["casualty"] for r in before.json()["rows"]] == ["失踪"]


async def test_the_daily_report_tells_silence_from_zero(api, operator, path, post_report) -> None:
    await post_report({"dead": 2})
    await post_report({}, area="140302", no_change=True)
    await api.conn.execute("UPDATE loss_reports SET recorded_at = '2026-09-15T06:00:00+08:00'")
    answer = (await ledger(api, path, operator, "daily")).json()
    assert answer["title"] == "9.15 地震灾害日报（2026年9月15日）"
    figures = {row["indicator"]: row for row in answer["figures"]}
    assert (figures["因灾死亡人口"]["value"], figures["因灾失踪人口"]["value"]) == (2, "未报")
    assert figures["因灾死亡人口"]["change"] is None
    assert {row["name"]: row["today"] for row in answer["counties"]} == {
        "城区": "零报告",
        "平定县": "已报",
    }
    for form in ("xlsx", "docx"):
        assert (await ledger(api, path, operator, "daily", f=form)).status_code == 200


async def test_an_exercise_is_marked_in_every_ledger(api, operator, path) -> None:
    await api.conn.execute("UPDATE events SET exercise = true")
    for name in ("relief", "casualties", "veterans", "earthquake", "daily"):
        answer = await ledger(api, path, operator, name, f="xlsx")
        assert load_workbook(BytesIO(answer.content)).active["A1"].value == "演练"
        assert "%E6%BC%94%E7%BB%83-9.15" in answer.headers["content-disposition"]
        document = await ledger(api, path, operator, name, f="docx")
        header = Document(BytesIO(document.content)).sections[0].header
        assert header.paragraphs[0].text == "演练"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"emergency_relief": " "}, 422),
        ({"tents": "1"}, 422),
        ({"fell_into_poverty": "perhaps"}, 422),
        ({"emergency_relief": "x", "as_of": "2026-09-14T00:00:00+08:00"}, 422),
        ({"emergency_relief": "x" * 501}, 422),
    ],
)
async def test_a_bad_entry_is_refused_whole(api, operator, path, body, status: int) -> None:
    answer = await api.client.patch(f"{path}/relief/H1", json=body, headers=operator)
    assert answer.status_code == status, answer.text
    cursor = await api.conn.execute("SELECT count(*) AS n FROM relief_ledger")
    assert (await cursor.fetchone())["n"] == 0


async def test_more_than_a_document_holds_goes_into_a_workbook(api, operator, path: str) -> None:
    await api.conn.execute(
        "INSERT INTO persons (id, household)"
        " SELECT 'H3-' || n, 'H3' FROM generate_series(1, 2500) AS n"
    )
    refused = await ledger(api, path, operator, f="docx")
    assert (refused.status_code, "f=xlsx" in refused.json()["detail"]) == (422, True)
    answer = await ledger(api, path, operator, f="xlsx")
    assert load_workbook(BytesIO(answer.content)).active.max_row > 2500
    assert len((await ledger(api, path, operator)).json()["rows"]) == 2503


async def test_unknown_ledgers_households_and_areas(api, operator, path: str) -> None:
    assert (await ledger(api, path, operator, "pets")).status_code == 404
    assert (await ledger(api, path, operator, area="nowhere")).status_code == 422
    body = {"emergency_relief": "x"}
    unknown = await api.client.patch(f"{path}/relief/H9", json=body, headers=operator)
    assert unknown.status_code == 404
