"""Changing many records at once: asking for it, the work on the queue ``jobs``, and taking it back."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.customers.bulk.domain import ADD_TO_SEGMENT, BulkAction, BulkPart, StaticSegments
from chalicelib.customers.journals import service as journals
from chalicelib.customers.journals.domain import Change
from chalicelib.customers.work import service as work
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.jobs.domain import ENDED, Job, State
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

KIND, UNDO = "bulk", "bulk_undo"
PIECE = 500
READ = 100
IDS_LIMIT = 5000
"""Ids in one request; more are said by a filter."""
_AGAIN = 5
_TOLD = 50
_LINES = "application/json"


def part_of(runtime: Runtime, kind: str) -> BulkPart:
    """What bulk actions know of a kind; `InvalidError` names ``kind``."""
    part: BulkPart | None = runtime.parts("bulk").get(kind)
    if part is None:
        known = ", ".join(sorted(runtime.parts("bulk")))
        raise InvalidError(f"One of {known}.", field="kind", code="unknown")
    return part


def ask(
    *,
    runtime: Runtime,
    workspace: Workspace,
    job_id: str,
    kind: str,
    ids: Sequence[str] | None,
    filter: Any,  # noqa: A002 - the request's own word
    action: BulkAction,
    me: str,
    created_by: str,
) -> Job:
    """Order an action on records given by id, or on all that meet a filter (an empty one: all there are).

    `InvalidError` names what is wrong with the filter or the action before anything is done.
    """
    part = part_of(runtime, kind)
    if action.name not in part.actions:
        raise InvalidError(f"One of {', '.join(sorted(part.actions))}.", field="action.name", code="unknown")
    checked = _checked(runtime, workspace, part, action)
    data: dict[str, Any] = {"kind": kind, "action": checked.name, "values": dict(checked.values), "me": me}
    if ids is not None:
        wanted = [each for each in dict.fromkeys(ids) if is_id(each)]
        folder = folder_of(workspace.id, job_id)
        pieces = [wanted[at : at + PIECE] for at in range(0, len(wanted), PIECE)]
        for number, piece in enumerate(pieces):
            _put(runtime, f"{folder}/ids/{number:06d}", piece)
        stage, chunks, total = "changing", len(pieces), len(wanted)
    else:
        listing = runtime.parts("list")[kind]
        data["filter"] = filter or []
        listing.conditions(runtime, workspace.id, data["filter"], me=me)
        stage, chunks, total = "selecting", 0, None
    return work.begin(
        runtime=runtime,
        workspace_id=workspace.id,
        job_id=job_id,
        kind=KIND,
        queue="jobs",
        data=data,
        created_by=created_by,
        permission=part.permission,
        stage=stage,
        chunks=chunks,
        total=total,
    )


def _checked(runtime: Runtime, workspace: Workspace, part: BulkPart, action: BulkAction) -> BulkAction:
    if action.name == ADD_TO_SEGMENT:
        segment_id = str(action.values.get("segment_id") or "")
        segments_of(runtime).check(runtime, workspace.id, segment_id, field="action.segment_id")
        return BulkAction(ADD_TO_SEGMENT, {"segment_id": segment_id})
    return part.check(runtime, workspace, action)


def segments_of(runtime: Runtime) -> StaticSegments:
    """The static segments, which live a floor above; `InvalidError` where there are none."""
    found: StaticSegments | None = runtime.parts("segment").get("static")
    if found is None:
        raise InvalidError("There are no segments here.", field="action.name", code="unknown")
    return found


def folder_of(workspace_id: str, job_id: str) -> str:
    """Where a job's files are kept."""
    return journals.folder(workspace_id, "bulk", job_id)


# The work


