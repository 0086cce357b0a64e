"""Whatever the definition allows, and what it doesn't: no request ends in a server's error."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from api.routes.ogc_openapi import openapi
from geo.tokens import Role
from layers.catalogue import LAYERS

CHECKS = [not_a_server_error, content_type_conformance, status_code_conformance]
DEFINITION = schemathesis.openapi.from_dict(openapi("http://127.0.0.1/ogc", tuple(LAYERS)))
OPERATIONS = {found.ok().label: found.ok() for found in DEFINITION.get_all_operations()}


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_any_request_is_answered_or_refused(
    served: Any, label: str, mode: schemathesis.GenerationMode
) -> None:
    @settings(
        max_examples=12,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(mode))
    def asked(case: Any) -> None:
        headers = served.headers(Role.PLANNER)
        answer = case.call(base_url=served.url, headers=headers, timeout=60)
        case.validate_response(answer, checks=CHECKS)

    asked()
