"""Reads and writes of schedules and runs, and records to domain and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.table import Create, Operation, Page, Put, Replace, Table, message_index
from chalicelib.insight.reports.domain import MailState, Period, Recipient, Run, RunState, Schedule, Trigger
from chalicelib.insight.reports.records import (
    DUE_RUNS,
    DUE_SCHEDULES,
    RUN_PREFIX,
    ReportMailRecord,
    ReportRunRecord,
    ReportScheduleRecord,
    mail_key,
    reports_partition,
    run_key,
    schedule_key,
)

_MAIL_DAYS = 60  # events about a mail come within days; its row goes after that
_TRIES = 8


@dataclass(frozen=True, slots=True)
class KeptSchedule:
    """A schedule as it is kept. Version 0: it is not kept yet, and these are the defaults."""

    workspace_id: str
    schedule: Schedule
    next_run_at: datetime | None
    created_at: datetime | None = None
    version: int = 0


# Schedules


def read_schedule(table: Table, workspace_id: str, *, consistent: bool = False) -> KeptSchedule | None:
    """The workspace's schedule, if it was ever set."""
    record = table.get(ReportScheduleRecord, schedule_key(workspace_id), consistent=consistent)
    return _kept(record) if record is not None else None


def write_schedule(table: Table, kept: KeptSchedule, *, now: datetime, changed_by: str) -> KeptSchedule:
    """Keep a schedule over the version it was read at; `ConflictError` with the present `KeptSchedule` otherwise."""
    record = _schedule_record(kept, now)
    record.changed_by = changed_by
    try:
        table.write(Replace(record) if kept.version else Create(record))
    except ConflictError as conflict:
        current = conflict.current
        raise ConflictError(current=_kept(current) if isinstance(current, ReportScheduleRecord) else None) from conflict
    return _kept(record)


def start_scheduled(table: Table, run: Run, kept: KeptSchedule, *, now: datetime) -> None:
    """Make the run of an occurrence and move its schedule on, both or none; `ConflictError` when that has been done."""
    table.transact([Create(_run_record(run, now)), Replace(_schedule_record(kept, now))])


def overdue_schedules(table: Table, before: datetime, *, limit: int) -> list[KeptSchedule]:
    """Schedules of any workspace whose occurrence lies before this instant, the oldest first."""
    page = table.query(ReportScheduleRecord, DUE_SCHEDULES, index="due", before=clock.to_text(before), limit=limit)
    return [_kept(record) for record in page.items]


# Runs


def create_run(table: Table, run: Run, also: Operation) -> None:
    """Keep a new run together with something else; `ConflictError` when there is one with its id."""
    table.transact([Create(_run_record(run, run.created_at)), also])


def read_run(table: Table, workspace_id: str, run_id: str, *, consistent: bool = False) -> Run | None:
    """A run."""
    record = table.get(ReportRunRecord, run_key(workspace_id, run_id), consistent=consistent)
    return _run(record) if record is not None else None


def page_of_runs(table: Table, workspace_id: str, *, before: str = "", limit: int) -> tuple[list[Run], bool]:
    """Runs, the newest first, those made before the run ``before``; and whether there are more."""
    start = run_key(workspace_id, before).image() if before else None
    page: Page[ReportRunRecord] = table.query(
        ReportRunRecord,
        reports_partition(workspace_id),
        begins_with=RUN_PREFIX,
        newest_first=True,
        limit=limit,
        start=start,
    )
    return [_run(record) for record in page.items], page.next is not None


def runs_to_look_at(table: Table, now: datetime, *, limit: int) -> list[Run]:
    """Runs of any workspace that have not ended and somebody has to look at, the oldest first."""
    page = table.query(ReportRunRecord, DUE_RUNS, index="due", before=clock.to_text(now), limit=limit)
    return [_run(record) for record in page.items]


def change_run(
    table: Table,
    workspace_id: str,
    run_id: str,
    change: Callable[[Run], Run | None],
    *,
    now: datetime,
    also: Sequence[Operation] = (),
) -> Run:
    """Read a run, change it and write it over what was read; again, from the read, when somebody else was faster.

    ``change`` is pure and may be called several times; None leaves the run as it is (and ``also`` undone).

    Raises:
        NotFoundError: there is no such run.
        ConflictError: it was changed by others all the time.
    """
    for _ in range(_TRIES):
        present = read_run(table, workspace_id, run_id, consistent=True)
        if present is None:
            raise NotFoundError("There is no such run.")
        changed = change(present)
        if changed is None:
            return present
        record = _run_record(changed, now)
        try:
            if also:
                table.transact([Replace(record), *also])
            else:
                table.replace(record)
        except ConflictError:
            continue
        return _run(record)
    raise ConflictError("The run is being changed by others.")


# Mails


