"""The suppression list as a whole: brought in from a file, and written into one. Both as jobs, a few hundred lines a step.

What is kept of an address is its keyed digest, so a file that is written holds digests. It can be brought in again where the key
is the same: in any workspace of this installation.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customers.consent import events, service
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.safe_csv import BYTE_ORDER_MARK, restored, write_lines
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.jobs.domain import Job, JobPart

LINES_LIMIT = 20_000
STEP = 200
"""Lines of a file that one step brings in."""
PIECE = 5_000
"""Rows of the list that one step writes."""
IMPORT_KIND, EXPORT_KIND = "suppression_import", "suppression_export"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADERS = frozenset({"email", "e-mail", "correo", "address", "dirección", "digest", "huella"})
_REASONS = {each.value: each for each in SuppressionReason if each is not SuppressionReason.ERASED}


def begin_import(
    *, runtime: Runtime, workspace_id: str, job_id: str, content: str, reason: SuppressionReason, actor: str
) -> Job:
    """Suppress what the lines of this CSV say: an address or a digest, and, in a second column, a reason of its own. The job's
    result tells how many there were and which lines are no address. `InvalidError` for too many lines, or none.
    """
    try:
        lines = sum(1 for _ in _lines(content))
    except csv.Error as error:  # a field of more than 131,072 characters
        raise InvalidError("This cannot be read as CSV.", field="csv", code="unreadable") from error
    if not lines:
        raise InvalidError("There is no line in it.", field="csv", code="empty")
    if lines > LINES_LIMIT:
        raise InvalidError(f"At most {LINES_LIMIT} lines.", fields=[FieldError("csv", "Too many lines.", "too_many")])
    key = f"tmp/{workspace_id}/suppressions/{job_id}.csv"
    runtime.files.put(key, content.encode(), content_type="text/csv")
    job = jobs.create(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        job_id=job_id,
        kind=IMPORT_KIND,
        total=lines,
        permission="contacts:read",
        created_by=actor,
    )
    data: dict[str, Any] = {
        "job_id": job_id,
        "key": key,
        "reason": reason.value,
        "actor": actor,
        "start": 0,
        "invalid": [],
    }
    _order(runtime, events.IMPORT, workspace_id, data)
    return job


def bring_in(runtime: Runtime, workspace_id: str, data: Mapping[str, Any]) -> None:
    """One step of an import. Repeated, it suppresses what is suppressed already, which changes nothing."""
    job_id, start = str(data["job_id"]), int(data["start"])
    common: dict[str, Any] = {
        "table": runtime.table,
        "clock": runtime.clock,
        "workspace_id": workspace_id,
        "job_id": job_id,
    }
    try:
        lines = list(_lines(runtime.files.get(str(data["key"])).decode()))
    except FileNotFoundError:
        if jobs.get_job(**common).result is None:
            jobs.fail(**common, error="The file is gone.")
        return
    invalid = [int(each) for each in data["invalid"]]
    for number, address, wanted in lines[start : start + STEP]:
        reason = _REASONS.get(wanted, SuppressionReason(str(data["reason"])))
        try:
            service.suppress_listed(
                table=runtime.table,
                clock=runtime.clock,
                signer=runtime.signer,
                workspace_id=workspace_id,
                address="" if _DIGEST.fullmatch(address) else address,
                digest=address if _DIGEST.fullmatch(address) else "",
                reason=reason,
                source=f"import:{job_id}",
                actor=str(data["actor"]),
            )
        except InvalidError:
            invalid.append(number)
    done = min(start + STEP, len(lines))
    jobs.progress(**common, done=done, total=len(lines))
    if done < len(lines):
        _order(runtime, events.IMPORT, workspace_id, {**data, "start": done, "invalid": invalid[:1000]})
        return
    result = {"lines": len(lines), "suppressed": len(lines) - len(invalid), "invalid": len(invalid)}
    jobs.finish(**common, result={**result, "invalid_lines": invalid[:1000]})
    runtime.files.delete([str(data["key"])])  # the addresses are not kept


def begin_export(*, runtime: Runtime, workspace_id: str, job_id: str, actor: str) -> Job:
    """Write the whole list into a CSV; the job's result leads to it for a week."""
    job = jobs.create(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        job_id=job_id,
        kind=EXPORT_KIND,
        permission="contacts:read",
        created_by=actor,
    )
    _order(runtime, events.EXPORT, workspace_id, {"job_id": job_id, "before": "", "pieces": 0, "rows": 0})
    return job


