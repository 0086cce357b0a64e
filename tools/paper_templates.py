"""Makes the templates in layers/templates anew, as workbooks and documents; bytes differ each time.

    python tools/paper_templates.py [NAME ...]

An office edits its copies with any office program; this keeps the shipped ones alike in looks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from paper_sheets import SHEETS, Block, Sheet

FOLDER = Path(__file__).resolve().parent.parent / "layers" / "templates"
RED = "B3001B"
GRID = Border(*(Side("thin", color="808080") for _ in range(4)))


def write_workbook(path: Path, paper: Sheet) -> None:
    """One sheet that prints on A4, its mark on every page."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = paper.title[:31]
    width = max(len(block.columns) for block in paper.blocks)
    _line(sheet, width, "{{mark}}", Font(bold=True, size=26, color=RED), "center", 36)
    _line(sheet, width, "{{title}}", Font(bold=True, size=16), "center", 28)
    for line in paper.lines:
        _line(sheet, width, line, Font(size=11), "left")
    for block in paper.blocks:
        _block(sheet, block, width, alone=len(paper.blocks) == 1)
    for note in paper.notes:
        _line(sheet, width, note, Font(size=10), "left")
    _page(sheet, paper)
    book.save(path)


def _line(
    sheet: Any, width: int, text: str, font: Font, align: str, height: float | None = None
) -> None:
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value else 1
    cell = sheet.cell(row, 1, text)
    cell.font = font
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
    if height:
        sheet.row_dimensions[row].height = height


def _block(sheet: Any, block: Block, width: int, *, alone: bool) -> None:
    if block.title:
        _line(sheet, width, block.title, Font(bold=True, size=12), "left", 22)
    top = sheet.max_row + 1
    fillers = any(column.filler for column in block.columns)
    for n, column in enumerate(block.columns, 1):
        _heading(sheet.cell(top, n, column.heading))
        if fillers:
            _heading(sheet.cell(top + 1, n, column.filler or None))
            if not column.filler:
                sheet.merge_cells(start_row=top, end_row=top + 1, start_column=n, end_column=n)
        cell = sheet.cell(top + 1 + fillers, n, f"{{{{{block.table}.{column.place}}}}}")
        cell.border, cell.alignment = GRID, Alignment(vertical="center", wrap_text=True)
        letter = get_column_letter(n)
        known = sheet.column_dimensions[letter].width if letter in sheet.column_dimensions else 0
        sheet.column_dimensions[letter].width = max(column.width, known)
    if alone:
        sheet.print_title_rows = f"{top}:{top + fillers}"


def _heading(cell: Any) -> None:
    cell.font, cell.border = Font(bold=True), GRID
    cell.fill = PatternFill("solid", fgColor="E9EDF1")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _page(sheet: Any, paper: Sheet) -> None:
    sheet.page_setup.orientation = "landscape" if paper.landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = "{{mark}}"
    sheet.oddHeader.center.size, sheet.oddHeader.center.color = 20, RED
    sheet.oddFooter.center.text = "&P / &N"


def write_document(path: Path, paper: Sheet) -> None:
    """An A4 document, its mark in the header of every page."""
    document = Document()
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = Pt(10), "Times New Roman"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    _sized(document.sections[0], landscape=paper.landscape)
    mark = document.sections[0].header.paragraphs[0]
    _written(mark, "{{mark}}", 26, RED)
    _written(document.add_paragraph(), "{{title}}", 18)
    for line in paper.lines:
        document.add_paragraph(line)
    for block in paper.blocks:
        if block.title:
            document.add_paragraph().add_run(block.title).bold = True
        _grid(document, block)
    for note in paper.notes:
        document.add_paragraph(note)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.save(str(path))


def _written(paragraph: Any, text: str, size: float, colour: str | None = None) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def _sized(section: Any, *, landscape: bool) -> None:
    short, long = Mm(210), Mm(297)
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(18))


def _grid(document: Any, block: Block) -> None:
    fillers = any(column.filler for column in block.columns)
    table = document.add_table(2 + fillers, len(block.columns), style="Table Grid")
    table.autofit = False
    across = document.sections[0].page_width - 2 * Mm(18)
    total = sum(column.width for column in block.columns)
    for n, column in enumerate(block.columns):
        width = int(across * column.width / total)
        table.columns[n].width = width
        table.cell(0, n).paragraphs[0].add_run(column.heading).bold = True
        if fillers and column.filler:
            table.cell(1, n).text = column.filler
        elif fillers:
            table.cell(0, n).merge(table.cell(1, n))
        table.cell(1 + fillers, n).text = f"{{{{{block.table}.{column.place}}}}}"
        for row in table.rows:
            row.cells[n].width = width
    for n, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(row._tr.makeelement(qn("w:cantSplit"), {}))
        if n <= fillers:
            properties.append(row._tr.makeelement(qn("w:tblHeader"), {}))


def main(names: list[str]) -> None:
    """Writes the templates named, or all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in names or SHEETS:
        write_workbook(FOLDER / f"{name}.xlsx", SHEETS[name])
        write_document(FOLDER / f"{name}.docx", SHEETS[name])


if __name__ == "__main__":
    main(sys.argv[1:])
