"""Putting a weekly report's figures together from the rollups. Reads only; a few queries, whatever the workspace's size."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.table import Table
from chalicelib.insight.metrics import service as metrics
from chalicelib.insight.metrics.domain import ALL_TIME, NOW, DailyValue, Metric, by_day, by_dimension, campaign_metric
from chalicelib.insight.reports.domain import (
    DAYS_IN_WEEK,
    CampaignRow,
    DayCount,
    FunnelCount,
    FunnelStep,
    GradeCount,
    LeadFigures,
    Period,
    ScoreFigures,
    SourceCount,
    WeeklyReport,
    mean,
)
from chalicelib.workspaces.settings.domain import Workspace

TREND_WEEKS = 8
MOST_CAMPAIGNS = 20
CampaignNames = Callable[[Sequence[str]], Mapping[str, str]]


def weekly_report(*, table: Table, workspace: Workspace, period: Period) -> WeeklyReport:
    """`compute` with the campaigns' names from the marketing wing."""
    return compute(
        table=table,
        workspace_id=workspace.id,
        period=period,
        campaign_names=lambda ids: names_of_campaigns(table, workspace.id, ids),
    )


def names_of_campaigns(table: Table, workspace_id: str, ids: Sequence[str]) -> Mapping[str, str]:
    """Names by id; campaigns that are gone are left out."""
    from chalicelib.marketing.campaigns import service as campaigns

    names = {}
    for campaign_id in ids:
        try:
            names[campaign_id] = campaigns.get_campaign(
                table=table, workspace_id=workspace_id, campaign_id=campaign_id
            ).name
        except NotFoundError:
            continue
    return names


def compute(*, table: Table, workspace_id: str, period: Period, campaign_names: CampaignNames) -> WeeklyReport:
    """How a week went in a workspace.

    Leads, funnel and which campaigns were sending are of the week's local days; scores and a campaign's figures are as they
    stand now, since opens and clicks come for days after a mail.
    """
    before = timedelta(days=(TREND_WEEKS - 1) * DAYS_IN_WEEK)

    def daily(metric: Metric, earlier: timedelta = timedelta()) -> list[DailyValue]:
        return metrics.daily(
            table=table, workspace_id=workspace_id, metric=metric, first=period.start - earlier, last=period.end
        )

    created = daily(Metric.LEADS_CREATED, before)
    status = by_dimension(daily(Metric.LEADS_STATUS))
    submissions = by_dimension(daily(Metric.SUBMISSIONS_ACCEPTED))
    leads = _leads(created, period)
    return WeeklyReport(
        period=period,
        leads=leads,
        funnel=(
            FunnelCount(FunnelStep.SUBMISSIONS, sum(submissions.values())),
            FunnelCount(FunnelStep.LEADS, leads.total),
            FunnelCount(FunnelStep.WORKING, max(status.get("working", 0), 0)),
            FunnelCount(FunnelStep.QUALIFIED, max(status.get("qualified", 0), 0)),
        ),
        scores=_scores(table, workspace_id),
        campaigns=_campaigns(table, workspace_id, by_dimension(daily(Metric.MAIL_SENT)), campaign_names),
    )


def _leads(created: Sequence[DailyValue], period: Period) -> LeadFigures:
    counts = by_day(created)
    week = timedelta(days=DAYS_IN_WEEK)
    days = [DayCount(day, counts.get(day, 0), counts.get(day - week, 0)) for day in period.days]
    sources = by_dimension(value for value in created if value.day >= period.start)
    trend = [sum(counts.get(day - back * week, 0) for day in period.days) for back in range(TREND_WEEKS - 1, -1, -1)]
    # Weeks before the first lead say nothing.
    while trend and not trend[0]:
        trend.pop(0)
    ranked = sorted(sources.items(), key=lambda item: (-item[1], item[0]))
    return LeadFigures(
        total=sum(day.count for day in days),
        previous_total=sum(day.previous_count for day in days),
        by_source=tuple(SourceCount(source, count) for source, count in ranked),
        by_day=tuple(days),
        trend=tuple(trend),
    )


def _scores(table: Table, workspace_id: str) -> ScoreFigures:
    grades = metrics.standing(table=table, workspace_id=workspace_id, metric=Metric.GRADES, label=NOW)
    scores = metrics.standing(table=table, workspace_id=workspace_id, metric=Metric.SCORES, label=NOW)
    return ScoreFigures(
        average=mean(scores.get("points", 0), scores.get("contacts", 0)),
        by_grade=tuple(GradeCount(grade, max(count, 0)) for grade, count in sorted(grades.items()) if grade),
    )


def _campaigns(
    table: Table, workspace_id: str, sent: Mapping[str, int], campaign_names: CampaignNames
) -> tuple[CampaignRow, ...]:
    largest = sorted(sent, key=lambda campaign_id: (-sent[campaign_id], campaign_id))[:MOST_CAMPAIGNS]
    if not largest:
        return ()
    names = campaign_names(largest)
    rows = []
    for campaign_id in largest:
        now = metrics.standing(
            table=table, workspace_id=workspace_id, metric=campaign_metric(campaign_id), label=ALL_TIME
        )
        rows.append(
            CampaignRow(
                id=campaign_id,
                name=names.get(campaign_id, campaign_id),
                sent=max(now.get("sent", 0), sent[campaign_id]),
                delivered=now.get("delivered", 0),
                opened=now.get("opened", 0),
                clicked=now.get("clicked", 0),
                unsubscribed=now.get("unsubscribed", 0),
                bounced=now.get("bounced", 0),
            )
        )
    return tuple(rows)
