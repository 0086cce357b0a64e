"""A fault in a plan is told with the line that it stands on."""

from relief.toml_lines import line_of

TEXT = """id = "x"

[levels.I]
start = "permitted"

[[levels.I.conditions]]  # the first
clause = "1"
of = [
  "dead",
]
[[levels.I.conditions]]
clause = "2"
[levels.I.conditions.more]
deep = 1
[ other ]
"quoted" = 1
"""


def test_keys_and_tables_have_their_line():
    assert line_of(TEXT, "/id") == 1
    assert line_of(TEXT, "/levels/I") == 3
    assert line_of(TEXT, "/levels/I/start") == 4
    assert line_of(TEXT, "/levels/I/conditions/0/of") == 8
    assert line_of(TEXT, "/levels/I/conditions/1/clause") == 12
    assert line_of(TEXT, "/levels/I/conditions/1/more/deep") == 14


def test_what_is_missing_is_told_at_the_table_around_it():
    assert line_of(TEXT, "/levels/I/conditions/0/at_least") == 6
    assert line_of(TEXT, "/levels/I/conditions/0/of/0") == 8
    assert line_of(TEXT, "/other/quoted") == 15
    assert line_of(TEXT, "/nothing") is None
    assert line_of(TEXT, "") is None
