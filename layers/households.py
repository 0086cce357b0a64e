"""Households: points for those who look after them, counts by cell for everybody else."""

from __future__ import annotations

from layers.columns import AREA, DAMAGE, ID, KEY_GROUPS, ORIGIN, REGISTERED, column
from layers.layer import FeatureSet, Layer, Words

_PERSONS = column("persons", "integer", "人数", "People", tiled=True, unit="人")

HOUSEHOLDS = Layer(
    "households",
    Words("住户", "Households"),
    Words(
        "住户及其房屋受损；无权查看个人信息者只见网格人数",
        "Households and the damage to their homes; people by cell for those who may not see them",
    ),
    FeatureSet(
        "households",
        "Point",
        (
            ID,
            AREA,
            _PERSONS,
            column("key_groups", "array", "重点人群", "Key groups", terms=KEY_GROUPS),
            column("damage", "string", "房屋受损", "Damage", tiled=True, terms=DAMAGE),
            column("head_name", "string", "户主", "Head of household"),
            column("address", "string", "住址", "Address"),
            column("telephone", "string", "电话", "Telephone"),
            *REGISTERED,
        ),
        "updated_at",
        counted="layer_households_count",
        lean=True,
    ),
    ("households", "house_damage", "events"),
    FeatureSet(
        "household_cells",
        "Polygon",
        (
            ID,
            column("households", "integer", "户数", "Households", tiled=True, unit="户"),
            _PERSONS,
            column(
                "damaged_households",
                "integer",
                "房屋受损户数",
                "Damaged homes",
                tiled=True,
                unit="户",
            ),
            column(
                "homeless_persons",
                "integer",
                "无房可住人数",
                "People without a home",
                tiled=True,
                unit="人",
            ),
            *ORIGIN,
        ),
        gridded=True,
        lean=True,
    ),
    of_event=True,
    clocks=("known_at",),
)
