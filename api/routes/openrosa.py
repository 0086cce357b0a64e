"""OpenRosa: ODK Collect and KoboCollect fetch the form here and send what they collected.

The server's address for the app is `/openrosa/events/{event}` with the token as password, any name,
or `/openrosa/key/{token}/events/{event}`, as Collect gives passwords to no server without TLS.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.dependencies import Caller, Now, basic_password
from api.field_report_body import SentPhoto
from api.field_report_intake import add_photos, receive
from api.files import file_answer
from api.middleware import LARGEST_PHOTOS
from api.openrosa_submission import report_of
from geo.database import Pool
from geo.events import event_by_id
from geo.field_reports import Wanted, field_report
from geo.tokens import Role, token_of
from layers.field_form import FORM_ID, TITLE, VERSION, form_hash, xform, xlsform
from relief.errors import MalformedRequest, NotSignedIn, ReliefError

router = APIRouter(tags=["openrosa"])

_HERE = ("/openrosa/events/{event_id}", "/openrosa/key/{token}/events/{event_id}")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FILES = 102
"""Collect puts a hundred files and one into a part of a submission, beside its XML."""

LARGEST_FILES = LARGEST_PHOTOS - 2 * 2**20
"""What clients are told: they count the files alone, and the XML and the form come on top."""

Work = Callable[[Caller], Awaitable[Response]]


def _everywhere(path: str, method: str) -> Callable[..., Callable[..., Awaitable[Response]]]:
    """Routes the function at both addresses."""

    def routed(function: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
        for prefix in _HERE:
            router.add_api_route(
                prefix + path,
                function,
                methods=[method],
                name=f"{function.__name__}_{len(prefix)}",
                response_class=Response,
            )
        return function

    return routed


@_everywhere("/formList", "GET")
async def get_form_list(event_id: str, request: Request, token: str | None = None) -> Response:
    """The one form, with where it is and its version."""

    async def work(_who: Caller) -> Response:
        here = str(request.url).partition("?")[0].removesuffix("/formList")
        return _xml(
            '<xforms xmlns="http://openrosa.org/xforms/xformsList"><xform>'
            f"<formID>{FORM_ID}</formID><name>{escape(TITLE.zh)}</name>"
            f"<version>{VERSION}</version><hash>{form_hash()}</hash>"
            f"<downloadUrl>{escape(here)}/form.xml</downloadUrl>"
            f"<manifestUrl>{escape(here)}/xformsManifest</manifestUrl></xform></xforms>"
        )

    return await _answered(request, event_id, token, work)


@_everywhere("/form.xml", "GET")
async def get_form(event_id: str, request: Request, token: str | None = None) -> Response:
    """The form."""

    async def work(_who: Caller) -> Response:
        return _xml(xform())

    return await _answered(request, event_id, token, work)


@_everywhere("/xformsManifest", "GET")
async def get_manifest(event_id: str, request: Request, token: str | None = None) -> Response:
    """The files that the form needs: none."""

    async def work(_who: Caller) -> Response:
        return _xml('<manifest xmlns="http://openrosa.org/xforms/xformsManifest"/>')

    return await _answered(request, event_id, token, work)


@_everywhere("/form.xlsx", "GET")
async def get_xlsform(event_id: str, request: Request, token: str | None = None) -> Response:
    """The XLSForm, to change it or to load it into another server."""

    async def work(_who: Caller) -> Response:
        return file_answer(xlsform(), _XLSX, f"{TITLE.zh}.xlsx")

    return await _answered(request, event_id, token, work)


@_everywhere("/submission", "GET")
async def head_submission(event_id: str, request: Request, token: str | None = None) -> Response:
    """HEAD, which clients send first: how much is taken, and whether the token is good."""

    async def work(_who: Caller) -> Response:
        headers = {"Location": str(request.url).partition("?")[0]}
        return Response(status_code=204, headers=headers)

    return await _answered(request, event_id, token, work)


@_everywhere("/submission", "POST")
async def post_submission(
    event_id: str, request: Request, now: Now, token: str | None = None
) -> Response:
    """One filled form with its photos; several parts of one submission are one report."""

    async def work(who: Caller) -> Response:
        submission, photos = await _sent(request)
        body = report_of(submission)
        pool: Pool = request.app.state.pool
        async with pool.connection() as conn:
            await receive(conn, who, event_id, body, now, via="form")
            report = await field_report(conn, Wanted(event_id, id=body.id))
        refused = await add_photos(request, who, report, photos)
        words = "".join(f"；{photo['name']}：{photo['detail']}" for photo in refused)
        return _message(201, f"已收到 {body.id}{words}", "submit_success")

    return await _answered(request, event_id, token, work)


async def _answered(request: Request, event_id: str, token: str | None, work: Work) -> Response:
    """What `work` answers for the caller, and refusals in the words that such clients show."""
    try:
        response = await work(await _caller(request, event_id, token))
    except RequestValidationError as error:
        faults = [f"{e['loc'][-1]}: {e['msg']}" for e in error.errors()]
        response = _message(422, "；".join(faults), "submit_error")
    except HTTPException as error:  # a form that is none
        response = _message(error.status_code, str(error.detail), "submit_error")
    except ReliefError as error:
        faults = [f"{fault.at}: {fault.detail}" for fault in error.faults]
        response = _message(error.status, " ".join([error.detail, *faults]), "submit_error")
        if isinstance(error, NotSignedIn):
            response.headers["WWW-Authenticate"] = 'Basic realm="reliefmap", charset="UTF-8"'
    response.headers["X-OpenRosa-Version"] = "1.0"
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(LARGEST_FILES)
    return response


async def _caller(request: Request, event_id: str, token: str | None) -> Caller:
    """Who holds the token of the address or the password; raises NotSignedIn."""
    pool: Pool = request.app.state.pool
    secret = token or _password(request.headers.get("authorization", ""))
    async with pool.connection() as conn:
        found = await token_of(conn, secret, "token") if secret else None
        if found is None:
            raise NotSignedIn("Give a token as the password; the name may be anything.")
        who = Caller(found)
        who.require(Role.FIELD)
        await event_by_id(conn, event_id)
    return who


def _password(authorization: str) -> str | None:
    scheme, _, held = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return held.strip()
    return basic_password(held) if scheme.lower() == "basic" else None


async def _sent(request: Request) -> tuple[bytes, list[SentPhoto]]:
    """The XML of the submission and the files beside it."""
    async with request.form(max_files=MOST_FILES, max_fields=20) as form:
        files = {k: v for k, v in form.multi_items() if isinstance(v, UploadFile)}
        submission = form.get("xml_submission_file")
        if submission is None:
            raise MalformedRequest("The part 'xml_submission_file' is missing.")
        xml = submission.encode() if isinstance(submission, str) else await submission.read()
        photos = [
            SentPhoto((file.filename or name)[-120:], await file.read())
            for name, file in files.items()
            if name != "xml_submission_file"
        ]
    return xml, photos


def _message(status: int, text: str, nature: str) -> Response:
    return _xml(
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f'<message nature="{nature}">{escape(text)}</message></OpenRosaResponse>',
        status,
    )


def _xml(content: str | bytes, status: int = 200) -> Response:
    body = content if isinstance(content, bytes) else content.encode()
    return Response(body, status, media_type="text/xml; charset=utf-8")
