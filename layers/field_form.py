"""The form that ODK Collect and KoboCollect fill in, as an XForm and as the XLSForm behind it.

One list of questions makes both, so that neither says what the other doesn't.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from openpyxl import Workbook

from layers.layer import Words
from relief.field_reports import ReportKind
from relief.vocabulary import INDICATORS, DamageGrade, Term

FORM_ID = "reliefmap_field_report"
VERSION = "2026092001"
TITLE = Words("灾情现场上报", "Report from the field")

COUNTED = ("dead", "missing", "injured", "in_need", "collapsed_rooms", "severely_damaged_rooms")
"""The indicators that the form asks for; 0 is a report of nobody, left out is no report."""

_NAMESPACES = {
    "xmlns": "http://www.w3.org/2002/xforms",
    "xmlns:h": "http://www.w3.org/1999/xhtml",
    "xmlns:jr": "http://openrosa.org/javarosa",
    "xmlns:odk": "http://www.opendatakit.org/xforms",
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LANGUAGES = {"zh": "中文 (zh)", "en": "English (en)"}


@dataclass(frozen=True)
class Question:
    """One question: its type in XLSForm, its label, and what may be chosen."""

    name: str
    kind: str
    label: Words
    required: bool = False
    choices: tuple[Term, ...] = ()
    default: str = ""

    @property
    def bound(self) -> str:
        """Its type in the XForm."""
        return {"text": "string", "integer": "int", "image": "binary"}.get(self.kind, self.kind)


QUESTIONS = (
    Question("kind", "select_one", Words("类型", "Kind"), True, tuple(ReportKind)),
    Question("observed_at", "dateTime", Words("观察时间", "Observed at"), True, (), "now()"),
    Question("location", "geopoint", Words("位置", "Place"), True),
    Question("text", "text", Words("说明", "What you see")),
    *(
        Question(code, "integer", Words(INDICATORS[code].zh, INDICATORS[code].en))
        for code in COUNTED
    ),
    Question("grade", "select_one", Words("房屋损坏等级", "Damage"), False, tuple(DamageGrade)),
    Question("photo", "image", Words("照片", "Photo")),
    Question("photo_2", "image", Words("照片二", "Second photo")),
)


@cache
def xform() -> bytes:
    """The form as OpenRosa clients read it."""
    root = Element("h:html", _NAMESPACES)
    head = SubElement(root, "h:head")
    SubElement(head, "h:title").text = TITLE.zh
    model = SubElement(head, "model", {"odk:xforms-version": "1.0.0"})
    _translations(model)
    _instance(model)
    _binds(model)
    _body(SubElement(root, "h:body"))
    indent(root)
    return (_DECLARATION + tostring(root, encoding="unicode")).encode()


def form_hash() -> str:
    """By what a client knows whether its form is the newest."""
    return f"md5:{hashlib.md5(xform(), usedforsecurity=False).hexdigest()}"


@cache
def xlsform() -> bytes:
    """The same as the workbook that people edit and other servers take."""
    book = Workbook(write_only=True)
    labels = [f"label::{name}" for name in _LANGUAGES.values()]
    survey = book.create_sheet("survey")
    survey.append(["type", "name", *labels, "required", "default"])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", *labels])
    for question in QUESTIONS:
        kind = f"{question.kind} {question.name}" if question.choices else question.kind
        words = [question.label.zh, question.label.en]
        required = "yes" if question.required else ""
        survey.append([kind, question.name, *words, required, question.default])
        for choice in question.choices:
            choices.append([question.name, choice.value, choice.zh, choice.en])
    settings = book.create_sheet("settings")
    settings.append(["form_title", "form_id", "version", "default_language"])
    settings.append([TITLE.zh, FORM_ID, VERSION, _LANGUAGES["zh"]])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _labels() -> Iterator[tuple[str, Words]]:
    for question in QUESTIONS:
        yield f"/data/{question.name}:label", question.label
        for choice in question.choices:
            yield f"{question.name}-{choice.value}", Words(choice.zh, choice.en)


def _translations(model: Element) -> None:
    itext = SubElement(model, "itext")
    for code, name in _LANGUAGES.items():
        language = SubElement(itext, "translation", lang=name)
        if code == "zh":
            language.set("default", "true()")
        for key, words in _labels():
            text = SubElement(language, "text", id=key)
            SubElement(text, "value").text = getattr(words, code)


def _instance(model: Element) -> None:
    instance = SubElement(model, "instance")
    data = SubElement(instance, "data", id=FORM_ID, version=VERSION)
    for question in QUESTIONS:
        SubElement(data, question.name)
    SubElement(SubElement(data, "meta"), "instanceID")


def _binds(model: Element) -> None:
    for question in QUESTIONS:
        bind = SubElement(model, "bind", nodeset=f"/data/{question.name}", type=question.bound)
        if question.required:
            bind.set("required", "true()")
        if question.bound == "int":
            bind.set("constraint", ". >= 0")
        if question.default:
            path = f"/data/{question.name}"
            SubElement(
                model,
                "setvalue",
                event="odk-instance-first-load",
                ref=path,
                value=question.default,
            )
    meta = {"nodeset": "/data/meta/instanceID", "type": "string", "readonly": "true()"}
    SubElement(model, "bind", {**meta, "jr:preload": "uid"})


def _body(body: Element) -> None:
    for question in QUESTIONS:
        element = {"select_one": "select1", "image": "upload"}.get(question.kind, "input")
        control = SubElement(body, element, ref=f"/data/{question.name}")
        if question.kind == "image":
            control.set("mediatype", "image/*")
        key = f"jr:itext('/data/{question.name}:label')"
        SubElement(control, "label", ref=key)
        for choice in question.choices:
            item = SubElement(control, "item")
            key = f"jr:itext('{question.name}-{choice.value}')"
            SubElement(item, "label", ref=key)
            SubElement(item, "value").text = choice.value
