"""Roads that an event has cut; why, in the words of those who told, is for planners alone."""

from __future__ import annotations

from layers.columns import ID, NAME, ORIGIN, column
from layers.layer import FeatureSet, Layer, Words

CLOSURE_STATES = {"closed": Words("封闭", "closed"), "lifted": Words("已恢复", "open again")}
CLOSURE_DIRECTIONS = {
    "both": Words("双向", "both ways"),
    "drawn": Words("顺画线方向", "as drawn"),
}
_CLOSURE = (
    ID,
    NAME,
    column("state", "string", "状态", "State", tiled=True, terms=CLOSURE_STATES),
    column("direction", "string", "方向", "Direction", terms=CLOSURE_DIRECTIONS),
    column("roads", "array", "道路编号", "Roads"),
    column("since", "date-time", "起", "Since", tiled=True),
    column("until", "date-time", "止", "Until", tiled=True),
    column("recorded_at", "date-time", "记录时间", "Recorded"),
    column("event", "string", "灾害过程", "Event"),
    *ORIGIN,
)
_REASON = column("reason", "string", "原因", "Reason")

ROAD_CLOSURES = Layer(
    "road_closures",
    Words("道路中断", "Road closures"),
    Words("被灾害阻断的路段；原因仅计划员可见", "Stretches of road that are cut; planners see why"),
    FeatureSet("road_closures", "MultiLineString", (*_CLOSURE, _REASON), "since", labelled=True),
    ("road_closures", "roads", "events"),
    FeatureSet("road_closure_lines", "MultiLineString", _CLOSURE, "since", labelled=True),
    of_event=True,
    clocks=("as_of", "known_at"),
    detail_zoom=0,
)
