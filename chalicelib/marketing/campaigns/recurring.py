"""Recurring campaigns: a parent that makes a fresh campaign for each occurrence and sends nothing itself.

The parent and what it has made are written in one transaction, under an id that follows from the occurrence: a tick that comes
twice, or late, makes it once. What it has made is a scheduled campaign like any other, so one that is hours too late waits for a
person instead of going out.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import events, store
from chalicelib.marketing.campaigns.domain import (
    Campaign,
    CampaignState,
    Move,
    Occurrences,
    after,
    next_occurrence,
)

SYSTEM = "system:campaigns"


def begun(campaign: Campaign, now: datetime, not_before: datetime, changed_by: str) -> Campaign:
    """The campaign as it waits for its first occurrence; `InvalidError` names ``recurrence.until`` when there is none."""
    assert campaign.recurrence is not None
    first = next_occurrence(campaign.recurrence, not_before, not_before)
    if first is None:
        raise InvalidError("It would never come.", field="recurrence.until", code="past")
    return replace(
        campaign,
        state=after(campaign.state, Move.REPEAT, current=campaign),
        scheduled_at=not_before,
        time_zone=campaign.recurrence.time_zone,
        occurrences=Occurrences(next_at=first),
        updated_at=now,
        changed_by=changed_by,
    )


def resumed(campaign: Campaign, now: datetime) -> Campaign:
    """The paused campaign as it goes on: with its next occurrence from now on, or at its end."""
    state = after(campaign.state, Move.RESUME_REPEATING, current=campaign)
    assert campaign.recurrence is not None
    assert campaign.occurrences is not None
    assert campaign.scheduled_at is not None
    following = next_occurrence(campaign.recurrence, now, campaign.scheduled_at)
    if following is None:
        state = after(state, Move.FINISH, current=campaign)
    occurrences = replace(campaign.occurrences, next_at=following)
    return replace(campaign, state=state, occurrences=occurrences, finished_at=None if following else now)


def occur(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign) -> Campaign | None:
    """Make the campaign of the occurrence that has come, if one has. The campaign that was made, or None. Of several that have come due at once only the last is made; the others are counted as skipped."""
    now, again, done = clock.now(), campaign.recurrence, campaign.occurrences
    if campaign.state is not CampaignState.RECURRING or again is None or done is None or done.next_at is None:
        return None
    if done.next_at > now or campaign.scheduled_at is None:
        return None
    at, skipped = done.next_at, 0
    following = next_occurrence(again, at, campaign.scheduled_at)
    while following is not None and following <= now:
        at, skipped = following, skipped + 1
        following = next_occurrence(again, at, campaign.scheduled_at)
    copy_id = derived_id(at, "campaign.occurrence", campaign.id)
    move = Move.OCCUR if following is not None else Move.FINISH
    parent = replace(
        campaign,
        state=after(campaign.state, move, current=campaign),
        occurrences=Occurrences(following, done.made + 1, done.skipped + skipped, copy_id),
        finished_at=None if following is not None else now,
        updated_at=now,
        changed_by=SYSTEM,
    )
    day = at.astimezone(ZoneInfo(again.time_zone)).date().isoformat()
    made = replace(
        campaign,
        id=copy_id,
        name=f"{campaign.name[:185]} · {day}",
        state=CampaignState.SCHEDULED,
        scheduled_at=at,
        time_zone=again.time_zone,
        recurrence=None,
        occurrences=None,
        occurrence_of=campaign.id,
        created_at=now,
        updated_at=now,
        changed_by=SYSTEM,
        version=1,
    )
    bodies = store.read_bodies(table, campaign.workspace_id, campaign.id, campaign.wordings)
    try:
        store.occur(table, parent, made, bodies)
    except ConflictError:
        return None  # another tick has made it, or a person has stopped it
    queues.publish("campaign-plan", [events.plan(made, now)])
    return made
