"""A submission of an OpenRosa client, read as a report from the field."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from api.field_report_body import FieldReportRequest, validated
from layers.field_form import COUNTED
from relief.errors import MalformedRequest

LARGEST_XML = 2**20


def report_of(submission: bytes) -> FieldReportRequest:
    """The report that the XML states; its instanceID is the report's id.

    Raises MalformedRequest for what is no submission, RequestValidationError for wrong answers.
    """
    if len(submission) > LARGEST_XML:
        raise MalformedRequest("The submission is larger than 1 MiB without its photos.")
    try:
        root = fromstring(submission, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise MalformedRequest(f"The submission is no XML that is taken here: {error}.") from None
    answers = {_name(e): (e.text or "").strip() for e in root.iter() if (e.text or "").strip()}
    instance = answers.get("instanceID")
    if not instance:
        raise MalformedRequest("The submission has no instanceID.")
    return validated(_body(answers, instance))


def _body(answers: dict[str, str], instance: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(_uuid(instance)),
        "kind": answers.get("kind", "other"),
        "observed_at": answers.get("observed_at") or answers.get("start") or answers.get("end"),
        "text": answers.get("text"),
        "figures": {code: _whole(answers[code]) for code in COUNTED if code in answers},
    }
    if "location" in answers:
        body["location"] = _location(answers["location"])
    if "grade" in answers:
        body["details"] = {"grade": answers["grade"]}
    return body


def _location(text: str) -> dict[str, Any]:
    """`lat lon altitude accuracy`, as OpenRosa writes a place; what is no number is told later."""
    lat, lon, *rest = [*text.split(), "", ""]
    found: dict[str, Any] = {"lon": lon, "lat": lat}
    if len(rest) > 1 and rest[1]:
        found["accuracy_m"] = rest[1]
    return found


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text


def _uuid(instance: str) -> UUID:
    """The UUID of `uuid:…`; one made of any other id, the same each time."""
    try:
        return UUID(instance.removeprefix("uuid:"))
    except ValueError:
        return uuid5(NAMESPACE_URL, instance)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
