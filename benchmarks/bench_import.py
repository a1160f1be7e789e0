"""Importing contacts with an e-mail address: a row's CPU from the uploaded bytes to the counted verdict.

The whole way runs as in its function: the file is read and cut into pieces, each piece is looked at (its claims read in batches),
journaled, written in transactions and told about. DynamoDB answers by rote; files are kept in memory, and S3's own
calls (a handful for a thousand rows) are counted apart.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks import stub
from benchmarks.rows import Row
from chalicelib import wiring
from chalicelib.customers.contacts.importing import PART
from chalicelib.customers.imports import pieces, running
from chalicelib.customers.imports.domain import CHUNK_ROWS, Import, State
from chalicelib.customers.imports.reading.opening import opened
from chalicelib.foundation.aws import Aws
from chalicelib.foundation.clock import SystemClock
from chalicelib.foundation.files import FakeFiles
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORKSPACE = Workspace("01JD0000000000000000000000", "Bench", "es", "Europe/Madrid", "EUR", "", "", "", NOW, NOW)
COLUMNS = ("Nombre", "Apellidos", "Correo electrónico", "Ciudad")
ROWS = CHUNK_ROWS


def content(rows: int) -> bytes:
    """A file as a spreadsheet saves it."""
    lines = [f"Ana {number};García López;ana.garcia{number}@example.com;Madrid" for number in range(rows)]
    return "\r\n".join((";".join(COLUMNS), *lines, "")).encode()


def importing() -> Import:
    """An import that has been read and started."""
    return Import(
        workspace_id=WORKSPACE.id,
        id="01JD0000000000000000000001",
        kind="contact",
        file_name="people.csv",
        mode="both",
        match_field="email",
        state=State.RUNNING,
        language="es",
        created_by="member:x",
        created_at=NOW,
        updated_at=NOW,
        started_at=NOW,
        columns=COLUMNS,
        mapping=dict(zip(COLUMNS, ("first_name", "last_name", "email", "city"), strict=True)),
        rows=ROWS,
        chunks=1,
    )


class Bench(running._Worker):
    """The worker, without its workspace's and its state's reads."""

    def __init__(self, runtime: Runtime):
        self.importing = importing()
        self._runtime, self._holder, self._deadline = runtime, "01JD0000000000000000000002", 0.0
        self._table, self._files = runtime.table, runtime.files
        self._workspace, self._part = WORKSPACE, PART


def rows() -> Iterator[Row]:
    answers: dict[str, Any] = {
        "BatchGetItem": {"Responses": {stub.TABLE_NAME: []}},
        "GetItem": {},
        "Query": {"Items": [], "Count": 0},
        "TransactWriteItems": {},
    }
    with stub.serve(answers) as endpoint:
        settings = stub.settings(endpoint)
        aws = Aws(settings)
        files = FakeFiles()
        runtime = Runtime(
            settings,
            aws=aws,
            clock=SystemClock(),
            table=Table(aws, stub.TABLE_NAME),
            files=files,
            queues=FakeQueues(),
            parts=wiring.parts,
        )
        source = importing()
        files.kept[source.source] = content(ROWS)

        def read() -> None:
            with opened(files, source.source) as (layout, table):
                found = [row for row, _ in table.rows(layout.begin, layout.number)]
            pieces.put_rows(files, source, 0, found)

        def write() -> None:
            worker = Bench(runtime)
            session = PART.session(runtime, WORKSPACE, worker.importing, NOW)
            seen: dict[int, int] = {}
            rows_ = pieces.get_rows(files, worker.importing, 0)
            planned = worker._chunk(session, rows_, [], seen)
            assert all(each.verdict == "created" for each in planned)
            pieces.put_verdicts(files, "verdict", planned)
            pieces.put_seen(files, "seen", planned)

        reading = stub.cpu_ms(read, times=20, rounds=5) / ROWS
        writing = stub.cpu_ms(write, times=10, rounds=5) / ROWS
    # S3 is asked five times for a piece of a thousand rows (its rows twice, journal, verdicts, digests), by boto3.
    yield Row("import a row, with uniqueness", reading + writing, 0.18, note="a new contact with an address, all of it")
    yield Row("– of it reading the file", reading, note="encoding, cells, pieces")
    yield Row("– of it the rest", writing, note="cleaning, claims, journal, transactions, verdicts")
