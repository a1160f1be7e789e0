"""Who a campaign is for: the members of its segments, or the silent recipients of the campaign it sends again; and which of them
it leaves out because they are in a segment that it excludes.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.foundation.errors import ClientelaError, NotFoundError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, Plan
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.segments.domain import SegmentState
from chalicelib.marketing.sending import ledger
from chalicelib.marketing.sending.domain import Recipient, State
from chalicelib.marketing.sending.records import RECIPIENT_PREFIX, ledger_partition


class ExcludedMissingError(ClientelaError):
    """A segment whose members must be left out is gone, or counts nobody until it is repaired: nobody can say who they are."""


@dataclass(frozen=True, slots=True)
class AudiencePage:
    """Some contacts of the audience, those of them who are left out (with the segment that says so), and the plan from which it
    goes on.
    """

    contact_ids: list[str]
    excluded: Mapping[str, str]
    plan: Plan


def sources(campaign: Campaign) -> int:
    """How many lists the audience is read from, one after the other."""
    return 1 if campaign.resend_of else len(campaign.segment_ids)


def filling(table: Table, campaign: Campaign) -> bool:
    """Whether the segment that is read now is still being filled."""
    return not campaign.resend_of and _any_filling(table, campaign, [campaign.segment_ids[campaign.plan.segment]])


def excluded_filling(table: Table, campaign: Campaign) -> bool:
    """Whether a segment that is left out is still being filled."""
    return bool(campaign.exclude_segment_ids) and _any_filling(table, campaign, campaign.exclude_segment_ids)


def _any_filling(table: Table, campaign: Campaign, segment_ids: Iterable[str]) -> bool:
    found = segments.get_segments(table=table, workspace_id=campaign.workspace_id, ids=segment_ids)
    return any(segment.state is SegmentState.FILLING for segment in found.values())


def page(table: Table, campaign: Campaign, plan: Plan, *, limit: int) -> AudiencePage:
    """The contacts at this place of the plan. `ExcludedMissingError` when an excluded segment is gone."""
    read = _silent if campaign.resend_of else _members
    contact_ids, position = read(table, campaign, plan, limit)
    following = Plan(plan.segment, json.dumps(position)) if position is not None else Plan(plan.segment + 1)
    return AudiencePage(contact_ids, excluded(table, campaign, contact_ids), following)


def excluded(table: Table, campaign: Campaign, contact_ids: Iterable[str]) -> dict[str, str]:
    """Which of these are in an excluded segment, as they certainly are, and in which (the first of them)."""
    left, found = list(contact_ids), dict[str, str]()
    ids = campaign.exclude_segment_ids
    known = segments.get_segments(table=table, workspace_id=campaign.workspace_id, ids=ids) if ids else {}
    for segment_id in ids:
        if segment_id in known and known[segment_id].problems:
            raise ExcludedMissingError(f"The excluded segment {segment_id} has to be repaired.")
        try:
            inside = segments.members_among(
                table=table, workspace_id=campaign.workspace_id, segment_id=segment_id, contact_ids=left
            )
        except NotFoundError as error:
            raise ExcludedMissingError(f"The excluded segment {segment_id} is gone.") from error
        found |= dict.fromkeys(inside, segment_id)
        left = [contact_id for contact_id in left if contact_id not in inside]
    return found


def is_silent(row: Recipient) -> bool:
    """Whether somebody was sent a message and has neither opened it nor followed a link, as far as a person's doing is known."""
    return row.state is State.SENT and row.opened_at is None and row.clicked_at is None


def _members(table: Table, campaign: Campaign, plan: Plan, limit: int) -> tuple[list[str], list[str] | None]:
    start: list[str] | None = json.loads(plan.position) if plan.position else None
    try:
        found = segments.members(
            table=table,
            workspace_id=campaign.workspace_id,
            segment_id=campaign.segment_ids[plan.segment],
            start=start,
            limit=limit,
        )
    except NotFoundError:  # deleted after the campaign was started
        return [], None
    return found.contact_ids, found.next


def _silent(table: Table, campaign: Campaign, plan: Plan, limit: int) -> tuple[list[str], list[str] | None]:
    try:
        original = campaigns.get_campaign(
            table=table, workspace_id=campaign.workspace_id, campaign_id=campaign.resend_of, consistent=True
        )
    except NotFoundError:
        return [], None
    shard, after = json.loads(plan.position) if plan.position else (0, "")
    pk = ledger_partition(original.workspace_id, original.id, int(shard))
    rows = ledger.page(table, pk, after=after, limit=limit)
    found = [row.contact_id for row in rows if is_silent(row)]
    if len(rows) == limit:
        return found, [str(shard), RECIPIENT_PREFIX + rows[-1].contact_id]
    return found, [str(int(shard) + 1), ""] if int(shard) + 1 < original.shards else None
