"""Features: whole in pages, bounded to what the caller may see, as RFC 7946 writes them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
import shapely

from geo.database import Connection
from geo.selections import Selection
from geo.served_crs import CGCS2000
from layers.catalogue import LAYERS
from layers.features import Question, collection_text, feature_of, features_of
from layers.layer import Sight
from relief.errors import MalformedRequest, NotFound

PUBLIC, EVERYWHERE, CITY = Sight(), Sight(""), Sight("140302")
QUAKE = Selection(event="quake")


async def read(conn: Connection, question: Question) -> list[dict[str, Any]]:
    """All features, page by page."""
    found: list[dict[str, Any]] = []
    token: str | None = None
    while True:
        answer = await features_of(conn, replace(question, token=token))
        found += answer.features
        token = answer.token
        if token is None:
            assert answer.matched == len(found)
            return found


@pytest.mark.parametrize("limit", [1, 5, 12, 1000])
async def test_pages_joined_are_the_whole(prefecture: Connection, limit: int) -> None:
    found = await read(prefecture, Question(LAYERS["shelters"], PUBLIC, QUAKE, limit=limit))
    assert sorted(f["id"] for f in found) == sorted(f"s{n}" for n in range(1, 13))


async def test_a_token_of_another_question_is_refused(prefecture: Connection) -> None:
    first = Question(LAYERS["shelters"], PUBLIC, QUAKE, limit=5)
    token = (await features_of(prefecture, first)).token
    elsewhere = replace(first, token=token, selection=replace(QUAKE, box=(113, 37, 114, 38)))
    for wrong in (elsewhere, replace(first, token="AAAA"), replace(first, token="é")):
        with pytest.raises(MalformedRequest):
            await features_of(prefecture, wrong)


async def test_planners_see_households_of_their_area_alone(prefecture: Connection) -> None:
    found = await read(prefecture, Question(LAYERS["households"], CITY, QUAKE))
    assert {f["properties"]["area"] for f in found} == {"140302"}
    assert len(found) == 20
    assert len(await read(prefecture, Question(LAYERS["households"], EVERYWHERE, QUAKE))) == 40


async def test_others_see_how_many_people_live_in_a_cell(prefecture: Connection) -> None:
    found = await read(prefecture, Question(LAYERS["households"], PUBLIC, QUAKE))
    assert sum(f["properties"]["persons"] for f in found) == 120
    assert sum(f["properties"]["homeless_persons"] for f in found) == 30
    text = orjson.dumps(found).decode()
    assert "样例" not in text
    assert "h1" not in text
    assert {f["geometry"]["type"] for f in found} == {"Polygon"}


async def test_nobody_reads_a_single_household_outside_the_area(prefecture: Connection) -> None:
    asked = Question(LAYERS["households"], CITY, QUAKE)
    assert "样例1" in (await feature_of(prefecture, asked, "h1")).text
    for sight, household in ((CITY, "h40"), (PUBLIC, "h1")):
        with pytest.raises(NotFound):
            await feature_of(prefecture, Question(LAYERS["households"], sight, QUAKE), household)


async def test_what_a_field_report_says_is_for_planners(prefecture: Connection) -> None:
    told = Question(LAYERS["field_reports"], CITY, QUAKE)
    (report,) = await read(prefecture, told)
    assert report["properties"]["text"] == "某某的房子塌了"
    (cell,) = await read(prefecture, replace(told, sight=PUBLIC))
    assert cell["properties"]["reports"] == 1
    assert "塌" not in orjson.dumps(cell).decode()
    assert await read(prefecture, replace(told, sight=Sight("140321"))) == []


async def test_lines_from_houses_are_for_planners_others_see_townships(
    prefecture: Connection,
) -> None:
    public = await read(prefecture, Question(LAYERS["assignments"], PUBLIC, QUAKE))
    assert sum(f["properties"]["persons"] for f in public) == 27
    assert all("household" not in f["properties"] for f in public)
    assert {f["properties"]["township_name"] for f in public} == {None, "冠山镇"}
    lines = await read(prefecture, Question(LAYERS["assignments"], CITY, QUAKE))
    assert sorted(f["id"] for f in lines) == ["h12", "h14", "h16", "h18", "h20"]


async def test_a_figure_that_nobody_reported_is_null(prefecture: Connection) -> None:
    found = await read(prefecture, Question(LAYERS["casualties"], PUBLIC, QUAKE))
    told = {f["id"]: f["properties"] for f in found}
    assert set(told) == {"140302", "140321", "140321100", "140321101"}
    assert told["140321"] | {"dead": 5, "missing": 0, "dead_missing": 5} == told["140321"]
    assert told["140321"]["injured"] is None
    assert told["140321"]["reported"] is True
    assert told["140321"]["stage"] == "follow_up"
    assert told["140302"]["reported"] is False
    assert told["140302"]["dead_missing"] is None


async def test_figures_are_as_of_the_end_of_the_time_asked_for(prefecture: Connection) -> None:
    early = datetime(2026, 9, 14, 22, tzinfo=UTC)
    asked = Question(LAYERS["casualties"], PUBLIC, replace(QUAKE, as_of=early))
    told = {f["id"]: f["properties"] for f in await read(prefecture, asked)}
    assert told["140321"]["dead"] == 7
    assert told["140321"]["missing"] is None


async def test_the_kept_figures_are_those_reckoned_from_all_reports(prefecture: Connection) -> None:
    kept = Question(LAYERS["casualties"], PUBLIC, QUAKE)
    late = datetime.fromisoformat("2100-01-01T00:00:00Z")
    reckoned = replace(kept, selection=replace(QUAKE, known_at=late))
    assert await read(prefecture, kept) == await read(prefecture, reckoned)


async def test_a_box_takes_what_it_touches(prefecture: Connection) -> None:
    box = (113.12, 37.6, 113.31, 37.8)
    asked = Question(LAYERS["shelters"], PUBLIC, replace(QUAKE, box=box))
    assert [f["id"] for f in await read(prefecture, asked)] == ["s1", "s2", "s3", "s4"]
    counties = Question(LAYERS["counties"], PUBLIC, replace(QUAKE, box=box))
    assert [f["id"] for f in await read(prefecture, counties)] == ["140302"]


async def test_a_point_on_the_edge_of_a_box_lies_in_it_and_one_a_hair_beyond_does_not(
    prefecture: Connection,
) -> None:
    await prefecture.execute(
        "UPDATE shelters SET geom = ST_Point(113.3, 37.7 + (substr(id, 2)::integer - 6) * 1e-9,"
        " 4490) WHERE id NOT IN ('s1', 's2')"
    )
    selection = replace(QUAKE, box=(113.3, 37.7, 113.4, 37.8))
    found = await read(prefecture, Question(LAYERS["shelters"], PUBLIC, selection))
    assert [f["id"] for f in found] == ["s10", "s11", "s12", "s6", "s7", "s8", "s9"]


async def test_all_are_counted_unless_nobody_wants_it(prefecture: Connection) -> None:
    boxed = replace(QUAKE, box=(113.12, 37.6, 113.31, 37.8))
    for selection, count in ((QUAKE, 12), (boxed, len(await read(prefecture, _shelters(boxed))))):
        for limit in (2, 100):
            first = await features_of(prefecture, replace(_shelters(selection), limit=limit))
            assert first.matched == count
        uncounted = await features_of(prefecture, replace(_shelters(selection), counted=False))
        assert uncounted.matched is None


def _shelters(selection: Selection) -> Question:
    return Question(LAYERS["shelters"], PUBLIC, selection)


async def test_rings_turn_as_rfc_7946_wants_them(prefecture: Connection) -> None:
    for layer in ("counties", "casualties", "intensity", "sites", "households"):
        for f in await read(prefecture, Question(LAYERS[layer], PUBLIC, QUAKE)):
            shape = shapely.from_geojson(orjson.dumps(f["geometry"]))
            for polygon in shapely.get_parts(shape):
                assert shapely.is_ccw(shapely.get_exterior_ring(polygon)), layer


async def test_latitude_comes_first_where_the_system_says_so(prefecture: Connection) -> None:
    asked = Question(LAYERS["shelters"], PUBLIC, QUAKE, crs=CGCS2000)
    found = await read(prefecture, asked)
    assert found[0]["geometry"]["coordinates"] == [37.7, 113.15]


async def test_the_collection_says_how_many_there_are_and_where(prefecture: Connection) -> None:
    question = Question(LAYERS["shelters"], PUBLIC, QUAKE, limit=3)
    answer = await features_of(prefecture, question)
    now = datetime(2026, 9, 15, tzinfo=UTC)
    body = orjson.loads(collection_text(answer, [{"href": "x", "rel": "self"}], now))
    assert (body["numberMatched"], body["numberReturned"]) == (12, 3)
    assert len(body["features"]) == 3
    assert body["bbox"] == pytest.approx([113.15, 37.7, 113.65, 37.7])
    uncounted = await features_of(prefecture, replace(question, counted=False))
    assert "numberMatched" not in orjson.loads(collection_text(uncounted, [], now))
