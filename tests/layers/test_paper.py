"""Templates as an office edits them, filled in without surprises."""

from io import BytesIO

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

from layers.paper import Paper, filled, template
from layers.paper_docx import docx_paper
from layers.paper_xlsx import write_xlsx
from relief.errors import SetupRefused

PAPER = Paper(
    {"mark": "", "title": "{{rows.name}} 台账"},
    {"rows": [{"name": "=1+1", "number": 1}, {"name": "a\x01{{title}}b", "number": 2}]},
)


def test_an_offices_workbook_keeps_its_order_and_its_formulas() -> None:
    book = Workbook()
    for row in (["{{mark}}"], ["{{title}}"], ["姓名", "号"], ["{{rows.name}}", "{{rows.number}}"]):
        book.active.append(row)
    book.active.append(["合计", "=SUM(B3:B4)"])
    book.active.merge_cells("A2:B2")
    book.active.print_title_rows = "3:3"
    source, target = BytesIO(), BytesIO()
    book.save(source)
    write_xlsx(target, source.getvalue(), PAPER)
    sheet = load_workbook(target).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["{{rows.name}} 台账", None],
        ["姓名", "号"],
        ["'=1+1", 1],
        ["a{{title}}b", 2],
        ["合计", "=SUM(B3:B4)"],
    ]
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:B1"]
    assert sheet.print_title_rows == "$2:$2"


def test_a_document_is_filled_where_its_places_are_spread_over_runs() -> None:
    document = Document()
    document.add_paragraph("{{mark}}")
    paragraph = document.add_paragraph("名称：{{ti")
    paragraph.add_run("tle}}").bold = True
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "姓名"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{rows.name}}", "第{{rows.number}}号"
    source = BytesIO()
    document.save(source)
    made = Document(BytesIO(docx_paper(source.getvalue(), PAPER)))
    assert [each.text for each in made.paragraphs] == ["名称：{{rows.name}} 台账"]
    cells = [[cell.text for cell in row.cells] for row in made.tables[0].rows]
    assert cells == [["姓名", ""], ["=1+1", "第1号"], ["a{{title}}b", "第2号"]]


def test_a_place_that_nothing_fills_names_itself() -> None:
    with pytest.raises(SetupRefused, match=r"\{\{salary\}\}.*mark, title"):
        filled("{{salary}}", PAPER.facts)


def test_the_offices_template_comes_before_the_shipped_one(tmp_path) -> None:
    assert template("relief.xlsx", tmp_path) == template("relief.xlsx")
    (tmp_path / "relief.xlsx").write_bytes(b"ours")
    assert template("relief.xlsx", tmp_path) == b"ours"
