"""Whatever is thrown at any route of the OpenAPI document, the answer is one the document names, and never a 5xx.

The number of examples for an operation comes from ``CLIENTELA_FUZZ``: 8 in `make test`; ``CLIENTELA_FUZZ=150 pytest
tests/api/test_openapi_fuzz.py`` is more than 10,000 cases.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

import app as application
from chalicelib.foundation.http.routes import Services
from chalicelib.foundation.table import Table
from chalicelib.workspaces.access import Access
from tests.api.conftest import make_world
from tests.api.wsgi import wsgi_of
from tests.helpers import fake_runtime

EXAMPLES = int(os.environ.get("CLIENTELA_FUZZ", "8"))
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", wsgi_of(application.app))


@pytest.fixture(scope="module")
def credentials(table: Table) -> Iterator[dict[str, str]]:
    """A key with every permission, in a workspace of this module's own."""
    runtime = fake_runtime(table)
    before = Services.runtime, Services.authenticator
    Services.runtime = staticmethod(lambda: runtime)
    Services.authenticator = Access()
    headers: dict[str, Any] = make_world(runtime).key["headers"]
    yield headers
    Services.runtime, Services.authenticator = before


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_request_gets_a_documented_answer(case: Case, credentials: dict[str, str]) -> None:
    response = case.call(headers=credentials)
    case.validate_response(response, checks=CHECKS)
