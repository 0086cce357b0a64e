"""What can hurt: hazard points, risk zones, active faults and ground that floods."""

from __future__ import annotations

from layers.columns import (
    AREA,
    GRADES,
    HAZARD_KINDS,
    HAZARD_STATES,
    ID,
    NAME,
    REGISTERED,
    ZONE_KINDS,
    column,
)
from layers.layer import FeatureSet, Layer, Words

_GRADE = column("grade", "string", "风险等级", "Grade", tiled=True, terms=GRADES)

HAZARD_POINTS = Layer(
    "hazard_points",
    Words("灾害隐患点", "Hazard points"),
    Words("滑坡、崩塌、危化品等隐患点", "Landslides, rockfalls, chemical plants and the like"),
    FeatureSet(
        "hazard_points",
        "Point",
        (
            ID,
            NAME,
            AREA,
            column("kind", "string", "类型", "Kind", tiled=True, terms=HAZARD_KINDS),
            _GRADE,
            column("state", "string", "状态", "State", tiled=True, terms=HAZARD_STATES),
            column("threatened_people", "integer", "威胁人数", "People threatened", unit="人"),
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("hazard_points",),
    editable=True,
)
RISK_ZONES = Layer(
    "risk_zones",
    Words("风险区划", "Risk zones"),
    Words("地质、山洪、火灾风险分级区", "Graded zones of geological, flood and fire risk"),
    FeatureSet(
        "risk_zones",
        "MultiPolygon",
        (
            ID,
            NAME,
            column("kind", "string", "类型", "Kind", tiled=True, terms=ZONE_KINDS),
            _GRADE,
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("risk_zones",),
)
FAULTS = Layer(
    "faults",
    Words("活动断层", "Active faults"),
    Words("活动断层迹线", "Traces of active faults"),
    FeatureSet(
        "faults",
        "MultiLineString",
        (
            ID,
            NAME,
            column("slip_type", "string", "滑动类型", "Slip type", tiled=True),
            column("activity", "string", "活动时代", "Activity"),
            column("catalogue", "string", "目录", "Catalogue"),
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("faults",),
    credit=Words(
        "断层 © GEM 全球活动断层数据库 (CC BY-SA 4.0)",
        "Faults © GEM Global Active Faults Database (CC BY-SA 4.0)",
    ),
)
FLOOD_AREAS = Layer(
    "flood_areas",
    Words("洪水淹没区", "Flood areas"),
    Words("按重现期的淹没范围", "Ground that floods, by return period"),
    FeatureSet(
        "flood_areas",
        "MultiPolygon",
        (
            ID,
            NAME,
            column(
                "return_period_years", "integer", "重现期", "Return period", tiled=True, unit="年"
            ),
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("flood_areas",),
)
