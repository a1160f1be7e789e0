"""Items of reports. A workspace's runs are few (one a week and some on demand) and lie in one partition, by time."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE_SCHEDULES = "DUE#report-schedules"
DUE_RUNS = "DUE#report-runs"
_WEEKLY = "weekly"
RUN_PREFIX = "RUN#"


class ReportScheduleRecord(Record, discriminator="report_schedule"):
    """``W#w#REPORT#weekly`` / ``SCHEDULE``; in ``due`` by its next occurrence while it is enabled."""

    enabled = BooleanAttribute()
    weekday = NumberAttribute()
    hour = NumberAttribute()
    time_zone = UnicodeAttribute()
    recipients = JSONAttribute()
    language = UnicodeAttribute()
    next_run_at = InstantAttribute(null=True)
    changed_by = UnicodeAttribute(null=True)


class ReportRunRecord(Record, discriminator="report_run"):
    """``W#w#REPORT#weekly`` / ``RUN#<id>``; in ``due`` by when it must be looked at, until it has ended."""

    state = UnicodeAttribute()
    trigger = UnicodeAttribute()
    language = UnicodeAttribute()
    period_start = UnicodeAttribute()
    period_end = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    due_at = InstantAttribute()
    ledger = JSONAttribute()
    starts = NumberAttribute(default=0)
    started_at = InstantAttribute(null=True)
    finished_at = InstantAttribute(null=True)
    missed_at = InstantAttribute(null=True)
    lease_until = InstantAttribute(null=True)
    job_id = UnicodeAttribute(null=True)
    html_key = UnicodeAttribute(null=True)
    csv_key = UnicodeAttribute(null=True)
    csv_name = UnicodeAttribute(null=True)
    error = UnicodeAttribute(null=True)


class ReportMailRecord(Record, discriminator="report_mail"):
    """``W#w#REPORT#weekly`` / ``MAIL#<message id>``: whose mail a provider's event speaks of, where it carries no tags.
    In ``gsi2`` by the message id, since such an event does not name the workspace either.
    """

    run_id = UnicodeAttribute()
    position = NumberAttribute()


def reports_partition(workspace_id: str) -> str:
    """Where a workspace's reports lie."""
    return partition(workspace_id, "REPORT", _WEEKLY)


def schedule_key(workspace_id: str) -> Key:
    """Where the schedule of the weekly report stands."""
    return Key(reports_partition(workspace_id), "SCHEDULE")


def run_key(workspace_id: str, run_id: str) -> Key:
    """Where a run stands."""
    return Key(reports_partition(workspace_id), f"{RUN_PREFIX}{run_id}")


def mail_key(workspace_id: str, message_id: str) -> Key:
    """Where a mail's row stands."""
    return Key(reports_partition(workspace_id), f"MAIL#{message_id}")
