"""Whatever the definitions allow, and what they don't: no request ends in a server's error.

RELIEFMAP_REQUESTS=50 asks each operation so often; a few times without it.
"""

import os
from importlib import import_module
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from api.app import ROUTES
from api.routes.ogc_openapi import openapi
from geo.tokens import Role
from layers.catalogue import LAYERS

LAYERS_ASKED, API_ASKED = (int(os.environ.get("RELIEFMAP_REQUESTS", n)) for n in (4, 2))
EVERY_CHECK = [not_a_server_error, content_type_conformance, status_code_conformance]
ON_FILE = {
    "event_id": "quake",
    "plan_id": "yangquan-2026",
    "layer": "shelters",
    "household": "h1",
    "code": "140301",
}
"""What parts of addresses may be, so that requests come further than a 404."""

OWN_RIGHTS = ("/api/tokens", "/api/session")
"""Who asks there may lose the right to ask on."""

Operations = dict[str, Any]
POSITIVE, NEGATIVE = schemathesis.GenerationMode


def operations_of(definition: dict[str, Any]) -> Operations:
    schema = schemathesis.openapi.from_dict(definition)
    return {found.ok().label: found.ok() for found in schema.get_all_operations()}


def api_definition() -> dict[str, Any]:
    """What a server says at /api/openapi.json, without one."""
    app = FastAPI()
    for name in ROUTES:
        app.include_router(import_module(f"api.routes.{name}").router)
    return app.openapi()


OF_LAYERS = operations_of(
    openapi("http://127.0.0.1/ogc", {name: layer.features for name, layer in LAYERS.items()})
)
OF_API = {
    label: operation
    for label, operation in operations_of(api_definition()).items()
    if " /ogc" not in label and not label.endswith(("/stream", *OWN_RIGHTS))
}


def cases(operations: Operations) -> Any:
    """Each operation asked rightly, and wrongly where that can be: any text is a right address."""
    found = [(label, POSITIVE) for label in operations]
    found += [(label, NEGATIVE) for label, o in operations.items() if [*o.body] or [*o.query]]
    named = [f"{label}-{mode.value}" for label, mode in found]
    return pytest.mark.parametrize(("label", "mode"), found, ids=named)


def asked(operation: Any, mode: Any, most: int, ask: Any) -> None:
    """Asks as often, the same each time."""
    given(operation.as_strategy(mode), st.sampled_from([True, True, True, False]))(
        settings(
            max_examples=most,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(ask)
    )()


@cases(OF_LAYERS)
def test_any_request_for_layers_is_answered_or_refused(served: Any, label: str, mode: Any) -> None:
    def ask(case: Any, _: bool) -> None:
        headers = served.headers(Role.PLANNER)
        answer = case.call(base_url=served.url, headers=headers, timeout=60)
        case.validate_response(answer, checks=EVERY_CHECK)

    asked(OF_LAYERS[label], mode, LAYERS_ASKED, ask)


@cases(OF_API)
def test_any_request_is_answered_or_refused(served: Any, label: str, mode: Any) -> None:
    def ask(case: Any, on_file: bool) -> None:
        if on_file:
            case.path_parameters |= {k: v for k, v in ON_FILE.items() if k in case.path_parameters}
        url = served.url.removesuffix("/ogc")
        answer = case.call(base_url=url, headers=served.headers(Role.ADMIN), timeout=60)
        case.validate_response(answer, checks=[not_a_server_error])

    asked(OF_API[label], mode, API_ASKED, ask)
