"""A small prefecture with people in it, and a reader of vector tiles."""

import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from geo.database import Connection

PREFECTURE = """
INSERT INTO admin_areas (code, level, parent, name, population, source, seat, geom) VALUES
    ('14', 'province', NULL, '山西省', 34915616, 'test', NULL, NULL),
    ('1403', 'prefecture', '14', '阳泉市', 1318505, 'test', NULL, NULL),
    ('140302', 'county', '1403', '城区', 225443, 'test', NULL,
        ST_Multi(ST_MakeEnvelope(113, 37.5, 113.5, 38, 4490))),
    ('140321', 'county', '1403', '平定县', 306228, 'test', NULL,
        ST_Multi(ST_MakeEnvelope(113.5, 37.5, 114, 38, 4490))),
    ('140321100', 'township', '140321', '冠山镇', 80000, 'test',
        ST_SetSRID(ST_Point(113.6, 37.8), 4490),
        ST_Multi(ST_MakeEnvelope(113.5, 37.5, 113.75, 38, 4490))),
    ('140321101', 'township', '140321', '冶西镇', 20000, 'test',
        ST_SetSRID(ST_Point(113.9, 37.8), 4490),
        ST_Multi(ST_MakeEnvelope(113.75, 37.5, 114, 38, 4490)));
INSERT INTO events (id, hazard, name, occurred_at, plan, area, demo) VALUES
    ('quake', 'earthquake', '演示地震', '2026-09-15T02:17:00+08:00', 'yangquan-2026', '1403', true);
INSERT INTO households (id, area, persons, head_name, address, telephone, geom, source, synthetic)
SELECT 'h' || n, CASE WHEN n <= 20 THEN '140302' ELSE '140321100' END, 3, '样例' || n, '某街 1 号',
    '000', ST_SetSRID(ST_Point(113.2 + n * 0.02, 37.6 + n * 0.008), 4490), 'test', true
FROM generate_series(1, 40) AS n;
INSERT INTO house_damage (event, household, grade, source)
SELECT 'quake', 'h' || n, CASE WHEN n % 2 = 0 THEN 'collapsed' ELSE 'slight' END, 'test'
FROM generate_series(11, 30) AS n;
INSERT INTO shelters (id, name, area, level, capacity, occupancy, geom, source)
SELECT 's' || n, '避难场所' || n, '140302', 'county', 100, n,
    ST_SetSRID(ST_Point(113.1 + n * 0.05, 37.7), 4490), 'test'
FROM generate_series(1, 12) AS n;
INSERT INTO loss_reports (id, event, area, stage, as_of, source) VALUES
    ('r1', 'quake', '140321', 'initial', '2026-09-15T04:00:00+08:00', 'test'),
    ('r2', 'quake', '140321', 'follow_up', '2026-09-15T08:00:00+08:00', 'test');
INSERT INTO loss_figures (report, event, area, indicator, value, as_of, stage_rank, recorded_at)
VALUES ('r1', 'quake', '140321', 'dead', 7, '2026-09-15T04:00:00+08:00', 0, now()),
    ('r2', 'quake', '140321', 'dead', 5, '2026-09-15T08:00:00+08:00', 1, now()),
    ('r2', 'quake', '140321', 'missing', 0, '2026-09-15T08:00:00+08:00', 1, now());
INSERT INTO intensity_zones (event, intensity, method, geom) VALUES
    ('quake', 7, 'test', ST_Multi(ST_MakeEnvelope(113.3, 37.6, 113.6, 37.9, 4490)));
INSERT INTO tokens (secret_sha256, prefix, label, role, admin_area)
    VALUES ('\\x00', 'rm_test', 'test', 'admin', '');
INSERT INTO jobs (id, kind, parameters, token)
    SELECT 'job', 'assignment', '{}', id FROM tokens;
INSERT INTO assignments (id, job, event, parameters, assigned_people, unassigned_people,
    person_metres, lower_bound, gap) VALUES ('plan', 'job', 'quake', '{}', 27, 3, 1, 1, 0);
INSERT INTO assignment_households (assignment, household, shelter, persons, reason)
SELECT 'plan', 'h' || n, CASE WHEN n < 30 THEN 's1' END, 3, CASE WHEN n = 30 THEN 'no_room' END
FROM generate_series(12, 30, 2) AS n;
INSERT INTO sites (job, event, rank, candidate, purpose, ground_area_m2, serves_people,
    survey_required, nearest, geom)
VALUES ('job', 'quake', 1, 'g1', 'settlement', 9000, 30, false, '[]',
    ST_Multi(ST_MakeEnvelope(113.4, 37.7, 113.41, 37.71, 4490)));
INSERT INTO field_reports (id, event, kind, area, observed_at, geom, text, body_sha256) VALUES
    ('0b0e7a52-0000-4000-8000-000000000001', 'quake', 'damage', '140302',
        '2026-09-15T03:00:00+08:00', ST_SetSRID(ST_Point(113.3, 37.7), 4490), '某某的房子塌了', '')
"""


@pytest.fixture
async def prefecture(conn: Connection) -> Connection:
    """A connection to a store with two counties, an event, 40 households of 3 and 12 shelters."""
    for statement in PREFECTURE.split(";\n"):
        await conn.execute(statement)  # type: ignore[arg-type]
    return conn


Decoded = dict[str, list[dict[str, Any]]]


@pytest.fixture
def decoded() -> Callable[[bytes], Decoded]:
    """The attributes of the features in a tile, by layer; `#` holds a feature's number."""
    return lambda data: dict(map(_layer, _parts(data, 3)))


def _layer(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    (name,) = _parts(data, 1)
    keys = [key.decode() for key in _parts(data, 3)]
    values = [_value(value) for value in _parts(data, 4)]
    return name.decode(), [_feature(f, keys, values) for f in _parts(data, 2)]


def _feature(data: bytes, keys: list[str], values: list[Any]) -> dict[str, Any]:
    (tags,) = _parts(data, 2) or [b""]
    numbers = list(_varints(tags))
    found = {keys[k]: values[v] for k, v in zip(numbers[::2], numbers[1::2], strict=True)}
    (number,) = _parts(data, 1)
    return found | {"#": number}


def _value(data: bytes) -> Any:
    ((field, content),) = _fields(data)
    match field:
        case 1:
            return content.decode()
        case 2:
            return struct.unpack("<f", content)[0]
        case 3:
            return struct.unpack("<d", content)[0]
        case 6:
            return (content >> 1) ^ -(content & 1)
        case 7:
            return bool(content)
        case _:
            return content


def _parts(data: bytes, number: int) -> list[Any]:
    return [content for field, content in _fields(data) if field == number]


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        field, wire = key >> 3, key & 7
        if wire == 0:
            content: Any
            content, at = _varint(data, at)
        else:
            size, at = _varint(data, at) if wire == 2 else ({1: 8, 5: 4}[wire], at)
            content, at = data[at : at + size], at + size
        yield field, content


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _varint(data, at)
        yield number


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not data[at - 1] & 0x80:
            return number, at