def mail_row(run: Run, position: int, message_id: str, now: datetime) -> Put:
    """The row that finds a mail again by its message id."""
    key = mail_key(run.workspace_id, message_id)
    return Put(
        ReportMailRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=run.workspace_id,
            created_at=now,
            run_id=run.id,
            position=position,
            gsi2pk=message_index(message_id),
            gsi2sk=run.id,
            expires_at=int(now.timestamp()) + _MAIL_DAYS * 86400,
        )
    )


def find_mail(table: Table, message_id: str) -> tuple[str, str, int] | None:
    """Workspace, run and position of the mail with this message id, if it is one of a report."""
    for record in table.query(ReportMailRecord, message_index(message_id), index="gsi2").items:
        return record.workspace_id, record.run_id, int(record.position)
    return None


# Records and domain


def _schedule_record(kept: KeptSchedule, now: datetime) -> ReportScheduleRecord:
    key = schedule_key(kept.workspace_id)
    schedule = kept.schedule
    due = clock.to_text(kept.next_run_at) if kept.next_run_at else None
    return ReportScheduleRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=kept.workspace_id,
        version=max(kept.version, 1),
        created_at=kept.created_at or now,
        updated_at=now,
        enabled=schedule.enabled,
        weekday=schedule.weekday,
        hour=schedule.hour,
        time_zone=schedule.time_zone,
        recipients=list(schedule.recipients),
        language=schedule.language,
        next_run_at=kept.next_run_at,
        duepk=DUE_SCHEDULES if due else None,
        duesk=f"{due}#{kept.workspace_id}" if due else None,
    )


def _kept(record: ReportScheduleRecord) -> KeptSchedule:
    schedule = Schedule(
        enabled=record.enabled,
        weekday=int(record.weekday),
        hour=int(record.hour),
        time_zone=record.time_zone,
        recipients=tuple(record.recipients),
        language=record.language,
    )
    return KeptSchedule(record.workspace_id, schedule, record.next_run_at, record.created_at, int(record.version))


def _run_record(run: Run, now: datetime) -> ReportRunRecord:
    key = run_key(run.workspace_id, run.id)
    look = clock.to_text(run.look_at) if run.look_at else None
    return ReportRunRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=run.workspace_id,
        version=run.version,
        created_at=run.created_at,
        updated_at=now,
        state=run.state.value,
        trigger=run.trigger.value,
        language=run.language,
        period_start=run.period.start.isoformat(),
        period_end=run.period.end.isoformat(),
        time_zone=run.period.time_zone,
        due_at=run.due_at,
        ledger=[_row(recipient) for recipient in run.recipients],
        starts=run.starts,
        started_at=run.started_at,
        finished_at=run.finished_at,
        missed_at=run.missed_at,
        lease_until=run.lease_until,
        job_id=run.job_id or None,
        html_key=run.html_key or None,
        csv_key=run.csv_key or None,
        csv_name=run.csv_name or None,
        error=run.error or None,
        duepk=DUE_RUNS if look else None,
        duesk=f"{look}#{run.id}" if look else None,
    )


def _run(record: ReportRunRecord) -> Run:
    return Run(
        id=record.sk.removeprefix(RUN_PREFIX),
        workspace_id=record.workspace_id,
        period=Period(date.fromisoformat(record.period_start), date.fromisoformat(record.period_end), record.time_zone),
        language=record.language,
        trigger=Trigger(record.trigger),
        due_at=record.due_at,
        created_at=record.created_at,
        recipients=tuple(_recipient(row) for row in record.ledger),
        state=RunState(record.state),
        starts=int(record.starts),
        started_at=record.started_at,
        finished_at=record.finished_at,
        missed_at=record.missed_at,
        lease_until=record.lease_until,
        look_at=clock.from_text(record.duesk.partition("#")[0]) if record.duesk else None,
        job_id=record.job_id or "",
        html_key=record.html_key or "",
        csv_key=record.csv_key or "",
        csv_name=record.csv_name or "",
        error=record.error or "",
        version=int(record.version),
    )


def _row(recipient: Recipient) -> dict[str, Any]:
    row: dict[str, Any] = {"email": recipient.email, "state": recipient.state.value, "attempt": recipient.attempt}
    for name in ("since", "delivered_at", "bounced_at"):
        instant: datetime | None = getattr(recipient, name)
        if instant is not None:
            row[name] = clock.to_text(instant)
    if recipient.message_id:
        row["message_id"] = recipient.message_id
    if recipient.reason:
        row["reason"] = recipient.reason
    return row


def _recipient(row: dict[str, Any]) -> Recipient:
    def instant(name: str) -> datetime | None:
        return clock.from_text(row[name]) if name in row else None

    return Recipient(
        email=row["email"],
        state=MailState(row["state"]),
        attempt=int(row["attempt"]),
        since=instant("since"),
        message_id=row.get("message_id", ""),
        reason=row.get("reason", ""),
        delivered_at=instant("delivered_at"),
        bounced_at=instant("bounced_at"),
    )
