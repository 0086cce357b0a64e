"""Reads the parameters of requests under /ogc strictly: whatever is not understood is a 400."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

import shapely
from starlette.requests import Request

from geo.casualties import Moment
from geo.filters.condition import Condition
from geo.selections import Box
from geo.served_crs import CRS84, SERVED, ServedCrs, ewkb
from layers.downloads import FORMS, FileForm
from layers.layer import FeatureSet
from layers.queryables import LANGUAGES, filter_of, sortables_of
from relief.errors import Fault, MalformedRequest, UnknownFormat

CLOCKS = ("as_of", "known_at")
CARRIED = ("event", *CLOCKS)
"""What every path takes, and what its links carry on: which event, and at which moment."""

FILTER = ("filter", "filter-lang", "filter-crs")

RESULTS_OF = {"sites": ("job",), "assignments": ("assignment",)}
RESULTS = ("job", "assignment")
"""Which result these collections show; the others refuse to be asked so."""

_TAKEN = frozenset({*CARRIED, *RESULTS})

MOST_FEATURES = 10_000
"""Largest `limit`; more come by following `next`."""

_WORLD_M = 100_000_000
"""Beyond any coordinate of a plane, the zone's number in front of it included."""

Format = Literal["json", "html"]
_FORMATS: dict[str, Format] = {"json": "json", "geojson": "json", "html": "html"}


def require_known(request: Request, *names: str) -> None:
    """Raises MalformedRequest for a parameter that this path doesn't take, or one given twice."""
    known = {*CARRIED, "f", *names}
    given = [name for name, _ in request.query_params.multi_items()]
    unknown = sorted(set(given) - known)
    if unknown:
        raise MalformedRequest(
            f"Unknown parameters; this path takes {', '.join(sorted(known))}.",
            [Fault(f"?{name[:80]}", "not known here") for name in unknown],
        )
    if len(given) != len(set(given)):
        raise MalformedRequest("A parameter is given more than once.")


def format_of(request: Request, *others: str) -> Format:
    """What `f`, else the Accept header, asks for; raises UnknownFormat, naming `others` too."""
    asked = request.query_params.get("f")
    if asked is not None:
        if asked not in _FORMATS:
            offered = ", ".join([*_FORMATS, *others])
            raise UnknownFormat(f"f={asked[:80]} is not offered here; {offered} are.")
        return _FORMATS[asked]
    return _accepted(request.headers.get("accept") or "*/*")


def file_form_of(request: Request) -> FileForm | None:
    """The form of file that `f`, else Accept as its only wish, asks for; None where none does."""
    asked, accepted = request.query_params.get("f"), request.headers.get("accept", "")
    if asked is not None:
        return FORMS.get(asked)
    by_type = {form.media_type.partition(";")[0]: form for form in FORMS.values()}
    return by_type.get(accepted.partition(";")[0].strip().lower())


def _accepted(header: str) -> Format:
    """What an Accept header likes best of what there is; raises UnknownFormat for neither."""
    wishes = [part.partition(";") for part in header.lower().split(",")]
    ranked = sorted(wishes, key=lambda wish: -_weight(wish[2]))
    for media_type, _, parameters in ranked:
        written = media_type.strip()
        if _weight(parameters) == 0:
            continue
        if written == "text/html":
            return "html"
        if written in ("*/*", "application/*", "") or written.endswith(("json", "+json")):
            return "json"
    raise UnknownFormat("None of what Accept names is offered here; JSON and text/html are.")


def _weight(parameters: str) -> float:
    """The `q` among the parameters of a media type, 1 without it."""
    for part in parameters.split(";"):
        name, _, value = part.strip().partition("=")
        if name == "q":
            return float(value) if value.replace(".", "", 1).isdecimal() else 0
    return 1


def require_form(request: Request, only: str) -> None:
    """Raises UnknownFormat where `f` asks for any other form than the one there is."""
    asked = request.query_params.get("f", only)
    if asked != only:
        raise UnknownFormat(f"f={asked[:80]} is not offered here; {only} is.")


