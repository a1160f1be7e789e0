"""Requests and answers of reports."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.insight.reports.domain import MailState, Period, Recipient, Schedule, WeeklyReport
from chalicelib.insight.reports.service.requests import ListedRun
from chalicelib.insight.reports.store import KeptSchedule

MOST_RECIPIENTS = 20


def _address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError("no e-mail address") from error


def _different(addresses: list[str]) -> list[str]:
    return list({address.casefold(): address for address in addresses}.values())


Address = Annotated[str, Field(max_length=254, examples=["ana@example.com"]), AfterValidator(_address)]
Recipients = Annotated[list[Address], Field(max_length=MOST_RECIPIENTS), AfterValidator(_different)]
ReportLanguage = Literal["es", "en"]


class WeekQuery(Schema):
    """Which week."""

    week_of: Annotated[
        date | None, Field(description="Any day of the week. Without it, the last week that is over.")
    ] = None


class PeriodOut(Schema):
    """Local days, both included."""

    start: date
    end: date
    time_zone: str

    @classmethod
    def of(cls, period: Period) -> "PeriodOut":
        """A period."""
        return cls(start=period.start, end=period.end, time_zone=period.time_zone)


class SourceOut(Schema):
    """New leads from one source; the source is empty where it is unknown."""

    source: str
    count: int


class DayOut(Schema):
    """New leads on one day, and on the same weekday of the week before."""

    day: date
    count: int
    previous_count: int


class LeadsOut(Schema):
    """New leads. ``trend`` has the totals of up to eight weeks, this one last."""

    total: int
    previous_total: int
    by_source: list[SourceOut]
    by_day: list[DayOut]
    trend: list[int]


class StepOut(Schema):
    """How often a step of the funnel happened in the week."""

    step: Literal["submissions", "leads", "working", "qualified"]
    count: int


class GradeOut(Schema):
    """Contacts that have a grade now."""

    grade: str
    count: int


class ScoresOut(Schema):
    """Scores as they stand now; ``average`` is null while nobody has one."""

    average: float | None
    by_grade: list[GradeOut]


class CampaignOut(Schema):
    """A campaign that sent mail in the week, with its figures as they stand now."""

    id: str
    name: str
    sent: int
    delivered: int
    opened: int
    clicked: int
    unsubscribed: int
    bounced: int


class WeeklyReportOut(Schema):
    """How a week went."""

    period: PeriodOut
    leads: LeadsOut
    funnel: list[StepOut]
    scores: ScoresOut
    campaigns: list[CampaignOut]

    @classmethod
    def of(cls, report: WeeklyReport) -> "WeeklyReportOut":
        """A report."""
        leads, scores = report.leads, report.scores
        return cls(
            period=PeriodOut.of(report.period),
            leads=LeadsOut(
                total=leads.total,
                previous_total=leads.previous_total,
                by_source=[SourceOut(source=row.source, count=row.count) for row in leads.by_source],
                by_day=[
                    DayOut(day=row.day, count=row.count, previous_count=row.previous_count) for row in leads.by_day
                ],
                trend=list(leads.trend),
            ),
            funnel=[StepOut(step=row.step.value, count=row.count) for row in report.funnel],
            scores=ScoresOut(
                average=float(scores.average) if scores.average is not None else None,
                by_grade=[GradeOut(grade=row.grade, count=row.count) for row in scores.by_grade],
            ),
            campaigns=[
                CampaignOut(
                    id=row.id,
                    name=row.name,
                    sent=row.sent,
                    delivered=row.delivered,
                    opened=row.opened,
                    clicked=row.clicked,
                    unsubscribed=row.unsubscribed,
                    bounced=row.bounced,
                )
                for row in report.campaigns
            ],
        )


class RunIn(Schema):
    """A run on demand. Without recipients it goes to those of the schedule, else to whoever asks, else to the owners."""

    week_of: date | None = None
    recipients: Recipients = []
    language: ReportLanguage | None = None


class MailOut(Schema):
    """One recipient's mail."""

    email: str
    state: Literal["pending", "claimed", "sent", "unknown", "failed"]
    reason: str | None
    message_id: str | None
    delivered_at: Instant | None
    bounced_at: Instant | None

    @classmethod
    def of(cls, recipient: Recipient) -> "MailOut":
        """A row of the ledger."""
        return cls(
            email=recipient.email,
            state=recipient.state.value,
            reason=recipient.reason or None,
            message_id=recipient.message_id or None,
            delivered_at=recipient.delivered_at,
            bounced_at=recipient.bounced_at,
        )


