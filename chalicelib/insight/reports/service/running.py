"""Carrying out a run: figures, document, files, and one mail for each recipient by the ledger of `domain.runs`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formataddr

from chalicelib.foundation import observability
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.files import Files
from chalicelib.foundation.mail import (
    Attachment,
    MailDeferredError,
    Mailer,
    MailRefusedError,
    MailUnknownError,
    compose,
)
from chalicelib.foundation.table import Table
from chalicelib.insight.charts.formats import Language
from chalicelib.insight.reports import store
from chalicelib.insight.reports.document import Letterhead, ReportDocument, render
from chalicelib.insight.reports.domain import MOST_STARTS, MailState, Recipient, Run, WeeklyReport
from chalicelib.insight.reports.service.figures import weekly_report
from chalicelib.workspaces.settings.domain import Workspace

Renderer = Callable[[WeeklyReport, Language, Letterhead], ReportDocument]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a run works with."""

    table: Table
    clock: Clock
    files: Files
    mailer: Mailer
    public_url: str
    renderer: Renderer = lambda report, language, letterhead: render(report, language=language, letterhead=letterhead)


def execute(*, desk: Desk, workspace: Workspace, run_id: str) -> Run:
    """Take a run as far as it goes now and return it as it is then.

    Harmless when its message comes twice or late: an ended run and one that another delivery is at are left alone. A run
    with mails whose fate is open is released, and looked at again at its ``look_at``.

    Raises:
        NotFoundError: there is no such run.
    """
    run, mine = _take_up(desk, workspace.id, run_id)
    if not mine:
        return run
    if run.starts > MOST_STARTS:
        return _give_up(desk, run, "too_many_starts")
    if not workspace.sender_email:
        return _give_up(desk, run, "no_sender")
    if any(recipient.ready(desk.clock.now()) for recipient in run.recipients):
        document = _make(desk, workspace, run)
        run = _keep_files(desk, run, document)
        for position in range(len(run.recipients)):
            _mail(desk, workspace, run, position, document)
    started = run.starts

    def rest(present: Run) -> Run | None:
        return None if present.ended or present.starts != started else present.rested(desk.clock.now())

    return _change(desk, run, rest)


def _take_up(desk: Desk, workspace_id: str, run_id: str) -> tuple[Run, bool]:
    """The run, and whether it is ours now."""
    mine = False

    def take(present: Run) -> Run | None:
        nonlocal mine
        now = desk.clock.now()
        mine = not present.ended and not present.busy(now)
        return present.started(now) if mine else None

    run = store.change_run(desk.table, workspace_id, run_id, take, now=desk.clock.now())
    return run, mine


def _change(desk: Desk, run: Run, change: Callable[[Run], Run | None]) -> Run:
    return store.change_run(desk.table, run.workspace_id, run.id, change, now=desk.clock.now())


def _give_up(desk: Desk, run: Run, error: str) -> Run:
    return _change(desk, run, lambda present: None if present.ended else present.failed(error, desk.clock.now()))


def _make(desk: Desk, workspace: Workspace, run: Run) -> ReportDocument:
    report = weekly_report(table=desk.table, workspace=workspace, period=run.period)
    letterhead = Letterhead(
        workspace_name=workspace.name,
        report_url=f"{desk.public_url}/#/reports?week={run.period.start.isoformat()}",
        settings_url=f"{desk.public_url}/#/reports",
    )
    return desk.renderer(report, "en" if run.language == "en" else "es", letterhead)


def _keep_files(desk: Desk, run: Run, document: ReportDocument) -> Run:
    """Put page and data into the bucket, under keys that follow from the run: a second time overwrites the first."""
    folder = f"{run.workspace_id}/reports/weekly/{run.id}"
    html_key, csv_key = f"{folder}/report.html", f"{folder}/{document.csv_filename}"
    desk.files.put(html_key, document.standalone_html().encode(), content_type="text/html; charset=utf-8")
    desk.files.put(
        csv_key, document.csv.encode(), content_type="text/csv; charset=utf-8", file_name=document.csv_filename
    )
    if run.html_key == html_key and run.csv_key == csv_key:
        return run
    return _change(
        desk,
        run,
        lambda present: replace(present, html_key=html_key, csv_key=csv_key, csv_name=document.csv_filename),
    )


