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

from relief.errors import Fault, InvalidInput, ReliefError, Unavailable

MEDIA_TYPE = "application/problem+json"

_CODE_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 406: "format"}


def problem(
    status: int, code: str, title: str, detail: str, faults: Sequence[Fault] = ()
) -> dict[str, Any]:
    """The body of a problem, as RFC 9457 and this API write it."""
    body: dict[str, Any] = {
        "type": f"urn:reliefmap:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if faults:
        body["errors"] = [{"at": fault.at, "detail": fault.detail} for fault in faults]
    return body


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
    app.add_exception_handler(psycopg.DataError, _unstorable)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ReliefError)
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}.get(error.status)
    return refusal(problem_of(error), headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [Fault(_pointer(e["loc"]), _sentence(e)) for e in error.errors()]
    return refusal(problem_of(InvalidInput("The request has faults; nothing was stored.", faults)))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, ReliefError):  # FastAPI wraps what reading a body raises
        return await _refused(request, error.__cause__)
    status = HTTPStatus(error.status_code)
    code = _CODE_BY_STATUS.get(error.status_code, "refused")
    body = problem(error.status_code, code, status.phrase, str(error.detail))
    return refusal(body, dict(error.headers or {}))


async def _unavailable(_request: Request, _error: Exception) -> Response:
    detail = "The store did not answer in time; nothing was stored. Try again in some seconds."
    return refusal(problem_of(Unavailable(detail)), {"Retry-After": "5"})


async def _unstorable(_request: Request, error: Exception) -> Response:
    assert isinstance(error, psycopg.DataError)
    detail = f"A value can't be stored: {error.diag.message_primary or error}."
    return refusal(problem_of(InvalidInput(detail)))


def _pointer(location: Sequence[str | int]) -> str:
    """`("body", "figures", 0)` as `/figures/0`; a query parameter as `?name`."""
    where, *rest = location
    if where == "body":
        return "".join(f"/{part}" for part in rest) or "/"
    return f"?{rest[0]}" if where == "query" and rest else "/".join(map(str, location))


def _sentence(error: dict[str, Any]) -> str:
    return f"{error['msg']}."
