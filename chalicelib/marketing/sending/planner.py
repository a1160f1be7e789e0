"""From a campaign's audience to its ledger.

A page of the audience becomes rows, and only when they are written does the campaign's cursor move; so whatever dies is
done again, and finds its rows there. Every transaction checks that the campaign is still being planned from the same place: when
the rows are counted at the end, none can be added any more, and the count is the audience.
"""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import events
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState, IllegalMoveError, planning_at, variant_for
from chalicelib.marketing.sending import audience, ledger, pacing, store
from chalicelib.marketing.sending.domain import Reason, Recipient, State, shard_of
from chalicelib.marketing.sending.records import ledger_partition

PAGE = 2 * ledger.PLANNED_AT_ONCE
SEGMENT_WAIT = 3  # seconds until a segment that is still being filled is looked at again
SEGMENT_SOON = timedelta(minutes=1)
"""How long it is looked at so often; after that each minute, by the tick's order."""


def plan(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    workspace_id: str,
    campaign_id: str,
    seconds: float = 25.0,
) -> None:
    """Start the campaign if its time has come, and plan for so many seconds; what is left is ordered again."""
    try:
        campaign = campaigns.get_campaign(
            table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True
        )
    except NotFoundError:
        return
    try:
        _plan(table, clock, queues, campaign, seconds)
    except (ConflictError, ledger.StalePlanError):
        # Paused, cancelled, or planned by another delivery of the order: whoever moved the campaign sees to its going on.
        return


def _plan(table: Table, clock: Clock, queues: Queues, campaign: Campaign, seconds: float) -> None:
    if campaign.state is CampaignState.SCHEDULED:
        if (starts := planning_at(campaign)) is None or starts > clock.now():
            return  # an earlier moment's schedule; the campaign was moved to a later one
        campaign = campaigns.start_scheduled(table=table, clock=clock, queues=queues, campaign=campaign)
    if campaign.state is not CampaignState.PLANNING:
        return
    began = time.monotonic()
    while campaign.plan.segment < audience.sources(campaign):
        if audience.excluded_filling(table, campaign) or audience.filling(table, campaign):
            # However long it takes: whoever is not in a segment yet would be left out, or not left out, and nobody told.
            if campaign.started_at is not None and clock.now() - campaign.started_at < SEGMENT_SOON:
                queues.publish("campaign-plan", [events.plan(campaign, clock.now())], delay=SEGMENT_WAIT)
            return
        try:
            campaign = _page(table, clock, campaign)
        except audience.ExcludedMissingError:
            _stop(table, clock, campaign)
            return
        if time.monotonic() - began > seconds:
            queues.publish("campaign-plan", [events.plan(campaign, clock.now())])
            return
    total = 0
    for shard in range(campaign.shards):
        planned = ledger.count(table, ledger_partition(campaign.workspace_id, campaign.id, shard))
        store.put_shard(table, campaign, shard, planned, clock.now())
        total += planned
    campaign = campaigns.audience_known(table=table, clock=clock, campaign=campaign, audience=total)
    queues.publish("campaign-send", events.walks(campaign, clock.now()))


def _stop(table: Table, clock: Clock, campaign: Campaign) -> None:
    """A segment to leave out is gone: who knows whom it would have kept from the audience. A person decides."""
    campaigns.pause_campaign(
        table=table,
        clock=clock,
        workspace_id=campaign.workspace_id,
        campaign_id=campaign.id,
        changed_by=campaigns.SYSTEM,
        reason="excluded_missing",
    )


def _page(table: Table, clock: Clock, campaign: Campaign) -> Campaign:
    """One page of the audience; the campaign with its cursor moved."""
    found = audience.page(table, campaign, campaign.plan, limit=PAGE)
    asked = [contact_id for contact_id in found.contact_ids if contact_id not in found.excluded]
    known = contacts.get_contacts(table=table, workspace_id=campaign.workspace_id, contact_ids=asked, gone=True)
    clock_of_campaign = pacing.clock_of(table, campaign) if campaign.delivery.mode == "local_time" else None
    now = clock.now()
    planned = [
        _left_out(campaign, contact_id, found.excluded[contact_id])
        if contact_id in found.excluded
        else _planned(campaign, contact_id, known.get(contact_id), clock_of_campaign, now)
        for contact_id in found.contact_ids
    ]
    still = campaigns.still_planning(table, campaign)
    for position in range(0, len(planned), ledger.PLANNED_AT_ONCE):
        ledger.plan(table, planned[position : position + ledger.PLANNED_AT_ONCE], now, still)
    try:
        return campaigns.planned_to(table=table, clock=clock, campaign=campaign, plan=found.plan)
    except IllegalMoveError as error:
        raise ConflictError from error


def _left_out(campaign: Campaign, contact_id: str, segment_id: str) -> Recipient:
    """The row of somebody in an excluded segment: it says why, and their address is of no use to it."""
    shard = shard_of(contact_id, campaign.shards)
    reason = f"{Reason.EXCLUDED_SEGMENT}:{segment_id}"
    return Recipient(campaign.workspace_id, campaign.id, shard, contact_id, "", State.SUPPRESSED, reason=reason)


def _planned(
    campaign: Campaign, contact_id: str, contact: Contact | None, clock: ZoneInfo | None, now: datetime
) -> Recipient:
    """The row of a member; ``clock`` is the campaign's, where everybody gets it by their own."""
    state, reason, email = State.PENDING, "", contact.email if contact is not None and not contact.gone else ""
    if contact is None or contact.gone:
        merged = contact is not None and contact.merged_into
        state, reason = State.SUPPRESSED, (Reason.CONTACT_MERGED if merged else Reason.CONTACT_DELETED).value
    elif not email:
        state, reason = State.SUPPRESSED, Reason.NO_ADDRESS.value
    later = None
    if clock is not None and contact is not None and state is State.PENDING:
        later = pacing.due_at(campaign, contact, clock, now)
    return Recipient(
        campaign.workspace_id,
        campaign.id,
        shard_of(contact_id, campaign.shards),
        contact_id,
        email,
        state,
        reason=reason,
        language=_language(campaign, contact),
        variant=variant_for(campaign.ab_test, campaign.id, contact_id) if campaign.ab_test else None,
        contact_version=contact.version if contact is not None else 0,
        not_before=later,
    )


def _language(campaign: Campaign, contact: Contact | None) -> str:
    """The language of the text that somebody gets, where there are several."""
    if contact is None or not campaign.translations:
        return ""
    return campaign.language_for(contact.language) or campaign.language
