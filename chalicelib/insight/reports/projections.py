"""What of reports goes into the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.insight.reports.records import ReportScheduleRecord
from chalicelib.workspaces.audit.service import audited


def _subject(record: ReportScheduleRecord) -> str:
    return str(record.workspace_id)


PROJECTIONS: dict[str, list[Projection]] = {
    "report_schedule": [
        audited(
            "report_schedule",
            fields=("enabled", "weekday", "hour", "time_zone", "recipients", "language"),
            subject=_subject,
        )
    ]
}
