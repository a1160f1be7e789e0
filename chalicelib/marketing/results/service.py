"""What is asked of a campaign's results."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.results import store
from chalicelib.marketing.results.domain import EVENTS, Figures, Group, Link, ratio
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.tracking import service as tracking
from chalicelib.marketing.tracking.judging import Hit
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace, local_day

_LINK = re.compile(r"\{\{ *link_([0-9]+) *\}\}")


@dataclass(frozen=True, slots=True)
class Results:
    """A campaign's results. ``total`` is the revenue in the workspace's ``currency``; None when some of it has no rate."""

    campaign: Campaign
    as_of: datetime
    time_zone: str
    totals: Mapping[str, int]
    rates: Mapping[str, float | None]
    links: list[Link]
    variants: list[Group]
    figures: Figures
    currency: str
    total: Decimal | None


def get_results(*, runtime: Runtime, workspace_id: str, campaign_id: str) -> Results:
    """Everything that is counted of a campaign; `NotFoundError` when there is none."""
    table, now = runtime.table, runtime.clock.now()
    campaign = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, counted=True)
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    figures = store.figures(table, workspace_id, campaign_id)
    body = campaigns.get_body(table=table, workspace_id=workspace_id, campaign_id=campaign_id)
    totals = _totals(campaign, figures)
    return Results(
        campaign=campaign,
        as_of=now,
        time_zone=workspace.time_zone,
        totals=totals,
        rates=_rates(totals),
        links=figures.links(body.links, [int(found[1]) for found in _LINK.finditer(body.html)]),
        variants=_variants(table, campaign),
        figures=figures,
        currency=workspace.currency,
        total=_in_own_currency(runtime, workspace, figures, now),
    )


def hits_of(
    *, table: Table, clock: Clock, workspace_id: str, campaign_id: str, contact_id: str
) -> tuple[list[Hit], tuple[str, ...]]:
    """The kept hits of one recipient, and where the message's links lead; `NotFoundError` for who is none."""
    campaign = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id)
    row = sending.get_recipient(table=table, campaign=campaign, contact_id=contact_id)
    body = campaigns.get_body(table=table, workspace_id=workspace_id, campaign_id=campaign_id)
    return tracking.hits_of(table=table, clock=clock, row=row), body.links


def _totals(campaign: Campaign, figures: Figures) -> dict[str, int]:
    counts, people, hits = campaign.counts, figures.of("people"), figures.of("hits")
    sent, bounced = counts.get("sent", 0), counts.get("bounced", 0)
    return {
        "audience": campaign.audience or 0,
        "reached": max(sent - bounced, 0),
        **{name: counts.get(name, 0) for name in EVENTS if name != "converted"},
        **{name: max(people.get(name, 0), 0) for name in ("converted", "delayed", "soft_bounced")},
        **{name: max(hits.get(name, 0), 0) for name in ("opens", "clicks", "machine_opens", "machine_clicks")},
    }


def _rates(totals: Mapping[str, int]) -> dict[str, float | None]:
    reached = totals["reached"]
    return {
        "bounce": ratio(totals["bounced"], totals["sent"]),
        "open": ratio(totals["opened"], reached),
        "click": ratio(totals["clicked"], reached),
        "click_to_open": ratio(totals["clicked"], totals["opened"]),
        "unsubscribe": ratio(totals["unsubscribed"], reached),
        "complaint": ratio(totals["complained"], reached),
        "conversion": ratio(totals["converted"], reached),
    }


def _variants(table: Table, campaign: Campaign) -> list[Group]:
    """Those who got each text of the test; nobody where there is none."""
    if campaign.ab_test is None:
        return []
    names = [(str(number), f"v{number}") for number in range(len(campaign.ab_test.variants) + 1)] + [("rest", "rest")]
    found = [Group(name, store.group(table, campaign, metric)) for name, metric in names]
    return [group for group in found if any(group.counts.values())]


def _in_own_currency(runtime: Runtime, workspace: Workspace, figures: Figures, now: datetime) -> Decimal | None:
    """All revenue in the workspace's currency, by today's rates; None when one is missing. Rates are sales' (decision 10)."""
    total = Decimal(0)
    day = date.fromisoformat(local_day(workspace, now))
    for currency, amount in figures.revenue():
        if currency == workspace.currency:
            total += amount
            continue
        rates = runtime.parts("money").get("rates")
        worth = rates.converted(runtime, workspace, amount, currency, day) if rates is not None else None
        if worth is None:
            return None
        total += worth
    return total.quantize(Decimal("0.01"))