def change(worker: work.Worker) -> None:
    """Find the records, then change them piece by piece."""
    runtime, data = worker.runtime, worker.work.data
    workspace = get_workspace(table=runtime.table, workspace_id=worker.work.workspace_id)
    if worker.work.stage == "selecting" and not _select(worker, workspace):
        return
    part = part_of(runtime, data["kind"])
    action = BulkAction(data["action"], data["values"])
    fresh = False
    while worker.work.chunk < worker.work.chunks:
        job = worker.progress(sum(worker.work.counts.values()))
        if job.cancel_asked:
            _end(worker, State.CANCELLED)
            return
        piece = _Piece(worker, workspace, part, action, fresh=fresh)
        counts, told = piece.segment() if action.name == ADD_TO_SEGMENT else piece.change()
        failures = [*worker.work.position.get("failures", []), *told][:_TOLD]
        total = Counter(worker.work.counts) + Counter(counts)
        worker.advance(chunk=worker.work.chunk + 1, counts=dict(total), position={"failures": failures})
        fresh = True
        if worker.over and worker.work.chunk < worker.work.chunks:
            worker.progress(sum(worker.work.counts.values()))
            worker.later()
            return
    worker.progress(sum(worker.work.counts.values()))
    _end(worker, State.DONE)


def _select(worker: work.Worker, workspace: Workspace) -> bool:
    """Write down the ids of all that meet the filter, before any of them is changed; whether that is done."""
    runtime, data = worker.runtime, worker.work.data
    listing = runtime.parts("list")[data["kind"]]
    conditions = listing.conditions(runtime, workspace.id, data["filter"], me=data["me"])
    start = worker.work.position.get("start")
    count = int(worker.work.position.get("count", 0))
    while True:
        records, start = listing.page(runtime, workspace, conditions, "-created", start, PIECE)
        chunks = worker.work.chunks
        if records:
            key = f"{folder_of(workspace.id, worker.work.id)}/ids/{chunks:06d}"
            _put(runtime, key, [record.id for record in records])
            chunks, count = chunks + 1, count + len(records)
        if start is None:
            worker.advance(stage="changing", chunks=chunks, position=None)
            worker.progress(0, count)
            return True
        worker.advance(chunks=chunks, position={"start": start, "count": count})
        if worker.over:
            worker.later()
            return False


def _end(worker: work.Worker, state: State) -> None:
    counts = {name: worker.work.counts.get(name, 0) for name in ("changed", "unchanged", "failed", "missing")}
    failures = worker.work.position.get("failures", [])
    worker.end(state, result={**counts, "failures": failures, "undoable": counts["changed"] > 0})


