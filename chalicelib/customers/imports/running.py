"""The work on an import: reading the file, writing its rows, taking them back. Each in pieces, each piece exactly once.

One delivery at a time works on an import, as the holder of its lease; it goes on for `SECONDS` and then puts the order on the
queue again. Whatever kills it, another takes over when the lease is over (the minute's tick sees to that) at the piece where
it was. What a piece wrote before it died is found by its batches (`chalicelib.customers.journals.service`).
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.imports import events, grouping, pieces, store, verdicts
from chalicelib.customers.imports.domain import (
    CHUNK_BYTES,
    CHUNK_ROWS,
    ROWS_LIMIT,
    BrokenFileError,
    Import,
    ImportPart,
    Planned,
    Row,
    State,
)
from chalicelib.customers.imports.mapping import profile_of, suggest
from chalicelib.customers.imports.reading.opening import opened
from chalicelib.customers.imports.reading.source import Layout
from chalicelib.customers.imports.records import import_key
from chalicelib.customers.journals import service as journals
from chalicelib.customers.journals.domain import Change
from chalicelib.foundation.errors import ConflictError, FieldError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

SECONDS = 50.0
TRIES = 6
"""Deliveries that may die without getting a piece done before the import is given up."""
_AGAIN = 5  # times a row is looked at again when others were there first
_SAMPLES = 50


def work(runtime: Runtime, workspace_id: str, import_id: str, *, seconds: float = SECONDS) -> None:
    """Go on with an import for a while. Harmless when repeated, late, or at the same time as another."""
    holder = runtime.new_id()
    taken = store.take(runtime.table, workspace_id, import_id, holder, runtime.clock.now())
    if taken is None:
        return
    importing, tries = taken
    worker = _Worker(runtime, importing, holder, time.monotonic() + seconds)
    try:
        if tries > TRIES:
            worker.fail("interrupted")
        else:
            worker.go()
    except (ConflictError, journals.LostError):
        return  # somebody else has taken over, or people have moved the import: theirs is the work now
    except BrokenFileError as error:
        worker.fail(error.code)
    except FileNotFoundError:
        worker.fail("missing" if importing.state is State.READING and not importing.chunks else "gone")
    except Exception:
        store.release(runtime.table, worker.importing, holder, runtime.clock.now())
        raise


class _Worker:
    def __init__(self, runtime: Runtime, importing: Import, holder: str, deadline: float):
        self.importing = importing
        self._runtime, self._holder, self._deadline = runtime, holder, deadline
        self._table, self._files = runtime.table, runtime.files
        self._workspace: Workspace = get_workspace(table=runtime.table, workspace_id=importing.workspace_id)
        self._part: ImportPart = runtime.parts("import")[importing.kind]

    @property
    def _now(self) -> datetime:
        return self._runtime.clock.now()

    def go(self) -> None:
        """Do what the state asks for."""
        match self.importing.state:
            case State.READING:
                self._read()
            case State.RUNNING | State.CANCELLING:
                self._write()
            case State.UNDOING:
                self._undo()

    def fail(self, code: str) -> None:
        """End it for good."""
        try:
            store.end(
                self._table, self.importing, self._holder, State.FAILED, self._now, error=code, finished_at=self._now
            )
        except ConflictError:
            return

    def _over(self) -> bool:
        return time.monotonic() >= self._deadline

    def _later(self) -> None:
        """Somebody else goes on."""
        store.release(self._table, self.importing, self._holder, self._now)
        self._order()

    def _order(self) -> None:
        self._runtime.queues.publish("imports", [events.work(self.importing, self._now)])

    def _end(self, state: State, **values: object) -> None:
        self.importing = store.end(self._table, self.importing, self._holder, state, self._now, **values)
        if state is State.RUNNING:
            self._order()

    # Reading

    def _read(self) -> None:
        importing = self.importing
        known = None
        if importing.format:
            known = Layout(
                importing.format,
                importing.columns,
                importing.position,
                importing.last_number,
                importing.encoding,
                importing.separator,
                importing.sheet,
            )
        with opened(self._files, importing.source, known) as (layout, source):
            waiting: list[Row] = []
            size = 0
            for row, position in source.rows(layout.begin, layout.number):
                waiting.append(row)
                size += sum(map(len, row.cells)) if not row.broken else 0
                if len(waiting) == CHUNK_ROWS or size >= CHUNK_BYTES:
                    self._keep(layout, waiting, position)
                    waiting, size = [], 0
                    if self._over():
                        self._later()
                        return
            if waiting:
                self._keep(layout, waiting, position)
        self._read_whole()

    def _keep(self, layout: Layout, rows: Sequence[Row], position: int) -> None:
        """Keep one more piece of rows; with the first, what was found out about the file."""
        importing = self.importing
        found: dict[str, object] = {}
        if not importing.format:
            profile, mapping = suggested(self._runtime, self._workspace, self._part, layout, rows)
            found = {
                "format": layout.format,
                "columns": list(layout.columns),
                "encoding": layout.encoding,
                "separator": layout.separator,
                "sheet": layout.sheet,
                "profile": profile,
            }
            if not importing.mapping:
                found["mapping"] = mapping
        total = importing.rows + len(rows)
        if total > ROWS_LIMIT:
            raise BrokenFileError("too_many_rows")
        pieces.put_rows(self._files, importing, importing.chunks, rows)
        self.importing = store.advance(
            self._table,
            importing,
            self._holder,
            self._now,
            **found,
            rows=total,
            chunks=importing.chunks + 1,
            position=position,
            last_number=rows[-1].number,
        )

    def _read_whole(self) -> None:
        if self.importing.rows == 0:
            raise BrokenFileError("no_rows")
        if self.importing.wanted:
            self._end(State.RUNNING, wanted=None)
        else:
            self._end(State.READY)

    # Writing

    def _write(self) -> None:
        seen: dict[int, int] = {}
        for piece in store.chunks(self._table, self.importing, self.importing.run):
            pieces.get_seen(self._files, piece.seen, seen)
        started = self.importing.started_at or self._now
        session = self._part.session(self._runtime, self._workspace, self.importing, max(self._now, started))
        fresh = False  # the first piece may have been begun by a delivery that died
        while self.importing.chunk < self.importing.chunks:
            before = [] if fresh else self._written(self.importing.chunk)
            if self.importing.state is State.CANCELLING and not before:
                break
            rows = pieces.get_rows(self._files, self.importing, self.importing.chunk)
            planned = self._chunk(session, rows, before, seen)
            self._finish_chunk(planned, seen)
            fresh = True
            if self._over() and self.importing.chunk < self.importing.chunks:
                self._later()
                return
        key = verdicts.compose(
            self._files, self.importing, store.chunks(self._table, self.importing, self.importing.run)
        )
        cancelled = self.importing.state is State.CANCELLING
        self._end(State.CANCELLED if cancelled else State.DONE, verdict_key=key, finished_at=self._now)

    def _written(self, chunk: int) -> list[Change]:
        if self.importing.dry_run:
            return []
        key = import_key(self.importing.workspace_id, self.importing.id)
        return list(journals.written(table=self._table, files=self._files, key=key, chunk=chunk))

    def _chunk(
        self, session: object, rows: Sequence[Row], before: Sequence[Change], seen: dict[int, int]
    ) -> list[Planned]:
        """What has become of a piece's rows, written."""
        importing = self.importing
        made = {
            change.row: Planned(
                change.row, "created" if change.before is None else "updated", change.pk.rpartition("#")[2]
            )
            for change in before
            if change.row >= 0
        }
        done: dict[int, Planned] = {}
        key = import_key(importing.workspace_id, importing.id)
        work_ = journals.Work(importing.workspace_id, key, self._holder, importing.chunk, importing.folder)
        writer = journals.Writer(table=self._table, files=self._files, work=work_, now=self._now)
        waiting = list(rows)
        for attempt in range(_AGAIN):
            for each in session.plan(waiting, seen):  # type: ignore[attr-defined]
                done[each.number] = replace(made[each.number], claims=each.claims) if each.number in made else each
            if importing.dry_run:
                break
            todo = [done[row.number] for row in waiting if row.number not in made]
            firsts = [each.first for each in todo if each.first is not None and each.change is not None]
            writer.write(firsts)  # what is refused has been made by an earlier row or delivery
            refused = {change.row for change in writer.write([each.change for each in todo if each.change is not None])}
            waiting = [row for row in waiting if row.number in refused]
            if not waiting:
                break
            if attempt == _AGAIN - 1:
                for row in waiting:
                    done[row.number] = Planned(row.number, "rejected", errors=(FieldError("", "", "conflict"),))
        return [done[row.number] for row in rows]

    def _finish_chunk(self, planned: Sequence[Planned], seen: dict[int, int]) -> None:
        importing = self.importing
        name = f"{importing.run}/{importing.chunk:06d}-{self._holder}"
        verdict, taken = f"{importing.folder}/verdict/{name}", f"{importing.folder}/seen/{name}"
        pieces.put_verdicts(self._files, verdict, planned)
        pieces.put_seen(self._files, taken, planned)
        into = grouping.put_in(self._runtime, importing, self._holder, planned)
        for each in planned:
            for digest in each.claims:
                seen.setdefault(digest, each.number)
        self.importing = store.finish_chunk(
            self._table,
            importing,
            self._holder,
            self._now,
            run=importing.run,
            verdict=verdict,
            seen=taken,
            counts=Counter(each.verdict for each in planned),
            segment=into,
        )

    # Undoing

    def _undo(self) -> None:
        """The rows' records from the last to the first piece, then what was made for them first."""
        while self.importing.chunk < 2 * self.importing.chunks:
            step, count = self.importing.chunk, self.importing.chunks
            firsts = step >= count
            if not firsts:
                grouping.take_out(self._runtime, self.importing, count - 1 - step)
            changes = self._written(step - count if firsts else count - 1 - step)
            wanted = [change for change in changes if (change.row < 0) == firsts]
            outcomes = self._undo_changes(wanted, firsts=firsts) if wanted else []
            self._finish_undo(outcomes)
            if self._over() and self.importing.chunk < 2 * self.importing.chunks:
                self._later()
                return
        key = verdicts.compose(
            self._files, self.importing, store.chunks(self._table, self.importing, "undo"), undo=True
        )
        self._end(State.UNDONE, verdict_key=key, finished_at=self._now)

    def _undo_changes(self, changes: Sequence[Change], *, firsts: bool) -> list[Planned]:
        part: ImportPart = self._part
        if firsts:
            part = getattr(part, "first", None) or self._runtime.parts("import")[part.first_kind]
        created = [change for change in changes if change.before is None]
        stay = part.removable(self._runtime, created) if created else {}
        outcomes = [
            Planned(change.row, "rejected", change.pk.rpartition("#")[2], (FieldError("", "", stay[change.row]),))
            for change in created
            if change.row in stay
        ]
        for outcome in journals.undo(
            table=self._table,
            sided=part,
            workspace_id=self.importing.workspace_id,
            changes=[change for change in changes if change.row not in stay],
            now=self._now,
            changed_by=self.importing.reference,
        ):
            change = outcome.change
            identifier = change.pk.rpartition("#")[2]
            if outcome.verdict == "undone":
                outcomes.append(Planned(change.row, "updated", identifier))
            else:
                code = "edited" if outcome.verdict == "kept" else "taken"
                outcomes.append(
                    Planned(change.row, "rejected", identifier, (FieldError(" ".join(outcome.kept), "", code),))
                )
        return sorted(outcomes, key=lambda each: abs(each.number))

    def _finish_undo(self, outcomes: Sequence[Planned]) -> None:
        importing = self.importing
        verdict = f"{importing.folder}/undo/{importing.chunk:06d}-{self._holder}"
        pieces.put_verdicts(self._files, verdict, outcomes)
        rows = [each for each in outcomes if each.number >= 0]
        counts = {
            "undone": sum(each.verdict == "updated" for each in rows),
            "kept": sum(each.verdict == "rejected" for each in rows),
        }
        self.importing = store.finish_chunk(
            self._table,
            importing,
            self._holder,
            self._now,
            run="undo",
            verdict=verdict,
            seen="-",
            counts=counts,
            into="undone",
        )


def suggested(
    runtime: Runtime, workspace: Workspace, part: ImportPart, layout: Layout, rows: Sequence[Row]
) -> tuple[str, dict[str, str | None]]:
    """Whose export it is, and which column is which field."""
    profile = profile_of(layout.columns)
    samples = [
        [row.cells[at] if at < len(row.cells) else "" for row in rows[:_SAMPLES] if not row.broken]
        for at in range(len(layout.columns))
    ]
    found = suggest(layout.columns, samples, part.fields(runtime, workspace), profile)
    mapping = {
        column: suggestion.field if suggestion and suggestion.confidence >= 0.5 else None
        for column, suggestion in zip(layout.columns, found, strict=True)
    }
    return profile.name if profile else "none", mapping
