"""What an import is: its states, its rows' verdicts, and what it needs to know of a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from chalicelib.customers.bulk.domain import Sided
from chalicelib.customers.journals.domain import Change
from chalicelib.foundation.errors import ClientelaError, FieldError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace

BYTES_LIMIT = 200 * 1024 * 1024
ROWS_LIMIT = 1_000_000
COLUMNS_LIMIT = 500
CELL_LIMIT = 100_000
"""Characters of one cell; a longer one costs its row, not the file."""
CHUNK_ROWS = 1000
CHUNK_BYTES = 2_000_000
KEPT = timedelta(days=7)
"""How long the file, the verdicts and the journals are kept, and so how long an import can be undone."""
LEASE = timedelta(seconds=150)
"""How long a delivery may be silent before another takes its work over: longer than the function may run."""

Mode = Literal["create", "update", "both"]
Verdict = Literal["created", "updated", "unchanged", "duplicate", "rejected"]
PEOPLE = "contact"
"""The kind whose records can be put into a segment."""
GROUPED: frozenset[Verdict] = frozenset({"created", "updated", "unchanged"})
"""Verdicts of rows whose record is put into the import's segment."""
VERDICTS: tuple[Verdict, ...] = ("created", "updated", "unchanged", "duplicate", "rejected")


class State(StrEnum):
    """Where an import is; `ARROWS` says how it moves."""

    UPLOADING = "uploading"
    READING = "reading"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


ARROWS: dict[State, frozenset[State]] = {
    State.UPLOADING: frozenset({State.READING, State.CANCELLED, State.FAILED}),
    State.READING: frozenset({State.READY, State.RUNNING, State.CANCELLED, State.FAILED}),
    State.READY: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset({State.DONE, State.CANCELLING, State.FAILED}),
    State.CANCELLING: frozenset({State.CANCELLED, State.FAILED}),
    State.DONE: frozenset({State.RUNNING, State.UNDOING}),  # running again only after a trial
    State.CANCELLED: frozenset({State.UNDOING}),
    State.FAILED: frozenset({State.UNDOING}),
    State.UNDOING: frozenset({State.UNDONE, State.FAILED}),
    State.UNDONE: frozenset(),
}
WORKING = frozenset({State.READING, State.RUNNING, State.CANCELLING, State.UNDOING})
"""States in which somebody has to be at work: the minute's tick wakes those that nobody holds."""


class BrokenFileError(ClientelaError):
    """The file as a whole cannot be imported; ``code`` says why (`chalicelib.customers.imports.words`)."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class IntoSegment:
    """The static segment that an import puts its people into, ``name`` as it was when the import was started.

    ``new`` is one that the import makes itself, with the first of its people; ``made`` is whether it is there. ``added`` are the
    people put in so far, ``present`` those who were in before, ``gone`` is whether it was deleted under way.
    """

    id: str
    name: str
    new: bool = False
    made: bool = True
    added: int = 0
    present: int = 0
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """An import. ``counts`` are rows by verdict so far, ``rows`` how many the file has (0 until it is read), ``chunk`` the next
    piece of ``chunks`` to be worked on; ``mapping`` is column → field (None: left out), as chosen or as suggested.

    ``dry_run`` does everything but write. ``error`` is a code, when it has failed. ``undone`` are the rows taken back and
    kept by an undo. ``segment`` is where its people are put besides.
    """

    workspace_id: str
    id: str
    kind: str
    file_name: str
    mode: Mode
    match_field: str
    state: State
    language: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    format: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    profile: str = "none"
    columns: tuple[str, ...] = ()
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    rows: int = 0
    chunks: int = 0
    chunk: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    dry_run: bool = False
    wanted: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str = ""
    verdict_key: str = ""
    undone: Mapping[str, int] = field(default_factory=dict)
    position: int = 0
    last_number: int = 0
    segment: IntoSegment | None = None

    @property
    def folder(self) -> str:
        """Where its files are kept."""
        return f"tmp/{self.workspace_id}/imports/{self.id}"

    @property
    def source(self) -> str:
        """The key of the uploaded file."""
        return f"{self.folder}/source"

    @property
    def run(self) -> str:
        """The name of the present run: a trial and the import itself are two."""
        at = int((self.started_at or self.created_at).timestamp() * 1000)
        return f"{at}-{'trial' if self.dry_run else 'import'}"

    @property
    def done(self) -> int:
        """How many rows have their verdict."""
        return sum(self.counts.values())

    @property
    def reference(self) -> str:
        """What stands in ``changed_by`` of what it writes."""
        return f"import:{self.id}"


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a column can be mapped to. ``labels`` are (Spanish, English); ``known_as`` are further headers by which it is
    recognised, in lower case without accents.
    """

    key: str
    labels: tuple[str, str]
    type: str = "text"
    known_as: tuple[str, ...] = ()


@dataclass(slots=True)
class Row:
    """One row of the file: its number as a spreadsheet counts (the header is the first), its cells by column, or why it cannot
    be read (a code).
    """

    number: int
    cells: Sequence[str]
    broken: str = ""


@dataclass(slots=True)
class Planned:
    """What becomes of a row: its verdict, the record's id, what is wrong, and what is written."""

    number: int
    verdict: Verdict
    id: str = ""
    errors: Sequence[FieldError] = ()
    change: Change | None = None
    claims: Sequence[int] = ()
    """Digests of what the row takes for itself; a later row with one of them is a duplicate."""
    first: Change | None = None
    """A record of the part's ``first_kind`` that is made before the row is written; its row is the same number, negative."""


class Session(Protocol):
    """One kind's work on one import, within one delivery: it may remember what it has looked up."""

    def plan(self, rows: Sequence[Row], seen: Mapping[int, int]) -> list[Planned]:
        """What is to become of these rows, in their order. ``seen`` are the digests of earlier rows, with their numbers. Reads
        what it needs, writes nothing.
        """
        ...


class ImportPart(Sided, Protocol):
    """One kind's part in imports, registered in ``wiring.PARTS["import"]``."""

    permission: str
    """What one needs to import this kind (``contacts:write``)."""
    match_fields: tuple[str, ...]
    """The fields by which a present record can be found; the first is the usual one. Filterable custom fields come to them."""

    first_kind: str
    """What is made for a row before its own record: the company of a contact, the contact of a lead. Empty for none."""

    def fields(self, runtime: Runtime, workspace: Workspace) -> Sequence[ImportField]:
        """The fields that a column can be mapped to."""
        ...

    def session(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime) -> Session:
        """What plans the rows of an import."""
        ...

    def removable(self, runtime: Runtime, changes: Sequence[Change]) -> Mapping[int, str]:
        """Which of these created records must stay although nobody has edited them, and why (a code), by row: something hangs
        on them by now.
        """
        ...
