"""What was worked out: chosen sites, and who goes to which shelter."""

from __future__ import annotations

from layers.columns import ID, ORIGIN, PURPOSES, column
from layers.layer import FeatureSet, Layer, Words

_SHELTER = (
    column("shelter", "string", "避难场所编号", "Shelter", tiled=True),
    column("shelter_name", "string", "避难场所", "Name of the shelter", tiled=True),
)
_PERSONS = column("persons", "integer", "人数", "People", tiled=True, unit="人")
_ASSIGNMENT = column("assignment", "string", "安置方案", "Assignment")

SITES = Layer(
    "sites",
    Words("选址结果", "Chosen sites"),
    Words("最近一次选址选出的地块", "The sites that the newest siting chose"),
    FeatureSet(
        "sites",
        "MultiPolygon",
        (
            ID,
            column("rank", "integer", "序号", "Rank", tiled=True),
            column("candidate", "string", "候选地编号", "Candidate", tiled=True),
            column("purpose", "string", "用途", "Purpose", tiled=True, terms=PURPOSES),
            column("ground_area_m2", "number", "面积", "Ground area", unit="m²"),
            column("serves_people", "integer", "服务人数", "Serves", tiled=True, unit="人"),
            column("survey_required", "boolean", "需现场勘查", "Survey required", tiled=True),
            column(
                "engineering_required", "boolean", "需工程措施", "Engineering required", tiled=True
            ),
            column("nearest", "array", "最近的危险源", "Nearest hazards", queryable=False),
            column("job", "string", "任务", "Job"),
            column("event", "string", "灾害过程", "Event"),
            column("created_at", "date-time", "生成时间", "Made"),
            *ORIGIN,
        ),
        "created_at",
        labelled=True,
    ),
    ("sites", "events"),
    of_event=True,
    clocks=("as_of", "known_at"),
)
ASSIGNMENTS = Layer(
    "assignments",
    Words("安置去向", "Assignments"),
    Words(
        "住户到避难场所；无权查看个人信息者只见乡镇合计",
        "From homes to shelters; from townships for those who may not see people one by one",
    ),
    FeatureSet(
        "assignments",
        "LineString",
        (
            ID,
            column("household", "string", "住户", "Household"),
            *_SHELTER,
            _PERSONS,
            column("distance_m", "number", "距离", "Distance", unit="m"),
            _ASSIGNMENT,
            *ORIGIN,
        ),
    ),
    ("assignments", "households", "shelters", "admin_areas", "events"),
    FeatureSet(
        "assignment_flows",
        "LineString",
        (
            ID,
            column("township", "string", "乡镇代码", "Township", tiled=True),
            column("township_name", "string", "乡镇", "Name of the township", tiled=True),
            *_SHELTER,
            column("households", "integer", "户数", "Households", tiled=True, unit="户"),
            _PERSONS,
            _ASSIGNMENT,
            *ORIGIN,
        ),
    ),
    of_event=True,
    clocks=("as_of", "known_at"),
)
