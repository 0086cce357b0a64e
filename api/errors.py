"""Every refusal as problem+json (RFC 9457), with a stable code and the places of its faults."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout, TooManyRequests
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from relief.errors import (
    Fault,
    InvalidInput,
    NotFound,
    ReliefError,
    StorageFull,
    Unavailable,
    UnknownMediaType,
    WrongMethod,
)

MEDIA_TYPE = "application/problem+json"

_CODE_BY_STATUS = {400: "malformed_request", 406: "format", 413: "too_large"}


def problem(
    status: int, code: str, title: str, detail: str, faults: Sequence[Fault] = ()
) -> dict[str, Any]:
    """The body of a problem, as RFC 9457 and this API write it."""
    return {
        "type": f"urn:reliefmap:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": [{"at": fault.at, "detail": fault.detail} for fault in faults],
    }


def problem_of(error: ReliefError) -> dict[str, Any]:
    """The problem that an error of the family stands for."""
    return problem(error.status, error.code, error.title, error.detail, error.faults)


def refusal(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """The HTTP answer that carries a problem."""
    return Response(orjson.dumps(body), body["status"], headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Maps each kind of error that a request can meet to its problem."""
    app.add_exception_handler(ReliefError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (PoolTimeout, TooManyRequests, psycopg.OperationalError, TimeoutError):
        app.add_exception_handler(kind, _unavailable)
    app.add_exception_handler(psycopg.errors.DiskFull, _full)
    app.add_exception_handler(psycopg.DataError, _unstorable)
    app.add_exception_handler(Exception, _broken)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReliefError)
    headers = {
        401: {"WWW-Authenticate": _challenge(request)},
        405: {"Allow": "GET, HEAD, OPTIONS"},  # what is read only; other methods are no error
        503: {"Retry-After": "5"},
    }.get(error.status)
    return refusal(problem_of(error), headers)


def _challenge(request: Request) -> str:
    """Basic where programs that know no bearer ask; a browser's own pages never see its dialog."""
    by_password = request.url.path.endswith((".kml", ".atom"))
    if by_password or request.query_params.get("f") == "kml":
        return 'Basic realm="reliefmap", charset="UTF-8"'
    return "Bearer"


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if _is_not_sent_as_json(request, error):
        detail = "Send the body as JSON, with 'Content-Type: application/json'."
        return refusal(problem_of(UnknownMediaType(detail)))
    faults = [Fault(_pointer(e["loc"]), _sentence(e)) for e in error.errors()]
    return refusal(problem_of(InvalidInput("The request has faults; nothing was stored.", faults)))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, ReliefError):  # FastAPI wraps what reading a body raises
        return await _refused(request, error.__cause__)
    if error.status_code == HTTPStatus.NOT_FOUND:
        known = "/api/openapi.json and /ogc/api list what there is."
        return refusal(problem_of(NotFound(f"There is nothing at {request.url.path}. {known}")))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_methods_at(request))
        detail = f"{request.method} is not taken at {request.url.path}, only {allowed}."
        return refusal(problem_of(WrongMethod(detail)), {"Allow": allowed})
    status = HTTPStatus(error.status_code)
    code = _CODE_BY_STATUS.get(error.status_code, "refused")
    body = problem(error.status_code, code, status.phrase, str(error.detail))
    return refusal(body, dict(error.headers or {}))


def _is_not_sent_as_json(request: Request, error: RequestValidationError) -> bool:
    """Whether there is a body that was not read because its type says that it is no JSON."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    unread = any(e["loc"] == ("body",) and isinstance(e["input"], bytes) for e in error.errors())
    return unread and not media_type.endswith(("/json", "+json"))


def _methods_at(request: Request) -> list[str]:
    """What can be done at the address asked for, by all routes that share it."""
    routes: list[BaseRoute] = request.app.routes

    def taken(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] is Match.FULL for route in routes)

    return [method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if taken(method)]


async def _unavailable(_request: Request, _error: Exception) -> Response:
    detail = "The store did not answer in time; nothing was stored. Try again in some seconds."
    return refusal(problem_of(Unavailable(detail)), {"Retry-After": "5"})


async def _full(_request: Request, _error: Exception) -> Response:
    detail = "The store's disk is full; nothing was stored. Keep it and send it again later."
    return refusal(problem_of(StorageFull(detail)))


async def _unstorable(_request: Request, error: Exception) -> Response:
    assert isinstance(error, psycopg.DataError)
    detail = f"A value can't be stored: {error.diag.message_primary or error}."
    return refusal(problem_of(InvalidInput(detail)))


async def _broken(_request: Request, _error: Exception) -> Response:
    detail = "This is a fault of the program, not of what was asked; its log says more."
    return refusal(problem(500, "internal", "The program failed.", detail))


def _pointer(location: Sequence[str | int]) -> str:
    """`("body", "figures", 0)` as `/figures/0`; a query parameter as `?name`."""
    where, *rest = location
    if where == "body":
        return "".join(f"/{part}" for part in rest) or "/"
    return f"?{rest[0]}" if where == "query" and rest else "/".join(map(str, location))


def _sentence(error: dict[str, Any]) -> str:
    return f"{error['msg']}."
