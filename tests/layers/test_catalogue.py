"""The catalogue: every layer, with columns that the store really has."""

import pytest
from psycopg.sql import SQL

from geo.database import Connection
from geo.selections import Selection, bound, rows_of
from layers.catalogue import LAYERS, layer_by_id
from layers.impact import CASUALTIES, FIGURES
from layers.layer import FeatureSet
from relief.errors import NotFound
from relief.vocabulary import INDICATORS

FEATURE_SETS = [f for layer in LAYERS.values() for f in (layer.features, layer.cells) if f]
PERSONAL = {"head_name", "name_of_person", "address", "telephone", "id_number", "text", "reason"}


def test_there_are_the_nineteen_layers() -> None:
    assert sorted(LAYERS) == sorted(
        [
            "counties",
            "townships",
            "villages",
            "shelters",
            "depots",
            "hazard_points",
            "risk_zones",
            "faults",
            "flood_areas",
            "open_ground",
            "roads",
            "road_closures",
            "households",
            "field_reports",
            "teams",
            "intensity",
            "casualties",
            "sites",
            "assignments",
        ]
    )


def test_an_unknown_layer_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="townships"):
        layer_by_id("towns")


@pytest.mark.parametrize("features", FEATURE_SETS, ids=lambda f: f.name)
async def test_the_store_gives_exactly_these_columns(
    conn: Connection, features: FeatureSet
) -> None:
    rows = rows_of(features.source, Selection(event="none", detail_like="%"))
    cursor = await conn.execute(
        SQL("SELECT f.* {} LIMIT 0").format(rows), bound(Selection(event="none", detail_like="%"))
    )
    assert cursor.description is not None
    given = {column.name for column in cursor.description}
    for_tiles = (
        {"cell_x", "cell_y"} if features.gridded else {"far_geom"} if features.far else set()
    )
    assert given == {"geom", *features.source.columns, *for_tiles}


@pytest.mark.parametrize("features", FEATURE_SETS, ids=lambda f: f.name)
def test_every_feature_says_where_it_comes_from(features: FeatureSet) -> None:
    assert {"id", "synthetic", "source"} <= set(features.source.columns)


@pytest.mark.parametrize("features", FEATURE_SETS, ids=lambda f: f.name)
def test_tiles_name_nobody(features: FeatureSet) -> None:
    assert not PERSONAL & set(features.tile_source().columns)


def test_cells_hold_nothing_personal() -> None:
    for layer in LAYERS.values():
        if layer.cells:
            assert not PERSONAL & set(layer.cells.source.columns)


def test_every_column_has_a_title_in_both_languages() -> None:
    for features in FEATURE_SETS:
        assert all(c.title.zh and c.title.en for c in features.columns)


def test_figures_are_those_of_the_vocabulary() -> None:
    assert set(FIGURES) <= set(INDICATORS)
    assert set(FIGURES) <= set(CASUALTIES.features.source.columns)