class _Piece:
    """Some hundred records to be changed."""

    def __init__(
        self, worker: work.Worker, workspace: Workspace, part: BulkPart, action: BulkAction, *, fresh: bool
    ) -> None:
        self._worker, self._workspace, self._part, self._action = worker, workspace, part, action
        self._runtime, self._fresh = worker.runtime, fresh
        self._folder = folder_of(workspace.id, worker.work.id)
        self._chunk = worker.work.chunk
        self._ids: list[str] = _get(self._runtime, f"{self._folder}/ids/{self._chunk:06d}")

    def change(self) -> tuple[Mapping[str, int], list[dict[str, str]]]:
        """How many records were changed, and why some were not."""
        runtime, chunk = self._runtime, self._chunk
        key = work.key_of(self._worker.work)
        verdicts: dict[str, str] = {}
        told: list[dict[str, str]] = []
        if not self._fresh:
            before = journals.written(table=runtime.table, files=runtime.files, key=key, chunk=chunk)
            verdicts = {each.pk.rpartition("#")[2]: "changed" for each in before}
        hold = journals.Work(self._workspace.id, key, self._worker.holder, chunk, self._folder)
        writer = journals.Writer(table=runtime.table, files=runtime.files, work=hold, now=self._worker.now)
        waiting = [each for each in self._ids if each not in verdicts]
        for attempt in range(_AGAIN):
            changes = self._plan(waiting, verdicts, told)
            refused = {each.row for each in writer.write(list(changes.values()))}
            waiting = [each for each, planned in changes.items() if planned.row in refused]
            if not waiting:
                break
            if attempt == _AGAIN - 1:
                for each in waiting:
                    verdicts[each] = "failed"
                    told.append({"id": each, "code": "conflict", "message": "Others keep changing it."})
        return Counter(verdicts.values()), told

    def _plan(self, ids: Sequence[str], verdicts: dict[str, str], told: list[dict[str, str]]) -> dict[str, Change]:
        table, now = self._runtime.table, self._worker.now
        by = self._worker.work.created_by
        rows = {each: self._chunk * PIECE + at for at, each in enumerate(self._ids)}
        changes: dict[str, Change] = {}
        for at in range(0, len(ids), READ):
            asked = ids[at : at + READ]
            found = self._part.read(self._runtime, self._workspace, asked)
            for each in asked:
                record = found.get(each)
                if record is None:
                    verdicts[each] = "missing"
                    continue
                try:
                    changed = self._part.changed(self._workspace, record, self._action, now=now, changed_by=by)
                except InvalidError as error:
                    verdicts[each] = "failed"
                    code = error.fields[0].code if error.fields else "invalid"
                    told.append({"id": each, "code": code, "message": str(error)})
                    continue
                verdicts[each] = "unchanged" if changed is None else "changed"
                if changed is not None:
                    changes[each] = self._change(rows[each], record, changed, table.name)
        return changes

    def _change(self, row: int, record: Record, changed: Record, table: str) -> Change:
        before, after = record.image(), changed.image()
        after["version"] = {"N": str(int(record.version) + 1)}
        put = {
            "Put": {
                "TableName": table,
                "Item": after,
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": before["version"]},
            }
        }
        beside = self._part.beside(self._workspace.id, record, changed, self._worker.now)
        items = [put, *(self._runtime.table.item_of(operation) for operation in beside)]
        return Change(row, record.pk, record.sk, before, after, items)

    def segment(self) -> tuple[Mapping[str, int], list[dict[str, str]]]:
        """Put the records into a segment; which of them were not in it before is kept first."""
        runtime, segment_id = self._runtime, str(self._action.values["segment_id"])
        segments = segments_of(runtime)
        key = f"{self._folder}/added/{self._chunk:06d}"
        try:
            outside, missing = _get(runtime, key)
        except FileNotFoundError:
            there = [
                each
                for at in range(0, len(self._ids), READ)
                for each in self._part.read(runtime, self._workspace, self._ids[at : at + READ])
            ]
            outside = segments.outside(runtime, self._workspace.id, segment_id, there)
            missing = len(self._ids) - len(there)
            _put(runtime, key, [outside, missing])
        segments.add(runtime, self._workspace.id, segment_id, outside)
        unchanged = len(self._ids) - len(outside) - missing
        return {"changed": len(outside), "unchanged": unchanged, "missing": missing}, []


# Undoing


def undo(*, runtime: Runtime, job: Job, job_id: str, by: str) -> Job:
    """Order what takes back a job's changes, once. `ConflictError` when it is at work, has changed nothing, is undone already, or is
    older than a week.
    """
    done = work.read(runtime=runtime, workspace_id=job.workspace_id, job_id=job.id)
    if job.state not in ENDED:
        raise ConflictError("This job is still at work.", current=job)
    if done is None or not (job.result or {}).get("undoable", job.state is State.FAILED):
        raise ConflictError("This job has changed nothing.", current=job)
    if runtime.clock.now() >= job.created_at + work.KEPT:
        raise ConflictError("A job can be undone for a week.", current=job)
    if not work.claim_undo(runtime=runtime, work=done, by_job=job_id):
        raise ConflictError("This job has been undone.", current=job)
    changed = int((job.result or {}).get("changed", 0)) or None
    return work.begin(
        runtime=runtime,
        workspace_id=job.workspace_id,
        job_id=job_id,
        kind=UNDO,
        queue="jobs",
        data={"of": job.id, "kind": done.data["kind"], "action": done.data["action"], "values": done.data["values"]},
        created_by=by,
        permission=job.permission,
        stage="undoing",
        chunks=min(done.chunk + 1, done.chunks),
        total=changed,
    )


