"""Fixtures for all tests. DynamoDB Local starts with the first test that needs a table, once for each xdist worker."""

import itertools
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings as hypothesis_settings

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from tests.helpers import NOON, Stream, fake_runtime, make_table

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
# No test is timed: a loaded machine is no defect.
hypothesis_settings.register_profile("clientela", deadline=None)
hypothesis_settings.load_profile("clientela")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[str]:
    """The endpoint of DynamoDB Local."""
    from infra.local import dynamodb_local

    with dynamodb_local.start() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def table_name() -> str:
    """The name of the module's table."""
    return f"clientela-test-{next(_numbers)}"


@pytest.fixture(scope="module")
def table(dynamodb: str, table_name: str) -> Table:
    """A fresh table for every test module; tests of a module keep apart by their workspace."""
    return make_table(dynamodb, table_name)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon, UTC, of 21 November 2026."""
    return FixedClock(NOON)


@pytest.fixture
def runtime(table: Table, clock: FixedClock) -> Runtime:
    """A runtime of fakes around the table."""
    return fake_runtime(table, clock=clock)


@pytest.fixture
def workspace_id(runtime: Runtime) -> str:
    """The id of a workspace of this test's own; nothing is written."""
    return runtime.new_id()


@pytest.fixture
def stream(dynamodb: str, table_name: str, table: Table) -> Stream:
    """The table's stream from here on: ``stream.project(runtime)`` runs the projections on what the test has done."""
    return Stream(dynamodb, table_name)