def place_of(text: str | None, crs: ServedCrs) -> tuple[Box | None, str | None]:
    """What `bbox` states in that system: (west, south, east, north), or an area of a plane as EWKB.

    Heights are read and left aside.
    """
    if text is None:
        return (None, None)
    numbers = [_number(part) for part in text.split(",")]
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        raise _malformed("bbox", "four numbers are expected: west,south,east,north")
    if numbers[0] > numbers[2] or numbers[1] > numbers[3]:
        raise _malformed("bbox", "west,south must come before east,north")
    if not crs.geographic:
        return (None, _ground(numbers, crs))
    if crs.northing_first:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and north <= 90):
        raise _malformed("bbox", "degrees are expected: -180 to 180 east, -90 to 90 north")
    return ((west, south, east, north), None)


def _ground(numbers: list[float], crs: ServedCrs) -> str:
    area = shapely.box(numbers[0], numbers[1], numbers[2], numbers[3])
    placed = crs.to_store(area) if max(map(abs, numbers)) < _WORLD_M else None
    if placed is None or not placed.is_valid or placed.is_empty:
        raise _malformed("bbox", f"this is no area of {crs.uri}")
    return ewkb(placed)


def crs_of(text: str | None, name: str) -> ServedCrs:
    """The system that the parameter `name` states, CRS84 without it."""
    if text is None:
        return CRS84
    if text not in SERVED:
        raise _malformed(name, f"not offered; these are: {', '.join(SERVED)}")
    return SERVED[text]


def properties_asked(features: FeatureSet) -> tuple[str, ...]:
    """The properties that may be asked for as `name=value`; other parameters have their names."""
    return tuple(name for name in sortables_of(features) if name not in _TAKEN)


def filter_asked(request: Request, features: FeatureSet) -> Condition | None:
    """What `filter`, in `filter-lang` and `filter-crs`, and properties state; None without."""
    asked = request.query_params
    language, crs = asked.get("filter-lang", LANGUAGES[0]), asked.get("filter-crs")
    system = crs_of(crs, "filter-crs")
    if language not in LANGUAGES:
        raise _malformed("filter-lang", f"not offered; {' and '.join(LANGUAGES)} are")
    stated = {name: asked[name] for name in properties_asked(features) if name in asked}
    return filter_of(features, asked.get("filter"), language, system, stated)


def limit_of(text: str | None, most: int = MOST_FEATURES) -> int:
    """The features on one page: 1000 unless stated, at most `most`."""
    if text is None:
        return 1000
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        raise _malformed("limit", f"a whole number from 1 to {MOST_FEATURES} is expected")
    return min(int(text), most)


def offset_of(text: str | None) -> int:
    """The features left out before the first: none unless stated."""
    if not (text is None or (text.isascii() and text.isdigit() and len(text) <= 9)):
        raise _malformed("offset", "a whole number from 0 is expected")
    return int(text or 0)


def count_of(text: str | None) -> bool:
    """Whether `numberMatched` is wanted: yes, unless it is left out."""
    if text not in (None, "true", "false"):
        raise _malformed("count", "true or false is expected")
    return text != "false"


def span_of(text: str | None) -> tuple[datetime | None, datetime | None]:
    """(since, until) of `datetime`: an instant, or `start/end` with `..` or nothing for open."""
    if text is None:
        return (None, None)
    parts = text.split("/")
    if len(parts) > 2:
        raise _malformed("datetime", "an instant or start/end is expected")
    since, until = (_bound(part) for part in (parts[0], parts[-1]))
    if len(parts) == 1 and since is None:
        raise _malformed("datetime", "an instant or start/end is expected")
    if since and until and since > until:
        raise _malformed("datetime", "the start comes after the end")
    return (since, until)


def moment_of(request: Request) -> Moment:
    """The two clocks that the request asks by; now for one that it doesn't name."""
    asked = {name: request.query_params.get(name) for name in CLOCKS}
    given = {name: _instant(name, text) for name, text in asked.items() if text is not None}
    return Moment(**given)


def _bound(text: str) -> datetime | None:
    return None if text in ("", "..") else _instant("datetime", text)


def _instant(name: str, text: str) -> datetime:
    """The time; a plus sign that the address didn't escape has become a space."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or "T" not in text.upper() or instant.tzinfo is None:
        example = "2026-09-15T02:17:00%2B08:00 or 2026-09-14T18:17:00Z"
        raise _malformed(name, f"RFC 3339 with an offset is expected, such as {example}")
    return instant


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _malformed("bbox", f"'{text[:40]}' is no number")
    return number


def _malformed(name: str, detail: str) -> MalformedRequest:
    return MalformedRequest(f"The parameter {name} can't be read.", [Fault(f"?{name}", detail)])