def take_back(worker: work.Worker) -> None:
    """Undo a job's pieces, from the last to the first."""
    runtime, data = worker.runtime, worker.work.data
    part = part_of(runtime, data["kind"])
    while worker.work.chunk < worker.work.chunks:
        job = worker.progress(sum(worker.work.counts.values()))
        if job.cancel_asked:
            worker.end(State.CANCELLED, result=_undone(worker))
            return
        chunk = worker.work.chunks - 1 - worker.work.chunk
        if data["action"] == ADD_TO_SEGMENT:
            counts = _leave(worker, chunk)
        else:
            counts = _restore(worker, part, chunk)
        worker.advance(chunk=worker.work.chunk + 1, counts=dict(Counter(worker.work.counts) + Counter(counts)))
        if worker.over and worker.work.chunk < worker.work.chunks:
            worker.later()
            return
    worker.progress(sum(worker.work.counts.values()))
    worker.end(State.DONE, result=_undone(worker))


def _undone(worker: work.Worker) -> dict[str, Any]:
    return {name: worker.work.counts.get(name, 0) for name in ("undone", "kept")}


def _restore(worker: work.Worker, part: BulkPart, chunk: int) -> Mapping[str, int]:
    runtime, own = worker.runtime, worker.work
    original = work.read(runtime=runtime, workspace_id=own.workspace_id, job_id=str(own.data["of"]))
    assert original is not None
    changes = list(journals.written(table=runtime.table, files=runtime.files, key=work.key_of(original), chunk=chunk))
    outcomes = journals.undo(
        table=runtime.table,
        sided=part,
        workspace_id=own.workspace_id,
        changes=changes,
        now=worker.now,
        changed_by=own.created_by,
    )
    return Counter("undone" if outcome.verdict == "undone" else "kept" for outcome in outcomes)


def _leave(worker: work.Worker, chunk: int) -> Mapping[str, int]:
    runtime, own = worker.runtime, worker.work
    folder = folder_of(own.workspace_id, str(own.data["of"]))
    try:
        outside, _ = _get(runtime, f"{folder}/added/{chunk:06d}")
    except FileNotFoundError:
        return {}
    segments_of(runtime).remove(runtime, own.workspace_id, str(own.data["values"]["segment_id"]), outside)
    return {"undone": len(outside)}


def result(runtime: Runtime, job: Job) -> Mapping[str, Any] | None:
    """The job's result; ``undoable`` while it is."""
    if not job.result or not job.result.get("undoable"):
        return job.result
    done = work.read(runtime=runtime, workspace_id=job.workspace_id, job_id=job.id)
    open_ = done is not None and not done.undone_by and runtime.clock.now() < job.created_at + work.KEPT
    return {**job.result, "undoable": open_}


class _Jobs:
    """The part of bulk actions in jobs."""

    def undo(self, runtime: Runtime, job: Job, *, job_id: str, by: str) -> Job:
        """See `undo`."""
        return undo(runtime=runtime, job=job, job_id=job_id, by=by)

    def result(self, runtime: Runtime, job: Job) -> Mapping[str, Any] | None:
        """See `result`."""
        return result(runtime, job)


class _Undos:
    """The part of their undo in jobs: it can be stopped."""

    def undo(self, runtime: Runtime, job: Job, *, job_id: str, by: str) -> Job:  # noqa: ARG002
        """What was undone is not done again."""
        raise ConflictError("An undo cannot be undone.", current=job)

    def result(self, runtime: Runtime, job: Job) -> Mapping[str, Any] | None:  # noqa: ARG002
        """As it is."""
        return job.result


JOBS, UNDOS = _Jobs(), _Undos()


def _put(runtime: Runtime, key: str, value: Any) -> None:
    runtime.files.put(key, json.dumps(value).encode(), content_type=_LINES)


def _get(runtime: Runtime, key: str) -> Any:
    return json.loads(runtime.files.get(key))


__all__ = ["JOBS", "UNDOS", "ask", "change", "jobs", "part_of", "take_back", "undo"]
