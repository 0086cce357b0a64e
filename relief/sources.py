"""Whose word a report is: the area's own emergency bureau's, or another source's (4.1.5, 4.1.8)."""

from __future__ import annotations

EMERGENCY_BUREAU = ("应急", "emergency")
"""Parts of the name of the bureau that reports for its area (应急管理局, 应急管理厅)."""

OTHER_SOURCES = (
    *("公安", "卫健", "卫生健康", "民政", "住建", "住房", "水利", "农业农村", "自然资源", "规自"),
    *("交通", "气象", "消防", "地震局", "防震减灾", "教育", "电力", "媒体", "新闻", "微博", "网民"),
    *("police", "health", "media", "press"),
)
"""Parts of names of departments and others who also know of casualties."""


def is_own_bureau(source: str, department: str | None = None) -> bool:
    """Whether a report counts as the area's own, judged by its source's name.

    `department` is what the reporting token carries; where it names a department, that decides.
    A name that says nothing counts as the bureau's own: who reports for an area usually is it.
    """
    name = (department or source).casefold()
    if any(part in name for part in EMERGENCY_BUREAU):
        return True
    return not any(part in name for part in OTHER_SOURCES)
