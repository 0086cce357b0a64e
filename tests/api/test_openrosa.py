"""OpenRosa as ODK Collect speaks it: the list, the form, HEAD before POST, photos in parts."""

import hashlib
from io import BytesIO
from uuid import uuid4
from xml.etree import ElementTree

import httpx
import openpyxl
import pytest
from PIL import Image

from api.middleware import LARGEST_PHOTOS
from layers.field_form import QUESTIONS

COLLECT = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2024.3.4"}
XFORMS = "{http://www.w3.org/2002/xforms}"


def submission(instance: str, **answers: str) -> bytes:
    """What Collect writes for a filled form."""
    given = {
        "kind": "damage",
        "observed_at": "2026-09-15T19:50:00.000+08:00",
        "location": "37.8 113.7 812.5 4.9",
        "text": "房屋倒塌 <3> 间",
        "collapsed_rooms": "3",
        "photo": "1694778600000.jpg",
    } | answers
    root = ElementTree.Element("data", id="reliefmap_field_report", version="2026092001")
    for name, value in given.items():
        ElementTree.SubElement(root, name).text = value
    meta = ElementTree.SubElement(root, "meta")
    ElementTree.SubElement(meta, "instanceID").text = instance
    return ElementTree.tostring(root, xml_declaration=True, encoding="utf-8")


def jpeg(colour: str = "red") -> bytes:
    written = BytesIO()
    Image.new("RGB", (40, 30), colour).save(written, "JPEG")
    return written.getvalue()


class Collect:
    """The app with its server's address and a token."""

    def __init__(self, client: httpx.AsyncClient, event: str, secret: str) -> None:
        self.client = client
        self.at = f"/openrosa/events/{event}"
        self.keyed = f"/openrosa/key/{secret}/events/{event}"
        self.login = httpx.BasicAuth("anybody", secret)

    async def post(self, xml: bytes, *photos: tuple[str, bytes], **form: str) -> httpx.Response:
        files = [("xml_submission_file", ("submission.xml", xml, "text/xml"))]
        files += [(name, (name, content, "image/jpeg")) for name, content in photos]
        return await self.client.post(
            f"{self.at}/submission?deviceID=collect%3Ax",
            files=files,
            auth=self.login,
            headers=COLLECT,
            data=form,
        )


@pytest.fixture
async def collect(api, event) -> Collect:
    headers = await api.as_role("field")
    return Collect(api.client, event, headers["Authorization"].removeprefix("Bearer "))


def told(answer: httpx.Response) -> str:
    space = "{http://openrosa.org/http/response}"
    message = ElementTree.fromstring(answer.content).find(f"{space}message")
    assert message is not None
    return message.text or ""


async def test_the_list_leads_to_the_form(collect: Collect) -> None:
    first = await collect.client.get(f"{collect.at}/formList", headers=COLLECT)
    assert first.status_code == 401
    assert first.headers["www-authenticate"].startswith("Basic")
    for base, auth in ((collect.at, collect.login), (collect.keyed, None)):
        answer = await collect.client.get(f"{base}/formList", headers=COLLECT, auth=auth)
        assert answer.headers["x-openrosa-version"] == "1.0"
        assert answer.headers["content-type"].startswith("text/xml")
        space = "{http://openrosa.org/xforms/xformsList}"
        [form] = ElementTree.fromstring(answer.content)
        form_url = form.findtext(f"{space}downloadUrl") or ""
        assert base in form_url
        read = await collect.client.get(form_url, headers=COLLECT, auth=auth)
        digest = hashlib.md5(read.content).hexdigest()
        assert form.findtext(f"{space}hash") == f"md5:{digest}"
        manifest = form.findtext(f"{space}manifestUrl") or ""
        listed = await collect.client.get(manifest, headers=COLLECT, auth=auth)
        assert list(ElementTree.fromstring(listed.content)) == []


async def test_xform_and_xlsform_ask_the_same(collect: Collect) -> None:
    read = await collect.client.get(f"{collect.keyed}/form.xml")
    root = ElementTree.fromstring(read.content)
    data = root.find(f".//{XFORMS}data")
    assert data is not None
    names = [child.tag.removeprefix(XFORMS) for child in data]
    assert names == [*(question.name for question in QUESTIONS), "meta"]
    texts = {text.get("id") for text in root.iterfind(f".//{XFORMS}translation/{XFORMS}text")}
    used = {label.get("ref", "")[10:-2] for label in root.iter(f"{XFORMS}label")}
    assert used == texts
    book = openpyxl.load_workbook(
        BytesIO((await collect.client.get(f"{collect.keyed}/form.xlsx")).content)
    )
    assert book.sheetnames == ["survey", "choices", "settings"]
    assert [row[1] for row in book["survey"].iter_rows(min_row=2, values_only=True)] == names[:-1]


