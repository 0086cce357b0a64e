"""Teams in the field: where each is for planners, how many a county has for everybody else."""

from __future__ import annotations

from layers.columns import AREA, ID, NAME, ORIGIN, REGISTERED, column, terms_of
from layers.layer import FeatureSet, Layer, Words
from relief.teams import TeamKind, TeamState

TEAM_KINDS = terms_of(TeamKind)
TEAM_STATES = terms_of(TeamState)

TEAMS = Layer(
    "teams",
    Words("救援力量", "Teams"),
    Words(
        "救援队伍和灾害信息员的最新位置；无权查看者只见各县队数",
        "Where rescue teams and village information officers are, or how many by county",
    ),
    FeatureSet(
        "teams",
        "Point",
        (
            ID,
            NAME,
            column("kind", "string", "类型", "Kind", tiled=True, terms=TEAM_KINDS),
            column("state", "string", "状态", "State", tiled=True, terms=TEAM_STATES),
            AREA,
            column("people", "integer", "人数", "People", unit="人"),
            column("skills", "array", "专长", "Skills"),
            column("event", "string", "所赴灾害过程", "Assigned to"),
            column("positioned_at", "date-time", "定位时间", "Position of"),
            column("accuracy_m", "number", "定位精度", "Accuracy", unit="m"),
            column("located", "boolean", "已报位置", "Position known", tiled=True),
            *REGISTERED,
        ),
        "positioned_at",
    ),
    ("teams",),
    FeatureSet(
        "team_counties",
        "Point",
        (
            ID,
            NAME,
            column("teams", "integer", "队数", "Teams", tiled=True),
            column("people", "integer", "人数", "People", unit="人"),
            *ORIGIN,
        ),
    ),
    detail_zoom=0,
)
