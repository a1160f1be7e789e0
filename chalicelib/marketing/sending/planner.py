"""From a campaign's segments to its ledger.

A page of a segment's members becomes rows, and only when they are written does the campaign's cursor move; so whatever dies is
done again, and finds its rows there. Every transaction checks that the campaign is still being planned from the same place: when
the rows are counted at the end, none can be added any more, and the count is the audience.
"""

import json
import time
from datetime import timedelta

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import events
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState, IllegalMoveError, Plan, planning_at
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.segments.domain import SegmentState
from chalicelib.marketing.sending import ledger, store
from chalicelib.marketing.sending.domain import Reason, Recipient, State, shard_of
from chalicelib.marketing.sending.records import ledger_partition

PAGE = 2 * ledger.PLANNED_AT_ONCE
SEGMENT_WAIT = 3  # seconds until a segment that is still being filled is looked at again
SEGMENT_PATIENCE = timedelta(minutes=10)


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
    while campaign.plan.segment < len(campaign.segment_ids):
        if _still_filling(table, clock, campaign):
            queues.publish("campaign-plan", [events.plan(campaign, clock.now())], delay=SEGMENT_WAIT)
            return
        campaign = _page(table, clock, campaign)
        if time.monotonic() - began > seconds:
            queues.publish("campaign-plan", [events.plan(campaign, clock.now())])
            return
    audience = 0
    for shard in range(campaign.shards):
        planned = ledger.count(table, ledger_partition(campaign.workspace_id, campaign.id, shard))
        store.put_shard(table, campaign, shard, planned, clock.now())
        audience += planned
    campaign = campaigns.audience_known(table=table, clock=clock, campaign=campaign, audience=audience)
    queues.publish("campaign-send", events.walks(campaign, clock.now()))


def _still_filling(table: Table, clock: Clock, campaign: Campaign) -> bool:
    segment_id = campaign.segment_ids[campaign.plan.segment]
    segment = segments.get_segments(table=table, workspace_id=campaign.workspace_id, ids=[segment_id]).get(segment_id)
    patient = campaign.started_at is not None and clock.now() - campaign.started_at < SEGMENT_PATIENCE
    return segment is not None and segment.state is SegmentState.FILLING and patient


def _page(table: Table, clock: Clock, campaign: Campaign) -> Campaign:
    """One page of one segment; the campaign with its cursor moved."""
    here = campaign.plan
    start: list[str] | None = json.loads(here.position) if here.position else None
    try:
        page = segments.members(
            table=table,
            workspace_id=campaign.workspace_id,
            segment_id=campaign.segment_ids[here.segment],
            start=start,
            limit=PAGE,
        )
        contact_ids, following = page.contact_ids, page.next
    except NotFoundError:  # deleted after the campaign was started
        contact_ids, following = [], None
    found = contacts.get_contacts(table=table, workspace_id=campaign.workspace_id, contact_ids=contact_ids, gone=True)
    planned = [_planned(campaign, contact_id, found.get(contact_id)) for contact_id in contact_ids]
    still = campaigns.still_planning(table, campaign)
    now = clock.now()
    for position in range(0, len(planned), ledger.PLANNED_AT_ONCE):
        part = planned[position : position + ledger.PLANNED_AT_ONCE]
        ledger.plan(table, part, now, still)
    if following is None:
        plan = Plan(here.segment + 1)
    else:
        plan = Plan(here.segment, json.dumps(following))
    try:
        return campaigns.planned_to(table=table, clock=clock, campaign=campaign, plan=plan)
    except IllegalMoveError as error:
        raise ConflictError from error


def _planned(campaign: Campaign, contact_id: str, contact: Contact | None) -> Recipient:
    state, reason, email = State.PENDING, "", contact.email if contact is not None and not contact.gone else ""
    if contact is None or contact.gone:
        merged = contact is not None and contact.merged_into
        state, reason = State.SUPPRESSED, (Reason.CONTACT_MERGED if merged else Reason.CONTACT_DELETED).value
    elif not email:
        state, reason = State.SUPPRESSED, Reason.NO_ADDRESS.value
    shard = shard_of(contact_id, campaign.shards)
    version = contact.version if contact is not None else 0
    return Recipient(
        campaign.workspace_id, campaign.id, shard, contact_id, email, state, reason=reason, contact_version=version
    )
