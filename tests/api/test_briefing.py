"""The briefing in its three forms: what is known, what isn't, and nothing of a person."""

from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook


async def briefing(api, event: str, headers, **query: str):
    answer = await api.client.get(f"/api/events/{event}/briefing", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_the_page_states_figures_level_and_silence(api, operator, event, post_report) -> None:
    await post_report({"dead": 12, "missing": 0, "relocated": 1500})
    await api.conn.execute("UPDATE loss_reports SET recorded_at = '2026-09-15T06:00:00+08:00'")
    answer = await briefing(api, event, await api.as_role("viewer"))
    page = answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="zh-CN">' in page
    assert 'data-level="III"' in page
    assert "5.3.1" in page
    assert "系统建议，待会商决定" in page
    assert "尚未报告：</b>城区</p>" in page
    assert page.index("因灾死亡人口") < page.index('<td class="n">12</td>')
    assert '<td class="n">0</td>' in page
    assert "<i>未报</i>" in page
    assert "演练" not in page
    for foreign in ("cdn", "src=", "href=", "@import"):
        assert foreign not in page.split("<script>", 1)[0]


async def test_the_same_moment_gives_the_same_bytes(api, operator, event, post_report) -> None:
    first = (await post_report({"dead": 3})).json()
    then = {"known_at": first["recorded_at"], "as_of": "2026-09-15T05:00:00+08:00"}
    before = await briefing(api, event, operator, **then)
    await post_report({"dead": 60}, as_of="2026-09-15T06:00:00+08:00", stage="follow_up")
    change = {"major": True, "state": "stable"}
    await api.client.patch(f"/api/events/{event}", json=change, headers=operator)
    assert (await briefing(api, event, operator, **then)).content == before.content
    assert 'data-level="IV"' in before.text
    assert 'data-level="I"' in (await briefing(api, event, operator)).text


async def test_an_exercise_is_marked_in_every_form(api, operator, event) -> None:
    await api.conn.execute("UPDATE events SET exercise = true, demo = true")
    page = await briefing(api, event, operator, lang="en")
    assert 'role="alert">EXERCISE · DEMO' in page.text
    assert '<html lang="en">' in page.text
    book = load_workbook(BytesIO((await briefing(api, event, operator, f="xlsx")).content))
    assert book.active["A1"].value == "演练 · 演示（数据为虚构）"
    assert book.active.oddHeader.center.text == "演练 · 演示（数据为虚构）"
    answer = await briefing(api, event, operator, f="docx")
    header = Document(BytesIO(answer.content)).sections[0].header
    assert header.paragraphs[0].text == "演练 · 演示（数据为虚构）"
    assert "filename*=UTF-8''%E6%BC%94%E7%BB%83" in answer.headers["content-disposition"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_workbook_and_document_say_what_the_page_says(
    api, operator, event, post_report, language: str
) -> None:
    await post_report({"dead": 12, "relocated": 1500})
    query = {"lang": language}
    book = load_workbook(BytesIO((await briefing(api, event, operator, f="xlsx", **query)).content))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    document = Document(BytesIO((await briefing(api, event, operator, f="docx", **query)).content))
    words = [c.text for t in document.tables for r in t.rows for c in r.cells]
    unreported = {"zh": "未报", "en": "not reported"}[language]
    assert 12 in cells
    assert "12" in words
    for said in ("5.3.1(1)", unreported, "城区", "平定县"):
        assert said in cells, said
        assert said in words, said
    assert not [text for text in (*cells, *words) if "{{" in str(text)]


async def test_what_people_wrote_stays_text(api, operator, event, post_report) -> None:
    evil = '=1+1 {{figures.value}} </script><img src="http://x.example/"> `${x}`'
    await api.conn.execute("UPDATE events SET name = %s", (evil,))
    await api.conn.execute("UPDATE admin_areas SET name = %s WHERE code = '140302'", (evil,))
    await post_report({"dead": 1})
    page = (await briefing(api, event, operator)).text
    assert page.count("</script>") == page.count("<script>") == 3
    assert "<img" not in page
    for form in ("xlsx", "docx"):
        await briefing(api, event, operator, f=form)


async def test_viewers_see_what_was_released(api, operator, event, post_report) -> None:
    await api.conn.execute("UPDATE events SET release = 'authorised'")
    await post_report({"dead": 12})
    viewer = await api.as_role("viewer")
    assert 'data-level="none"' in (await briefing(api, event, viewer)).text
    assert 'data-level="III"' in (await briefing(api, event, operator)).text


async def test_what_is_no_form_or_language_is_refused(api, operator, event) -> None:
    for query in ({"f": "pdf"}, {"lang": "fr"}, {"known_at": "yesterday"}):
        path = f"/api/events/{event}/briefing"
        answer = await api.client.get(path, params=query, headers=operator)
        assert answer.status_code == 422