async def test_a_submission_with_its_photo_is_a_report(api, collect, event) -> None:
    head = await collect.client.head(
        f"{collect.at}/submission", headers=COLLECT, auth=collect.login
    )
    assert head.status_code == 204
    assert int(head.headers["x-openrosa-accept-content-length"]) > 10**7
    assert f"{collect.at}/submission" in head.headers["location"]
    report = str(uuid4())
    xml = submission(f"uuid:{report}")
    answer = await collect.post(xml, ("1694778600000.jpg", jpeg()))
    assert answer.status_code == 201, answer.text
    assert report in told(answer)
    headers = await api.as_role("operator")
    path = f"/api/events/{event}/field-reports/{report}"
    stored = (await api.client.get(path, headers=headers)).json()
    assert (stored["kind"], stored["via"], stored["area"]) == ("damage", "form", "140321")
    assert stored["location"] == {"lon": 113.7, "lat": 37.8, "accuracy_m": 4.9}
    assert stored["figures"] == {"collapsed_rooms": 3}
    assert stored["text"] == "房屋倒塌 <3> 间"
    assert [photo["name"] for photo in stored["photos"]] == ["1694778600000.jpg"]


async def test_parts_and_repeats_of_a_submission_are_one_report(api, collect, event) -> None:
    report = str(uuid4())
    xml = submission(f"uuid:{report}")
    for photo in (("1.jpg", jpeg()), ("2.jpg", jpeg("blue")), ("1.jpg", jpeg())):
        assert (await collect.post(xml, photo, **{"*isIncomplete*": "yes"})).status_code == 201
    headers = await api.as_role("operator")
    path = f"/api/events/{event}/field-reports"
    [stored] = (await api.client.get(path, headers=headers)).json()["field_reports"]
    assert len(stored["photos"]) == 2
    other = await collect.post(submission(f"uuid:{report}", text="另一处"))
    assert other.status_code == 409


async def test_as_many_files_as_the_app_puts_into_one_part(collect) -> None:
    """A hundred and one, beside the XML; a form that holds more is refused in the app's words."""
    xml = submission(f"uuid:{uuid4()}")
    names = [(f"{n}.csv", b"no photo") for n in range(102)]
    answer = await collect.post(xml, *names[:101])
    assert (answer.status_code, answer.headers["x-openrosa-version"]) == (201, "1.0")
    too_many = await collect.post(xml, *names)
    assert (too_many.status_code, too_many.headers["x-openrosa-version"]) == (400, "1.0")
    assert "102" in told(too_many)
    head = await collect.client.head(f"{collect.keyed}/submission", headers=COLLECT)
    assert int(head.headers["x-openrosa-accept-content-length"]) < LARGEST_PHOTOS


async def test_what_is_refused_says_why_in_words(api, collect, operator, event) -> None:
    wrong = await collect.post(submission(f"uuid:{uuid4()}", collapsed_rooms="-3"))
    assert wrong.status_code == 422
    assert "collapsed_rooms" in told(wrong)
    for location in ("NaN 1 0 0", "here", "37.8", "999 999 0 0"):
        answer = await collect.post(submission(f"uuid:{uuid4()}", location=location))
        assert answer.status_code == 422, location
    broken = b'<!DOCTYPE x [<!ENTITY a "b">]><data>&a;</data>'
    for xml in (b"", b"no xml", b"<data/>", broken, b"<a>" * 200_000):
        assert (await collect.post(xml)).status_code == 400
    refused = await collect.post(submission(f"uuid:{uuid4()}"), ("1.jpg", b"no photo"))
    assert refused.status_code == 201
    assert "1.jpg" in told(refused)
    await api.client.patch(f"/api/events/{event}", json={"state": "closed"}, headers=operator)
    assert (await collect.post(submission(f"uuid:{uuid4()}"))).status_code == 409


async def test_a_wrong_token_or_role_gets_nowhere(api, collect, event) -> None:
    viewer = (await api.as_role("viewer"))["Authorization"].removeprefix("Bearer ")
    for path, auth, status in (
        (f"{collect.at}/formList", httpx.BasicAuth("x", "wrong"), 401),
        (f"/openrosa/key/wrong/events/{event}/formList", None, 401),
        (f"/openrosa/key/{viewer}/events/{event}/formList", None, 403),
        (collect.keyed.replace(event, "none") + "/formList", None, 404),
    ):
        assert (await api.client.get(path, auth=auth)).status_code == status
