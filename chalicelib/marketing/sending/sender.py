"""Working through the ledger: claim, send, mark, one recipient after the other; and the reaping of what others left behind.

A walk goes through one shard of a campaign's ledger from the first row to the last, in messages of a few hundred rows. It sends to
whoever is pending and due, moves what time has moved, and counts who has come to an end. When all have, the shard is done, and
with the last shard the campaign. Otherwise the next walk is ordered for the earliest moment at which somebody has to be looked at.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.foundation.clock import Clock, from_text, to_text
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import events
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState, IllegalMoveError
from chalicelib.marketing.sending import ledger, pacing, store
from chalicelib.marketing.sending.domain import ENDED, EVIDENCE_WAIT, LEASE, Reason, Recipient, State
from chalicelib.marketing.sending.handover import Ending, HandOver
from chalicelib.marketing.sending.records import RECIPIENT_PREFIX, ledger_partition
from chalicelib.marketing.sending.testing import held_until
from chalicelib.marketing.sending.work import Sender, Tally

PAGE = 100
"""Rows that are read at once."""
_IDLE = timedelta(minutes=3)
"""A shard that nobody has worked on for so long, and that is due, is walked again by the tick."""
_DELAY_LIMIT = timedelta(seconds=890)
_FINISHING = 3


def walk(
    sender: Sender,
    *,
    workspace_id: str,
    campaign_id: str,
    shard: int,
    after: str,
    ended: int,
    retry_at: str,
    began: str = "",
) -> None:
    """Go on with a walk through a shard, from a row on; one that begins has no moment at which it ``began``."""
    tally = Tally(ended, from_text(retry_at) if retry_at else None)
    begun = from_text(began) if began else sender.clock.now()
    while True:
        campaign = _campaign(sender.table, workspace_id, campaign_id)
        if campaign is None or campaign.state not in (CampaignState.SENDING, CampaignState.CANCELLED):
            return  # paused: resuming orders the walks again
        sender.looked()
        pk = ledger_partition(workspace_id, campaign_id, shard)
        rows = ledger.page(sender.table, pk, after=after, limit=PAGE)
        ending = Ending.DONE
        if campaign.state is CampaignState.CANCELLED:
            _give_up(sender, rows, tally)
        else:
            ending = _send(sender, campaign, rows, tally)
        if ending is Ending.PAUSED:
            return
        if ending is Ending.WAIT:
            _next(sender, campaign, shard, tally.retry_at, sender.clock.now())
            return
        if ending is Ending.AGAIN:
            tally.ended = ended
            continue
        if ending is Ending.DONE:
            if len(rows) < PAGE:
                _end(sender, campaign, shard, tally, begun)
                return
            after = RECIPIENT_PREFIX + rows[-1].contact_id
            ended = tally.ended
        now = sender.clock.now()
        store.worked(sender.table, campaign, shard, now)
        if ending is Ending.LATER or not sender.has_time():
            later = tally.retry_at if ending is Ending.LATER else None
            _go_on(sender, campaign, shard, after, tally.retry_at, ended, now, later, begun)
            return


def tend(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign) -> None:
    """See to it that every shard which has something to do is being walked; and that a campaign that is done says so. Of one that was
    cancelled while it was planned no shard was ever counted: a walk does it.
    """
    now = clock.now()
    found = store.shards(table, campaign)
    open_shards = [record for record in found if not record.done]
    if not open_shards and len(found) >= campaign.shards:
        _finish(table, clock, campaign)
        return
    counted = {int(record.shard) for record in found}
    orders = [events.walk(campaign, now, shard) for shard in range(campaign.shards) if shard not in counted]
    for record in open_shards:
        idle = (record.worked_at or record.created_at) + _IDLE <= now
        due = record.next_at is None or record.next_at <= now
        if (idle and due) or (record.next_at is not None and record.next_at <= now - _IDLE):
            orders.append(events.walk(campaign, now, int(record.shard)))
    if orders:
        queues.publish("campaign-send", orders)


def _campaign(table: Table, workspace_id: str, campaign_id: str) -> Campaign | None:
    try:
        return campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    except NotFoundError:
        return None


def _go_on(
    sender: Sender,
    campaign: Campaign,
    shard: int,
    after: str,
    retry_at: datetime | None,
    ended: int,
    now: datetime,
    later: datetime | None,
    begun: datetime,
) -> None:
    """Order the rest of the walk: at once, or when its time comes."""
    text = to_text(retry_at) if retry_at else ""
    order = events.walk(campaign, now, shard, after=after, ended=ended, retry_at=text, began=to_text(begun))
    delay = 0 if later is None else max(1, int((min(later - now, _DELAY_LIMIT)).total_seconds()))
    sender.queues.publish("campaign-send", [order], delay=delay)


def _end(sender: Sender, campaign: Campaign, shard: int, tally: Tally, begun: datetime) -> None:
    """The last row was seen."""
    now = sender.clock.now()
    record = store.read_shard(sender.table, campaign, shard)
    if record is None and campaign.state is CampaignState.CANCELLED:
        # Cancelled before anybody had counted; no row is planned any more.
        planned = ledger.count(sender.table, ledger_partition(campaign.workspace_id, campaign.id, shard))
        store.put_shard(sender.table, campaign, shard, planned, now)
        record = store.read_shard(sender.table, campaign, shard)
    if record is None:
        return
    if tally.ended < int(record.planned):
        _next(sender, campaign, shard, tally.retry_at, now)
    elif not store.done(sender.table, campaign, shard, now, began=begun):
        _next(sender, campaign, shard, now + store.REOPENING, now)
    elif all(each.done for each in store.shards(sender.table, campaign)):
        _finish(sender.table, sender.clock, campaign)


def _next(sender: Sender, campaign: Campaign, shard: int, at: datetime | None, now: datetime) -> None:
    """See to it that the shard is walked again from the start at a moment."""
    at = max(at or now, now + timedelta(seconds=1))
    ordered = store.next_walk(sender.table, campaign, shard, at, now)
    if ordered and at - now <= _DELAY_LIMIT:  # a later one is ordered by the tick when its time comes
        delay = int(min(at - now, _DELAY_LIMIT).total_seconds()) + 1
        sender.queues.publish("campaign-send", [events.walk(campaign, now, shard)], delay=delay)


def _finish(table: Table, clock: Clock, campaign: Campaign) -> None:
    """The campaign is read before its shards: whoever brings a row back to life opens the shard and then writes the campaign."""
    for _ in range(_FINISHING):
        present = _campaign(table, campaign.workspace_id, campaign.id)
        found = store.shards(table, campaign)
        if present is None or len(found) < present.shards or not all(record.done for record in found):
            return
        if present.audience is not None and sum(int(record.planned) for record in found) != present.audience:
            return
        try:
            campaigns.finish(table=table, clock=clock, campaign=present)
        except IllegalMoveError:
            return  # paused meanwhile, or finished by another walk
        except ConflictError:
            continue
        return


def _give_up(sender: Sender, rows: Iterable[Recipient], tally: Tally) -> None:
    """A cancelled campaign: who was waiting does not get it."""
    now = sender.clock.now()
    for row in rows:
        if row.state is not State.PENDING:
            _reap(sender.table, row, now, tally, now)
        elif ledger.suppress(sender.table, row, now, Reason.CANCELLED):
            tally.ended += 1
        else:  # a sender that had begun before has it
            tally.later(now + LEASE)


def _due_at(campaign: Campaign, row: Recipient, now: datetime) -> datetime:
    """When somebody who is pending is to be sent to: not before their time, nor before the test that they wait for is decided."""
    return max(row.not_before or now, held_until(campaign, row, now) or now)


def _reap(table: Table, row: Recipient, now: datetime, tally: Tally, due_at: datetime) -> None:
    state = ledger.reap(table, row, now) or row.state
    if state in ENDED:
        tally.ended += 1
    elif state is State.CLAIMED:
        tally.later((row.lease_until or now) + timedelta(seconds=1))
    elif state is State.UNKNOWN:
        since = row.state_at if row.state is State.UNKNOWN and row.state_at else now
        tally.later(since + EVIDENCE_WAIT)
    else:
        tally.later(due_at)


def _send(sender: Sender, campaign: Campaign, rows: list[Recipient], tally: Tally) -> Ending:
    """Send to whoever of these is pending and due."""
    now = sender.clock.now()
    waiting = [row for row in rows if row.state is State.PENDING and _due_at(campaign, row, now) <= now]
    chosen = {row.contact_id for row in waiting}
    for row in rows:
        if row.contact_id not in chosen:
            _reap(sender.table, row, now, tally, _due_at(campaign, row, now))
    if not waiting:
        return Ending.DONE
    delivery = campaign.delivery
    if delivery.window is not None and delivery.mode == "together":
        opens = pacing.opens(delivery.window, pacing.clock_of(sender.table, campaign), now)
        if opens > now:
            tally.retry_at = opens
            return Ending.WAIT
    judged = campaigns.judge(
        table=sender.table,
        clock=sender.clock,
        workspace_id=campaign.workspace_id,
        campaign_id=campaign.id,
        known=campaign,
    )
    if judged:
        return Ending.PAUSED
    return HandOver(sender, campaign, sender.letter(campaign), tally).run(waiting)
