"""Reports from the field: points for planners, counts by cell for everybody else."""

from __future__ import annotations

from layers.columns import (
    AREA,
    ID,
    ORIGIN,
    REPORT_FLAGS,
    REPORT_KINDS,
    REPORT_STATES,
    column,
)
from layers.layer import FeatureSet, Layer, Words

FIELD_REPORTS = Layer(
    "field_reports",
    Words("现场上报", "Field reports"),
    Words("现场人员的上报；无权查看者只见网格数量", "Reports from the field, or how many by cell"),
    FeatureSet(
        "field_reports",
        "Point",
        (
            ID,
            column("kind", "string", "类型", "Kind", tiled=True, terms=REPORT_KINDS),
            column("state", "string", "核实状态", "State", tiled=True, terms=REPORT_STATES),
            AREA,
            column("observed_at", "date-time", "观察时间", "Observed"),
            column("received_at", "date-time", "接收时间", "Received"),
            column("accuracy_m", "number", "定位精度", "Accuracy", unit="m"),
            column("figures", "object", "数字", "Figures", queryable=False),
            column("text", "string", "说明", "Text"),
            column("flags", "array", "存疑", "To ask about", terms=REPORT_FLAGS),
            column("photos", "integer", "照片数", "Photos", tiled=True),
            column("event", "string", "灾害过程", "Event"),
            *ORIGIN,
        ),
        "observed_at",
    ),
    ("field_reports", "events"),
    FeatureSet(
        "field_report_cells",
        "Polygon",
        (
            ID,
            column("reports", "integer", "上报数", "Reports", tiled=True),
            column("verified", "integer", "已核实", "Verified", tiled=True),
            column("kinds", "array", "类型", "Kinds", terms=REPORT_KINDS),
            column("newest_at", "date-time", "最新时间", "Newest"),
            *ORIGIN,
        ),
        gridded=True,
    ),
    of_event=True,
    clocks=("as_of", "known_at"),
    detail_zoom=0,
)
