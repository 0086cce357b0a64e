"""What relief has at hand: shelters, depots, open ground and roads."""

from __future__ import annotations

from layers.columns import (
    AREA,
    DEPOT_STATES,
    GROUND_KINDS,
    ID,
    LEVELS,
    NAME,
    REGISTERED,
    ROAD_CLASSES,
    ROAD_DIRECTIONS,
    SHELTER_KINDS,
    SHELTER_STATES,
    column,
)
from layers.layer import FeatureSet, Layer, Words

_LEVEL = column("level", "string", "级别", "Level", tiled=True, terms=LEVELS)
_GROUND = column("ground_area_m2", "number", "占地面积", "Ground area", unit="m²")

SHELTERS = Layer(
    "shelters",
    Words("避难场所", "Shelters"),
    Words("应急避难场所及剩余容量", "Shelters and the places left in them"),
    FeatureSet(
        "shelters",
        "Point",
        (
            ID,
            NAME,
            AREA,
            _LEVEL,
            column("kind", "string", "类型", "Kind", tiled=True, terms=SHELTER_KINDS),
            column("state", "string", "状态", "State", tiled=True, terms=SHELTER_STATES),
            column("capacity", "integer", "容量", "Capacity", tiled=True, unit="人"),
            column("occupancy", "integer", "已安置", "Occupied", unit="人"),
            column("free", "integer", "剩余容量", "Free places", tiled=True, unit="人"),
            _GROUND,
            column("service_radius_m", "number", "服务半径", "Service radius", unit="m"),
            column("facilities", "array", "设施", "Facilities"),
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("shelters",),
    editable=True,
)
DEPOTS = Layer(
    "depots",
    Words("救灾物资储备库", "Depots"),
    Words("救灾物资储备库（点）及库存", "Depots of relief supplies and what they hold"),
    FeatureSet(
        "depots",
        "Point",
        (
            ID,
            NAME,
            AREA,
            _LEVEL,
            column("state", "string", "状态", "State", tiled=True, terms=DEPOT_STATES),
            column("floor_area_m2", "number", "建筑面积", "Floor area", unit="m²"),
            column("stock", "array", "库存", "Stock", queryable=False),
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("depots", "depot_stock"),
    editable=True,
)
OPEN_GROUND = Layer(
    "open_ground",
    Words("开阔地", "Open ground"),
    Words("可作安置点的操场、广场、空地", "School yards, squares and fields that could be sites"),
    FeatureSet(
        "open_ground",
        "MultiPolygon",
        (
            ID,
            NAME,
            AREA,
            column("kind", "string", "类型", "Kind", tiled=True, terms=GROUND_KINDS),
            column("ground_area_m2", "number", "面积", "Ground area", tiled=True, unit="m²"),
            column("slope_percent", "number", "坡度", "Slope", tiled=True, unit="%"),
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("open_ground",),
    least_zoom=8,
)
ROADS = Layer(
    "roads",
    Words("道路", "Roads"),
    Words("公路按等级", "Roads by class"),
    FeatureSet(
        "roads",
        "MultiLineString",
        (
            ID,
            NAME,
            column("class", "string", "等级", "Class", tiled=True, terms=ROAD_CLASSES),
            column("oneway", "string", "通行方向", "Direction", terms=ROAD_DIRECTIONS),
            column("vehicle_kmh", "number", "车速", "Vehicle speed", unit="km/h"),
            column("walking_kmh", "number", "步行速度", "Walking speed", unit="km/h"),
            *REGISTERED,
        ),
        "updated_at",
    ),
    ("roads",),
    credit=Words(
        "道路：来源注明者 © OpenStreetMap 贡献者 (ODbL)",
        "Roads: © OpenStreetMap contributors (ODbL) where their source says so",
    ),
)
