"""What the templates of the papers hold: headings, places, widths, and who fills what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """A heading, the place below it, its width in characters, and who fills it (second heading)."""

    heading: str
    place: str
    width: float = 12
    filler: str = ""


@dataclass(frozen=True)
class Block:
    """A table with its own title above it, repeated for the rows of `table`."""

    title: str
    table: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Sheet:
    """A paper: lines above its blocks, and notes below them."""

    title: str
    lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    landscape: bool = True


def columns(*written: tuple[Any, ...]) -> tuple[Column, ...]:
    """Columns from (heading, place, width, filler)."""
    return tuple(Column(*each) for each in written)


def _briefing(zh: bool) -> Sheet:
    def say(chinese: str, english: str) -> str:
        return chinese if zh else english

    return Sheet(
        say("灾情简报", "Situation briefing"),
        (
            say("灾害过程：", "Event: ") + "{{event}}　{{hazard}}　{{occurred_at}}　{{place}}",
            say("数据截至：", "True at: ") + "{{as_of}}　"
            + say("最新一次上报截至：", "Newest report as of: ") + "{{figures_as_of}}",
            say("收到时间不晚于：", "Recorded by: ") + "{{known_at}}",
            say("指标达到：", "The figures reach: ") + "{{level_reached}}　{{clauses}}　{{plan}}",
            say("当前响应：", "Response in force: ") + "{{level_in_force}}（{{state}}）",
            say("报告：", "Reporting: ") + "{{counties_reported}}/{{counties}}　"
            + say("尚未报告：", "Silent: ") + "{{silent}}",
            say("避难场所（现状）：", "Shelters (as they are now): ")
            + "{{shelters_open}}/{{shelters}}　"
            + say("空余：", "Free places: ") + "{{free_places}}",
        ),
        (
            Block(say("损失与救助", "Losses and relief"), "figures", columns(
                (say("指标", "Indicator"), "indicator", 26),
                (say("数值", "Value"), "value", 14),
                (say("单位", "Unit"), "unit", 10),
            )),
            Block(say("响应条件", "Conditions met"), "findings", columns(
                (say("指标", "Measure"), "measure", 26),
                (say("数值", "Value"), "value", 14),
                (say("起点", "From"), "threshold", 10),
                (say("单位", "Unit"), "unit", 9),
                (say("级别", "Level"), "level", 9),
                (say("条款", "Clause"), "clause", 12),
            )),
            Block(say("未报指标可能掩盖的级别", "Could hide a level"), "unknown", columns(
                (say("指标", "Indicator"), "indicator", 26),
                (say("区划", "Area"), "area", 14),
                (say("可能级别", "Could hide"), "could_hide", 10),
            )),
            Block(say("响应过程", "What was decided"), "acts", columns(
                (say("时间", "When"), "at", 26),
                (say("事项", "Act"), "kind", 14),
                (say("级别", "Level"), "level", 10),
                (say("条款", "Clause"), "clause", 9),
                (say("文号", "Document"), "document_number", 9),
            )),
            Block(say("各县（区）", "Counties"), "counties", columns(
                (say("县（区）", "County"), "name", 26),
                (say("死亡", "Dead"), "dead", 10),
                (say("失踪", "Missing"), "missing", 10),
                (say("受伤", "Injured"), "injured", 9),
                (say("转移安置", "Relocated"), "relocated", 9),
                (say("需紧急救助", "In need"), "in_need", 12),
                (say("倒塌（间）", "Rooms collapsed"), "collapsed_rooms", 12),
                (say("严重损坏（间）", "Rooms badly damaged"), "severely_damaged_rooms", 12),
                (say("截至", "As of"), "as_of", 20),
                (say("阶段", "Stage"), "stage", 9),
                (say("报送", "Reporting"), "punctuality", 9),
            )),
            Block(say("来源不一致", "Sources that disagree"), "disputes", columns(
                (say("区划", "Area"), "area", 26),
                (say("指标", "Indicator"), "indicator", 14),
                (say("采用", "Counted"), "counted", 10),
                (say("另一来源", "Other"), "other", 9),
            )),
        ),
        (say("“未报”即没有收到数据，不等于零。", "“Not reported” is no data, not zero."),),
    )  # fmt: skip


_PERSON = (
    ("序号", "number", 6),
    ("区划", "place", 16),
    ("姓名", "name", 12),
    ("性别", "sex", 6),
    ("年龄", "age", 6),
    ("身份证号", "id_number", 24),
    ("家庭住址", "address", 24),
)
_KEPT = "数据收到时间不晚于：{{known_at}}　身份证号：{{id_numbers}}"


def _ledger(title: str, line: str, extra: tuple[Any, ...], notes: tuple[str, ...] = ()) -> Sheet:
    return Sheet(title, (line,), (Block("", "rows", columns(*_PERSON, *extra)),), (*notes, _KEPT))


RELIEF = _ledger(
    "受灾群众救助情况统计表",
    "应急管理等部门（盖章）　　　　　　　　　　　　民政部门（盖章）",
    (
        ("灾前社会救助情况", "social_assistance_before", 18, "民政部门填写"),
        ("灾害救助情况", "relief", 26, "应急管理部门填写"),
        ("灾后社会救助情况", "social_assistance_after", 18, "民政部门填写"),
        ("是否因灾致贫返贫", "fell_into_poverty", 12, "应急管理、民政部门会商填写"),
    ),
    (
        "注：灾害过程名称由发生日期和灾种组成；区划写到乡镇、街道。社会救助包括临时救助、低保、供养等，"
        "灾害救助包括应急救助、过渡期救助、冬春救助。",
    ),
)
_SUFFERED = (
    ("人员伤亡", "casualty", 9),
    ("房屋损坏", "damage", 14),
    ("财产损失", "property_loss", 18),
)
VETERANS = _ledger(
    "受灾退役军人及军属台账",
    "灾害过程：{{event}}　　退役军人事务部门（盖章）",
    (("对象类别", "groups", 18), *_SUFFERED),
)
EARTHQUAKE = _ledger(
    "地震受灾群众台账",
    "灾害过程：{{event}}　　应急管理部门（盖章）",
    (("重点人群", "groups", 16), *_SUFFERED, ("灾害救助情况", "relief", 22)),
)
CASUALTIES = Sheet(
    "因灾死亡、失踪、受伤人员台账",
    ("灾害过程：{{event}}　　应急管理部门（盖章）",),
    (
        Block("", "rows", columns(
            *_PERSON[:6],
            ("情况", "casualty", 8),
            ("地点", "address", 24),
            ("截至时间", "as_of", 20),
            ("来源", "sources", 24),
        )),
    ),
    ("注：先登记、后核实；经会商认定为同一人的多条登记合为一行。", _KEPT),
)  # fmt: skip
DAILY = Sheet(
    "日报",
    (
        "统计时段：{{since}} 至 {{known_at}}",
        "指标达到：{{level_reached}}　{{clauses}}　当前响应：{{level_in_force}}（{{state}}）",
        "报告：{{counties_reported}}/{{counties}}　尚未报告：{{silent}}",
    ),
    (
        Block("损失与救助", "figures", columns(
            ("指标", "indicator", 26),
            ("数值", "value", 12),
            ("前一日", "before", 12),
            ("增减", "change", 12),
            ("单位", "unit", 10),
        )),
        Block("各县（区）", "counties", columns(
            ("县（区）", "name", 26),
            ("今日报告", "today", 12),
            ("死亡", "dead", 12),
            ("失踪", "missing", 12),
            ("受伤", "injured", 10),
            ("转移安置", "relocated", 12),
            ("需紧急救助", "in_need", 12),
            ("倒塌（间）", "collapsed_rooms", 12),
            ("严重损坏（间）", "severely_damaged_rooms", 14),
            ("截至", "as_of", 20),
        )),
    ),
    ("“未报”即没有收到数据，不等于零；零报告即报告没有变化。",),
)  # fmt: skip

SHEETS = {
    "briefing": _briefing(zh=True),
    "briefing.en": _briefing(zh=False),
    "relief": RELIEF,
    "casualties": CASUALTIES,
    "veterans": VETERANS,
    "earthquake": EARTHQUAKE,
    "daily": DAILY,
}
