"""Use cases of reports: figures, scheduling, requests, running, receipts and the minute's look, a module each.

What routes need is here; `running` draws and mails and is imported only where that happens.
"""

from chalicelib.insight.reports.service.figures import compute, weekly_report
from chalicelib.insight.reports.service.requests import ListedRun, list_runs, period_of, request_run
from chalicelib.insight.reports.service.scheduling import get_schedule, set_schedule

__all__ = [
    "ListedRun",
    "compute",
    "get_schedule",
    "list_runs",
    "period_of",
    "request_run",
    "set_schedule",
    "weekly_report",
]
