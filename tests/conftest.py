"""Fixtures for all tests. DynamoDB Local starts with the first test that needs a table."""

import hashlib
import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings as hypothesis_settings

from chalicelib.foundation import ids
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from tests.helpers import NOON, Stream, fake_runtime, make_table

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
# No test is timed: a loaded machine is no defect.
hypothesis_settings.register_profile("clientela", deadline=None)
hypothesis_settings.load_profile("clientela")
_numbers = itertools.count(1)
_place = pytest.StashKey[int]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Number the tests of each module."""
    seen: Counter[object] = Counter()
    for item in items:
        item.stash[_place] = seen[item.path]
        seen[item.path] += 1


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give every test the same identifiers whenever it runs: shards, samples and turns follow from them, and so no test goes well or
    wrong by chance. A later test of a module has later ones, as it would.
    """
    digest = hashlib.sha256(item.nodeid.encode()).digest()
    ids.urandom = random.Random(digest).randbytes
    ids._last = int(NOON.timestamp() * 1000), item.stash[_place] << 64 | int.from_bytes(digest[:8])


@pytest.fixture(scope="session")
def _lasting() -> Iterator[str]:
    from infra.local import dynamodb_local

    with dynamodb_local.start() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def dynamodb(request: pytest.FixtureRequest) -> Iterator[str]:
    """The endpoint of DynamoDB Local: of one of the module's own where the stream is read. Every request takes it the longer, the more
    it has in any stream: twice as long after six thousand changes.
    """
    from infra.local import dynamodb_local

    if not _reads_stream(request):
        yield request.getfixturevalue("_lasting")
        return
    with dynamodb_local.start() as endpoint:
        yield endpoint


def _reads_stream(request: pytest.FixtureRequest) -> bool:
    tests = [item for item in request.session.items if item.path == request.path and isinstance(item, pytest.Function)]
    return hasattr(request.module, "Stream") or any("stream" in test.fixturenames for test in tests)


@pytest.fixture(scope="module")
def table_name() -> str:
    """The name of the module's table."""
    return f"clientela-test-{next(_numbers)}"


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest, dynamodb: str, table_name: str) -> Table:
    """A fresh table for every test module; tests of a module keep apart by their workspace."""
    return make_table(dynamodb, table_name, streams=_reads_stream(request))


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
