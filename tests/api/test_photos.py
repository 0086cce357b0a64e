"""Photos of reports over real HTTP: whole, byte by byte, broken off, wrong, and a full disk."""

import asyncio
import base64
import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}


def jpeg(colour: str = "red", **saved: Any) -> bytes:
    written = BytesIO()
    Image.effect_noise((300, 200), 90).convert("RGB").save(written, "JPEG", **saved)
    return written.getvalue() if colour == "noise" else _plain(colour, **saved)


def _plain(colour: str, **saved: Any) -> bytes:
    written = BytesIO()
    Image.new("RGB", (300, 200), colour).save(written, "JPEG", **saved)
    return written.getvalue()


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def report(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "kind": "damage",
        "observed_at": "2026-09-15T11:50:00Z",
        "location": {"lon": 113.7, "lat": 37.8, "accuracy_m": 10},
    } | changes


class Phone:
    """A reporter's phone with one report sent."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str], event: str) -> None:
        self.client = client
        self.headers = headers
        self.reports = f"/api/events/{event}/field-reports"
        self.photos = ""

    async def send(self, **changes: Any) -> None:
        answer = await self.client.post(self.reports, json=report(**changes), headers=self.headers)
        assert answer.status_code == 201, answer.text
        self.photos = f"{self.reports}/{answer.json()['id']}/photos"

    async def begin(self, length: int, **told: str) -> httpx.Response:
        metadata = ",".join(f"{key} {b64(value)}" for key, value in told.items())
        more = {"Upload-Length": str(length), "Upload-Metadata": metadata}
        return await self.client.post(self.photos, headers=self.headers | TUS | more)

    async def part(self, where: str, offset: int, content: bytes, **more: str) -> httpx.Response:
        headers = self.headers | PART | {"Upload-Offset": str(offset)} | more
        return await self.client.patch(where, content=content, headers=headers)

    async def offset(self, where: str) -> int:
        answer = await self.client.head(where, headers=self.headers | TUS)
        assert answer.headers["cache-control"] == "no-store"
        return int(answer.headers["upload-offset"])

    async def stored(self) -> list[dict[str, Any]]:
        address = self.photos.removesuffix("/photos")
        answer = (await self.client.get(address, headers=self.headers)).json()
        photos: list[dict[str, Any]] = answer["photos"]
        return photos


@pytest.fixture
async def phone(api, served, event) -> Phone:
    found = Phone(served, await api.as_role("field"), event)
    await found.send()
    return found


async def test_a_photo_arrives_part_by_part(phone: Phone) -> None:
    photo = jpeg("noise")
    begun = await phone.begin(len(photo), filename="桥.jpg", id="photo-1")
    assert begun.status_code == 201
    where = begun.headers["location"]
    half = len(photo) // 2
    first = await phone.part(where, 0, photo[:half])
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(half))
    assert await phone.offset(where) == half
    digest = base64.b64encode(hashlib.sha256(photo[half:]).digest()).decode()
    last = await phone.part(where, half, photo[half:], **{"Upload-Checksum": f"sha256 {digest}"})
    assert last.status_code == 204
    assert await phone.offset(where) == len(photo)
    [stored] = await phone.stored()
    assert stored["sha256"] == hashlib.sha256(photo).hexdigest()
    assert (stored["bytes"], stored["name"], stored["id"]) == (len(photo), "桥.jpg", "photo-1")
    shown = await phone.client.get(f"{phone.photos}/{stored['sha256']}", headers=phone.headers)
    assert shown.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(shown.content)).size == (300, 200)


async def test_a_connection_that_breaks_loses_no_byte_that_came(phone: Phone) -> None:
    photo = jpeg("noise")
    where = (await phone.begin(len(photo))).headers["location"]

    async def breaking():
        yield photo[:1000]
        for _ in range(200):
            if await phone.offset(where) == 1000:
                break
            await asyncio.sleep(0.05)
        raise httpx.WriteError("the tunnel")

    headers = phone.headers | PART | {"Upload-Offset": "0", "Content-Length": str(len(photo))}
    with pytest.raises(httpx.WriteError):
        await phone.client.patch(where, content=breaking(), headers=headers)
    here = await phone.offset(where)
    assert here == 1000
    assert (await phone.part(where, here, photo[here:])).status_code == 204
    assert [p["sha256"] for p in await phone.stored()] == [hashlib.sha256(photo).hexdigest()]


async def test_a_photo_that_came_whole_before_a_crash_is_no_less_a_photo(
    phone: Phone, tmp_path: Path
) -> None:
    photo = jpeg("noise")
    where = (await phone.begin(len(photo))).headers["location"]
    await phone.part(where, 0, photo[:100])
    part = tmp_path / "photos" / "incoming" / where.rpartition("/")[2]
    part.write_bytes(photo)  # the last bytes are on the disk, and then the power fails
    assert await phone.stored() == []
    assert await phone.offset(where) == len(photo)
    assert [p["sha256"] for p in await phone.stored()] == [hashlib.sha256(photo).hexdigest()]
    assert await phone.offset(where) == len(photo)


async def test_the_wrong_offset_and_broken_bytes_are_told(phone: Phone) -> None:
    photo = jpeg()
    where = (await phone.begin(len(photo))).headers["location"]
    wrong = await phone.part(where, 5, photo[5:])
    assert (wrong.status_code, wrong.json()["code"]) == (409, "conflict")
    digest = base64.b64encode(hashlib.sha1(b"other").digest()).decode()
    broken = await phone.part(where, 0, photo, **{"Upload-Checksum": f"sha1 {digest}"})
    assert broken.status_code == 460
    assert await phone.offset(where) == 0
    assert (await phone.part(where, 0, photo + b"more")).status_code == 413
    assert (await phone.part(where, 0, photo)).status_code == 204
    assert len(await phone.stored()) == 1


async def test_the_same_photo_twice_is_one(phone: Phone) -> None:
    photo = jpeg()
    for _ in range(2):
        where = (await phone.begin(len(photo))).headers["location"]
        await phone.part(where, 0, photo)
    headers = phone.headers | {"Content-Type": "image/jpeg"}
    whole = await phone.client.post(phone.photos, content=photo, headers=headers)
    assert whole.status_code == 200
    assert len(await phone.stored()) == 1
    other = await phone.client.post(phone.photos, content=jpeg("blue"), headers=headers)
    assert other.status_code == 201
    assert len(await phone.stored()) == 2


async def test_what_is_no_photo_is_refused_and_forgotten(phone: Phone) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    where = (await phone.begin(len(svg))).headers["location"]
    refused = await phone.part(where, 0, svg)
    assert (refused.status_code, refused.json()["code"]) == (415, "media_type")
    gone = await phone.client.head(where, headers=phone.headers | TUS)
    assert gone.status_code == 404
    cut = jpeg("noise")[:-900]
    where = (await phone.begin(len(cut))).headers["location"]
    refused = await phone.part(where, 0, cut)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_photo")
    photo = jpeg()
    where = (await phone.begin(len(photo), sha256="0" * 64)).headers["location"]
    assert (await phone.part(where, 0, photo)).status_code == 460
    assert await phone.stored() == []


async def test_an_upload_can_be_given_up(phone: Phone) -> None:
    where = (await phone.begin(100)).headers["location"]
    ended = await phone.client.delete(where, headers=phone.headers | TUS)
    assert ended.status_code == 204
    assert (await phone.client.delete(where, headers=phone.headers | TUS)).status_code == 404


async def test_the_protocol_says_what_it_speaks(phone: Phone) -> None:
    told = await phone.client.options(phone.photos)
    assert (told.status_code, told.headers["tus-version"]) == (204, "1.0.0")
    assert told.headers["tus-extension"] == "creation,termination,checksum"
    for length in ("0", "-1", "x", "9" * 30):
        more = TUS | {"Upload-Length": length}
        answer = await phone.client.post(phone.photos, headers=phone.headers | more)
        assert answer.status_code == 400, length
    assert (await phone.begin(2**31)).status_code == 413
    where = (await phone.begin(10)).headers["location"]
    old = await phone.client.head(where, headers=phone.headers | {"Tus-Resumable": "0.2.2"})
    assert old.status_code == 412


async def test_a_full_disk_is_said_and_passes(phone: Phone, tmp_path: Path) -> None:
    """The part of an upload leads to a device that is always full."""
    photo = jpeg("noise")
    where = (await phone.begin(len(photo))).headers["location"]
    part = tmp_path / "photos" / "incoming" / where.rpartition("/")[2]
    part.parent.mkdir(parents=True, exist_ok=True)
    part.symlink_to("/dev/full")
    full = await phone.part(where, 0, photo)
    assert (full.status_code, full.json()["code"]) == (507, "storage_full")
    assert len(await phone.stored()) == 0
    part.unlink()
    assert await phone.offset(where) == 0
    assert (await phone.part(where, 0, photo)).status_code == 204
    assert len(await phone.stored()) == 1


async def test_a_form_brings_report_and_photos_at_once(phone: Phone) -> None:
    sent = report()
    files = [
        ("report", (None, json.dumps(sent), "application/json")),
        ("photos", ("1.jpg", jpeg(), "image/jpeg")),
        ("photos", ("2.svg", b"<svg/>", "image/svg+xml")),
        ("photos", ("3.jpg", jpeg("blue"), "image/jpeg")),
    ]
    answers = [
        await phone.client.post(phone.reports, files=files, headers=phone.headers) for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [201, 200]
    for answer in answers:
        assert [p["name"] for p in answer.json()["photos"]] == ["1.jpg", "3.jpg"]
        assert [p["name"] for p in answer.json()["refused_photos"]] == ["2.svg"]


@pytest.mark.parametrize(
    ("gps", "taken", "flags"),
    [
        ((113.7001, 37.8001), "2026:09:15 19:45:00", []),
        ((121.47, 31.23), "2026:09:15 19:45:00", ["photo_elsewhere"]),
        ((113.7, 37.8), "2019:01:01 00:00:00", ["photo_other_time"]),
    ],
)
async def test_a_camera_that_contradicts_the_report_is_flagged(phone, gps, taken, flags) -> None:
    exif = Image.Exif()
    lon, lat = gps
    exif.get_ifd(0x8825).update({1: "N", 2: (lat, 0.0, 0.0), 3: "E", 4: (lon, 0.0, 0.0)})
    exif.get_ifd(0x8769)[0x9003] = taken
    headers = phone.headers | {"Content-Type": "image/jpeg"}
    content = jpeg(exif=exif)
    assert (await phone.client.post(phone.photos, content=content, headers=headers)).is_success
    answer = await phone.client.get(phone.photos.removesuffix("/photos"), headers=phone.headers)
    assert [flag["code"] for flag in answer.json()["flags"]] == flags


async def test_a_camera_beside_a_stated_place_tells_gcj02(phone) -> None:
    await phone.send(location={"lon": 113.70618, "lat": 37.80083})
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (37.8, 0.0, 0.0), 3: "E", 4: (113.7, 0.0, 0.0)})
    headers = phone.headers | {"Content-Type": "image/jpeg"}
    await phone.client.post(phone.photos, content=jpeg(exif=exif), headers=headers)
    answer = await phone.client.get(phone.photos.removesuffix("/photos"), headers=phone.headers)
    assert [flag["code"] for flag in answer.json()["flags"]] == ["gcj02_suspected"]


BEIJING, NOON = {"lon": "116.4", "lat": "39.9"}, "2026-09-15T11:45:00Z"


@pytest.mark.parametrize(
    ("told", "camera", "flags"),
    [
        ({"lon": "113.7001", "lat": "37.8001", "taken_at": NOON}, (113.7001, 37.8001), []),
        (BEIJING | {"taken_at": "1970-01-01T00:00:00Z"}, (116.4, 39.9), None),
        ({"lon": "nan", "lat": "37.8", "taken_at": "yesterday"}, (None, None), []),
        ({"lon": "1137", "lat": "37.8", "taken_at": "0001-01-01T00:00:00Z"}, (None, None), []),
        ({"lon": "113.7", "taken_at": "2026-09-15T11:45:00"}, (None, None), []),
    ],
)
async def test_what_the_phone_read_before_it_shrank_the_photo_counts(
    phone, told, camera, flags
) -> None:
    photo = jpeg("noise")
    where = (await phone.begin(len(photo), **told)).headers["location"]
    assert (await phone.part(where, 0, photo)).status_code == 204
    [stored] = await phone.stored()
    assert (stored["lon"], stored["lat"]) == camera
    answer = await phone.client.get(phone.photos.removesuffix("/photos"), headers=phone.headers)
    expected = ["photo_elsewhere", "photo_other_time"] if flags is None else flags
    assert [flag["code"] for flag in answer.json()["flags"]] == expected


async def test_what_the_file_itself_holds_counts_before_what_is_told_of_it(phone) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (37.8, 0.0, 0.0), 3: "E", 4: (113.7, 0.0, 0.0)})
    photo = jpeg(exif=exif)
    where = (await phone.begin(len(photo), **BEIJING)).headers["location"]
    assert (await phone.part(where, 0, photo)).status_code == 204
    [stored] = await phone.stored()
    assert (stored["lon"], stored["lat"]) == (113.7, 37.8)


async def test_strangers_see_no_photos_and_viewers_send_none(api, phone: Phone) -> None:
    headers = phone.headers | {"Content-Type": "image/jpeg"}
    await phone.client.post(phone.photos, content=jpeg(), headers=headers)
    [stored] = await phone.stored()
    where = (await phone.begin(10)).headers["location"]
    for role, area in (("field", "1403"), ("planner", "140302"), ("viewer", "1403")):
        other = await api.as_role(role, area)
        seen = await phone.client.get(f"{phone.photos}/{stored['sha256']}", headers=other)
        assert seen.status_code in {403, 404}
        begun = await phone.client.head(where, headers=other | TUS)
        assert begun.status_code == (403 if role == "viewer" else 200)


async def test_a_phone_that_signed_in_anew_goes_on(api, phone: Phone) -> None:
    photo = jpeg("noise")
    where = (await phone.begin(len(photo))).headers["location"]
    await phone.part(where, 0, photo[:500])
    phone.headers = await api.as_role("field")
    sent = report(id=phone.photos.split("/")[-2])
    again = await phone.client.post(phone.reports, json=sent, headers=phone.headers)
    assert again.status_code == 200
    assert (await phone.part(where, 500, photo[500:])).status_code == 204