def write_out(runtime: Runtime, workspace_id: str, data: Mapping[str, Any]) -> None:
    """One step of an export: a piece of the list; after the last the pieces become one file."""
    job_id, before, number, rows = str(data["job_id"]), str(data["before"]), int(data["pieces"]), int(data["rows"])
    common: dict[str, Any] = {
        "table": runtime.table,
        "clock": runtime.clock,
        "workspace_id": workspace_id,
        "job_id": job_id,
    }
    folder = f"tmp/{workspace_id}/suppressions/{job_id}"
    lines: list[list[str]] = []
    more = True
    while more and len(lines) < PIECE:
        page = service.list_suppressions(table=runtime.table, workspace_id=workspace_id, before=before, limit=500)
        more = len(page) == 500
        for each in page:
            before = each.position
            found = each.suppression
            lines.append([each.digest, found.reason.value, to_text(found.at), found.source, each.actor])
    runtime.files.put(f"{folder}/{number}", write_lines(lines).encode(), content_type="text/csv")
    rows += len(lines)
    if more:
        jobs.progress(**common, done=rows)
        _order(runtime, events.EXPORT, workspace_id, {**data, "before": before, "pieces": number + 1, "rows": rows})
        return
    head = BYTE_ORDER_MARK + write_lines([["digest", "reason", "at", "source", "actor"]])

    def pieces() -> Iterator[bytes]:
        yield head.encode()
        for each in range(number + 1):
            yield runtime.files.get(f"{folder}/{each}")

    key = f"{folder}.csv"
    runtime.files.put_parts(key, pieces(), content_type="text/csv", file_name="suppressions.csv")
    jobs.finish(**common, result={"rows": rows, "file_key": key, "file_name": "suppressions.csv"})


def _lines(content: str) -> Iterator[tuple[int, str, str]]:
    """Each line's number, its address or digest, and the reason it names."""
    text = content.removeprefix(BYTE_ORDER_MARK)
    head = text.split("\n", 1)[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    for number, row in enumerate(csv.reader(text.splitlines(), delimiter=separator), 1):
        first = restored(row[0].strip()).strip() if row else ""
        if not first or (number == 1 and first.lower() in _HEADERS):
            continue
        yield number, first[:300], row[1].strip().lower() if len(row) > 1 else ""


def _order(runtime: Runtime, kind: str, workspace_id: str, data: Mapping[str, Any]) -> None:
    runtime.queues.publish("jobs", [events.order(kind, workspace_id, runtime.clock.now(), data)])


class _Job:
    """What such a job can do besides running: lead to its file."""

    def undo(self, runtime: Runtime, job: Job, *, job_id: str, by: str) -> Job:  # noqa: ARG002 - a part takes what all are given
        """Who was suppressed by mistake is taken off one by one: the list does not say who was on it before."""
        raise ConflictError("There is nothing to undo.", current=job)

    def result(self, runtime: Runtime, job: Job) -> Mapping[str, Any] | None:
        """The result with a link to the file; its key is our own affair."""
        if job.result is None or "file_key" not in job.result:
            return job.result
        shown = {name: value for name, value in job.result.items() if name != "file_key"}
        return {**shown, "file_url": runtime.files.link(str(job.result["file_key"]), seconds=3600)}


JOBS: JobPart = _Job()