class DeliveryOut(Schema):
    """The receipt: what the mail service took, and how many it says were delivered or bounced."""

    message_ids: list[str]
    sent: int
    delivered: int
    bounced: int
    mails: list[MailOut]


class RunOut(Schema):
    """One run. Links to its page and data work for an hour."""

    id: str
    report: Literal["weekly"]
    state: Literal["queued", "running", "delivered", "failed", "missed"]
    trigger: Literal["schedule", "request"]
    period: PeriodOut
    language: str
    recipients: list[str]
    delivery: DeliveryOut
    file_url: str | None
    csv_url: str | None
    due_at: Instant
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    missed_at: Instant | None
    error: str | None

    @classmethod
    def of(cls, listed: ListedRun) -> "RunOut":
        """A run."""
        run = listed.run
        return cls(
            id=run.id,
            report="weekly",
            state=run.state.value,
            trigger=run.trigger.value,
            period=PeriodOut.of(run.period),
            language=run.language,
            recipients=[recipient.email for recipient in run.recipients],
            delivery=DeliveryOut(
                message_ids=[recipient.message_id for recipient in run.recipients if recipient.message_id],
                sent=sum(recipient.state is MailState.SENT for recipient in run.recipients),
                delivered=sum(recipient.delivered_at is not None for recipient in run.recipients),
                bounced=sum(recipient.bounced_at is not None for recipient in run.recipients),
                mails=[MailOut.of(recipient) for recipient in run.recipients],
            ),
            file_url=listed.file_url or None,
            csv_url=listed.csv_url or None,
            due_at=run.due_at,
            created_at=run.created_at,
            started_at=run.started_at,
            finished_at=run.finished_at,
            missed_at=run.missed_at,
            error=run.error or None,
        )


class RunsQuery(PageQuery):
    """A page of runs."""


class ScheduleIn(Schema):
    """When the weekly report goes out. ``version`` is the one that was read: 0 before it was first kept."""

    enabled: bool
    weekday: Annotated[int, Field(ge=1, le=7, description="1 is Monday.")]
    hour: Annotated[int, Field(ge=0, le=23, description="Of the zone's wall clock.")]
    time_zone: Annotated[str, Field(max_length=64, examples=["America/Bogota"])]
    recipients: Recipients
    language: ReportLanguage
    version: Annotated[int, Field(ge=0)]

    def to_schedule(self) -> Schedule:
        """The schedule; `InvalidError` for a zone that does not exist."""
        return Schedule(self.enabled, self.weekday, self.hour, self.time_zone, tuple(self.recipients), self.language)


class ScheduleOut(Schema):
    """When the weekly report goes out."""

    enabled: bool
    weekday: int
    hour: int
    time_zone: str
    recipients: list[str]
    language: str
    next_run_at: Instant | None
    version: int

    @classmethod
    def of(cls, kept: KeptSchedule) -> "ScheduleOut":
        """A schedule."""
        schedule = kept.schedule
        return cls(
            enabled=schedule.enabled,
            weekday=schedule.weekday,
            hour=schedule.hour,
            time_zone=schedule.time_zone,
            recipients=list(schedule.recipients),
            language=schedule.language,
            next_run_at=kept.next_run_at,
            version=kept.version,
        )
