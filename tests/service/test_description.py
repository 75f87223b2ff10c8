"""The API as it describes itself: every route is described, and every answer is as described, whatever is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from proxy_addon.service.description import ROUTES, described
from proxy_addon.service.guard import needed

from .conftest import TOKEN, Client

PROTOCOL = Path(__file__).resolve().parents[2] / "proxy_addon" / "service" / "PROTOCOL.md"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_it_describes_every_route_and_who_may_ask(client: Client) -> None:
    told = client("GET", "/v1/openapi.json").json
    assert told == described()
    asked = {
        (path, method.upper()): "security" in row
        for path, rows in told["paths"].items()
        for method, row in rows.items()
        if method != "parameters"
    }
    assert asked == {
        (path, method): needed(method, path) != "open" for path, (_, methods) in ROUTES.items() for method in methods
    }


def test_the_contract_has_a_section_for_every_route_and_none_besides() -> None:
    named = set(re.findall(r"^### `([A-Z]+) (/v1\S*)`", PROTOCOL.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == {(method, path) for path, (_, methods) in ROUTES.items() for method in methods} | {
        ("GET", "/v1/openapi.json")
    }


OPERATIONS = [(path, method) for path, (_, methods) in ROUTES.items() for method in methods]


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_asked_the_answer_is_as_described(client: Client, path: str, method: str) -> None:
    operation = schemathesis.openapi.from_dict(described())[path][method]
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def asked(case: Any) -> None:
        case.call_and_validate(base_url=f"http://127.0.0.1:{client.port}", headers=headers, checks=CHECKS)

    asked()
