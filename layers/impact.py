"""What an event did: ground by intensity, and the figures of counties and townships."""

from __future__ import annotations

from layers.columns import ID, LEVELS, NAME, ORIGIN, STAGES, column, figure_column
from layers.layer import FeatureSet, Layer, Words

_EVENT = (
    column("event", "string", "灾害过程", "Event"),
    column("event_name", "string", "灾害过程名称", "Name of the event"),
    column("exercise", "boolean", "演练", "Exercise", tiled=True),
)

FIGURES = (
    "dead",
    "missing",
    "injured",
    "seriously_injured",
    "affected",
    "relocated",
    "relocated_now",
    "in_need",
    "in_need_now",
    "collapsed_rooms",
    "collapsed_households",
    "severely_damaged_rooms",
    "severely_damaged_households",
    "slightly_damaged_rooms",
    "slightly_damaged_households",
    "drought_needing_aid",
    "drought_needing_government_aid",
    "direct_economic_loss_10k_cny",
)
"""Indicators that the layer carries, null where nobody reported them."""

INTENSITY = Layer(
    "intensity",
    Words("地震烈度", "Seismic intensity"),
    Words("按烈度划分的地面", "Ground by seismic intensity"),
    FeatureSet(
        "intensity",
        "MultiPolygon",
        (ID, column("intensity", "integer", "烈度", "Intensity", tiled=True), *_EVENT, *ORIGIN),
        labelled=True,
    ),
    ("intensity_zones", "events"),
    of_event=True,
    clocks=("known_at",),
)
CASUALTIES = Layer(
    "casualties",
    Words("灾情", "Casualties and losses"),
    Words(
        "县、乡镇的灾情数字；未报为空，不是 0",
        "Figures of counties and townships; what nobody reported is null, never 0",
    ),
    FeatureSet(
        "casualties",
        "MultiPolygon",
        (
            ID,
            column("area", "string", "区划代码", "Division code", tiled=True),
            NAME,
            column("level", "string", "层级", "Level", tiled=True, terms=LEVELS),
            column("parent", "string", "上级代码", "Code of the division above"),
            column("population", "integer", "常住人口", "Population", unit="人"),
            column("reported", "boolean", "已上报", "Reported", tiled=True),
            column(
                "dead_missing", "integer", "死亡失踪人口", "Dead and missing", tiled=True, unit="人"
            ),
            *map(figure_column, FIGURES),
            column("as_of", "date-time", "截至时间", "As of"),
            column("stage", "string", "报告阶段", "Stage", tiled=True, terms=STAGES),
            *_EVENT,
            *ORIGIN,
        ),
        labelled=True,
        far=True,
    ),
    ("admin_areas", "loss_figures", "loss_reports", "events"),
    of_event=True,
    clocks=("as_of", "known_at"),
)
