"""Text tables as offices save them."""

import pytest

from geo.readers import csv
from relief.errors import InvalidInput


def rows(content: bytes) -> dict[int, list[str]]:
    table = csv.read(content)
    cells = table.texts.to_numpy().tolist()
    return dict(zip(table.row_numbers.tolist(), cells, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        "编号,名称\n1,一中\n2,二中\n",
        "编号,名称\r\n1,一中\r\n2,二中",
        "编号;名称\n1;一中\n2;二中\n",
        "编号\t名称\n1\t一中\n2\t二中\n",
        "\ufeff编号,名称\n1,一中\n2,二中\n",
        '"编号","名称"\n"1","一中"\n"2","二中"\n',
    ],
)
def test_every_usual_form_gives_the_same_rows(content: str) -> None:
    assert rows(content.encode()) == {2: ["1", "一中"], 3: ["2", "二中"]}


@pytest.mark.parametrize("quote", ["", '"'])
def test_rows_keep_the_number_that_a_spreadsheet_shows(quote: str) -> None:
    text = f"id,name\n\n1,{quote}a{quote}\n,\n2,b\n"
    assert rows(text.encode()) == {3: ["1", "a"], 5: ["2", "b"]}


def test_quoted_cells_hold_separators_and_line_ends() -> None:
    assert rows(b'id,name\n1,"a, b\nc"\n2,"say ""d"""\n') == {
        2: ["1", "a, b\nc"],
        3: ["2", 'say "d"'],
    }


def test_gbk_is_read_as_offices_save_it() -> None:
    text = "编号,名称,联系人\n1,联通,王𠀀堃\n2,平定县第一中学,镕镕\n"
    assert rows(text.encode("gb18030")) == rows(text.encode())


def test_a_row_with_too_few_or_too_many_cells_is_refused_alone() -> None:
    table = csv.read(b"id,name\n1,a\n2\n3,b,c\n4,d\n")
    assert table.row_numbers.tolist() == [2, 5]
    assert [(r.row, r.reason) for r in table.refusals] == [
        (3, "The row has 1 cells, the header 2."),
        (4, "The row has 3 cells, the header 2."),
    ]
    assert table.rows_read == 4


def test_words_that_mean_nothing_elsewhere_stay_text() -> None:
    assert rows(b"id,name\n001,NA\n1e5,null\n") == {2: ["001", "NA"], 3: ["1e5", "null"]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("編號,名稱\n1,第壹中學\n".encode("big5"), r"not UTF-8 \(line 1\).*CSV UTF-8"),
        ("编号,名称\n1,一中\n".encode()[:-2] + b"\xff\n", r"not UTF-8 \(line 2\)"),
        (b"id,name\n1,\xff\xfe\n", r"not UTF-8 \(line 2\)"),
        ("id,name\n1,a\n".encode("utf-16"), "not UTF-8"),
        (b"id,name\n1,a\x00b\n", "Line 2 holds a NUL"),
        (b'id,name\n1,"a\n2,b\n', "quotation mark"),
        (b'id,name\n1,"a"b\n', "Line 2 can't be read"),
        (b"id,name\n", "no rows below"),
        (b"id,id\n1,2\n", "names id more than once"),
        (b",\n1,2\n", "must name 1 to 200 columns"),
        (b"id,name\n1\n2\n", "No row has the 2 cells"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        csv.read(content)
