"""The body of a report from the field: JSON, or a form with photos, and what it states."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile

from api.instants import Instant
from api.middleware import LARGEST_BODY
from api.strict_json import parsed
from geo.field_report_places import Location
from relief.errors import Fault, InvalidInput, MalformedRequest, TooLarge, UnknownMediaType
from relief.field_reports import ReportKind, clean_text, instant_fault, text_fault
from relief.impact import Figures, figures_from_mapping
from relief.vocabulary import DamageGrade

MOST_PHOTOS = 20
_JSON_FIELDS = frozenset({"location", "figures", "details", "photos"})
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Word = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(clean_text)]


class LocationRequest(BaseModel):
    """Where it is: degrees of CGCS2000 or WGS 84 unless `crs` says otherwise."""

    model_config = ConfigDict(extra="forbid")

    lon: Coordinate
    lat: Coordinate
    accuracy_m: float | None = Field(None, ge=0, le=1e7, allow_inf_nan=False)
    crs: str | None = Field(None, max_length=100, description="gcj02, bd09 or an EPSG code")


class PhotoRequest(BaseModel):
    """A photo that belongs to the report and follows on its own."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=100)
    bytes: int | None = Field(None, ge=0)
    sha256: str | None = Field(None, pattern=r"^[0-9a-fA-F]{64}$")


class Details(BaseModel):
    """What the kinds of report ask for besides figures."""

    model_config = ConfigDict(extra="forbid")

    grade: DamageGrade | None = Field(None, description="the worst damage of houses there")
    needs: list[Word] = Field([], max_length=20)
    hazard: Annotated[str, Field(max_length=100), AfterValidator(clean_text)] | None = None
    passable: bool | None = Field(None, description="of a road: whether anything gets through")


class FieldReportRequest(BaseModel):
    """A report; `id` is made by the sender and makes that it is stored once."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: ReportKind
    observed_at: Instant
    location: LocationRequest | None = None
    area: str | None = Field(None, max_length=12, description="division, as the sender knows it")
    text: str | None = None
    figures: dict[str, Any] = {}
    details: Details = Details()
    photos: list[PhotoRequest | Annotated[str, Field(max_length=100)]] = Field(
        [], max_length=MOST_PHOTOS, description="those that follow on their own"
    )
    sent_at: Instant | None = Field(None, description="the phone's clock as it sends this")

    def checked(self) -> Figures:
        """The figures; raises InvalidInput with every fault that keeps this from being stored."""
        faults = [instant_fault(self.observed_at, "/observed_at")]
        faults.append(instant_fault(self.sent_at, "/sent_at") if self.sent_at else None)
        faults.append(text_fault(self.text or "", "/text"))
        if self.location is None and self.area is None:
            detail = "Say where it is: coordinates, or at least the division."
            faults.append(Fault("/location", detail))
        try:
            figures = figures_from_mapping(self.figures)
        except InvalidInput as error:
            faults += error.faults
        if found := [fault for fault in faults if fault]:
            raise InvalidInput("The report has faults; nothing was stored.", found)
        return figures

    @property
    def cleaned_text(self) -> str | None:
        """The text without control characters; None where that leaves nothing."""
        return clean_text(self.text or "").strip() or None

    @property
    def place(self) -> Location | None:
        """The location stated."""
        if (at := self.location) is None:
            return None
        return Location(at.lon, at.lat, at.crs, at.accuracy_m)

    @property
    def digest(self) -> bytes:
        """What tells this report from another: all but the clock at sending, in any notation."""
        content = self.model_dump(mode="json", exclude={"sent_at"})
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


@dataclass(frozen=True)
class SentPhoto:
    """A photo that came along with the report; `told` is what the phone says of it, as by tus."""

    name: str
    content: bytes
    told: Mapping[str, str] = field(default_factory=dict)


async def sent_report(request: Request) -> tuple[FieldReportRequest, list[SentPhoto]]:
    """(report, photos) of a JSON body, or of a form with the report in its part `report`.

    A form may also spell the report out, a part for each member. Files in it are photos.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json" or media_type.endswith("+json"):
        content = await request.body()
        if len(content) > LARGEST_BODY:
            raise TooLarge(f"A report has at most {LARGEST_BODY // 2**20} MiB without its photos.")
        return validated(parsed(content)), []
    if media_type != "multipart/form-data":
        raise UnknownMediaType("Send the report as application/json or as multipart/form-data.")
    async with request.form(max_files=MOST_PHOTOS + 1, max_fields=20) as form:
        report = form.get("report")
        if report is not None:
            body = parsed(await _bytes_of(report))
        else:
            texts = [(k, v) for k, v in form.multi_items() if isinstance(v, str)]
            body = {k: parsed(v.encode()) if k in _JSON_FIELDS else v for k, v in texts}
        files = [v for k, v in form.multi_items() if isinstance(v, UploadFile) and k != "report"]
        if len(files) > MOST_PHOTOS:
            raise MalformedRequest(f"A report takes {MOST_PHOTOS} photos at once.")
        photos = [SentPhoto((f.filename or "")[-120:], await f.read()) for f in files]
    return validated(body), photos


def validated(body: Any) -> FieldReportRequest:
    """The report that a parsed body states; RequestValidationError with every fault."""
    try:
        return FieldReportRequest.model_validate_json(orjson.dumps(body), strict=False)
    except ValidationError as error:
        found = [{**e, "loc": ("body", *e["loc"])} for e in error.errors(include_context=False)]
        raise RequestValidationError(found) from None


def body_schema() -> dict[str, Any]:
    """The JSON schema of a report in one piece, as an OpenAPI document has no `$defs`."""
    schema = FieldReportRequest.model_json_schema()
    definitions = schema.pop("$defs")

    def inlined(part: Any) -> Any:
        if isinstance(part, list):
            return [inlined(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return inlined(definitions[part["$ref"].rpartition("/")[2]])
        return {key: inlined(value) for key, value in part.items()}

    whole: dict[str, Any] = inlined(schema)
    return whole


async def _bytes_of(part: UploadFile | str) -> bytes:
    return part.encode() if isinstance(part, str) else await part.read()