def _mail(desk: Desk, workspace: Workspace, run: Run, position: int, document: ReportDocument) -> None:
    """One recipient's mail, if it is to be sent: claim, send, mark. The claim is written first, so nobody sends twice."""
    claimed: Recipient | None = None

    def claim(present: Run) -> Run | None:
        nonlocal claimed
        now, claimed = desk.clock.now(), None
        recipient = present.recipients[position]
        if present.ended or present.starts != run.starts or not recipient.ready(now):
            return None
        claimed = recipient.claimed(now)
        return present.with_recipient(position, claimed)

    _change(desk, run, claim)
    if claimed is None:
        return
    mime = _mime(workspace, claimed.email, document)
    try:
        message_id = desk.mailer.send(
            source=workspace.sender_email,
            recipient=claimed.email,
            mime=mime,
            tags=_tags(run, position, claimed.attempt),
        )
    except MailDeferredError as error:
        reason = str(error)[:200]
        _mark(desk, run, position, claimed, lambda present: present.deferred(reason, desk.clock.now()))
    except MailRefusedError as error:
        code = error.code
        _mark(desk, run, position, claimed, lambda present: present.refused(code, desk.clock.now()))
    except MailUnknownError:
        _mark(desk, run, position, claimed, lambda present: present.unanswered(desk.clock.now()))
    else:
        _mark(desk, run, position, claimed, lambda present: present.sent(message_id, desk.clock.now()), message_id)


def _mark(
    desk: Desk,
    run: Run,
    position: int,
    claimed: Recipient,
    outcome: Callable[[Recipient], Recipient],
    message_id: str = "",
) -> None:
    """Write what became of the claim of this attempt; what an event has told meanwhile stands."""

    def mark(present: Run) -> Run | None:
        recipient = present.recipients[position]
        if recipient.attempt != claimed.attempt:
            return None
        if recipient.state is MailState.SENT:
            return present.with_recipient(position, replace(recipient, message_id=message_id or recipient.message_id))
        if recipient.state is MailState.UNKNOWN and message_id:
            return present.with_recipient(position, outcome(recipient))
        if recipient.state is not MailState.CLAIMED:
            return None
        return present.with_recipient(position, outcome(recipient))

    now = desk.clock.now()
    also = [store.mail_row(run, position, message_id, now)] if message_id else []
    store.change_run(desk.table, run.workspace_id, run.id, mark, now=now, also=also)


def _mime(workspace: Workspace, recipient: str, document: ReportDocument) -> bytes:
    attachments = [
        Attachment(image.filename, image.content, "image/png", image.content_id) for image in document.images
    ]
    attachments.append(Attachment(document.csv_filename, document.csv.encode(), "text/csv"))
    return compose(
        sender=formataddr((" ".join(workspace.sender_name.split()), workspace.sender_email)),
        recipient=recipient,
        subject=document.subject,
        text=document.text,
        html=document.html,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        attachments=attachments,
    )


def _tags(run: Run, position: int, attempt: int) -> Mapping[str, str]:
    return {
        "purpose": "report",
        "workspace": run.workspace_id,
        "report_run": run.id,
        "recipient": str(position),
        "attempt": str(attempt),
    }


def tell_of(run: Run) -> None:
    """One line on how a run stands, without an address."""
    states: dict[str, int] = {}
    for recipient in run.recipients:
        states[recipient.state.value] = states.get(recipient.state.value, 0) + 1
    observability.logger().info(
        "report run",
        extra={"workspace_id": run.workspace_id, "run_id": run.id, "state": run.state.value, "mails": states},
    )
