"""Working through the ledger: claim, send, mark, one recipient after the other; and the reaping of what others left behind.

A walk goes through one shard of a campaign's ledger from the first row to the last, in messages of a few hundred rows. It sends to
whoever is pending and due, moves what time has moved, and counts who has come to an end. When all have, the shard is done, and
with the last shard the campaign. Otherwise the next walk is ordered for the earliest moment at which somebody has to be looked at.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation import observability
from chalicelib.foundation.clock import Clock, from_text, to_text
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.mail import MailDeferredError, Mailer, MailRefusedError, MailUnknownError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import events
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import PURPOSE, Campaign, CampaignState, IllegalMoveError
from chalicelib.marketing.sending import ledger, store
from chalicelib.marketing.sending.checks import Checks
from chalicelib.marketing.sending.domain import (
    ENDED,
    EVIDENCE_WAIT,
    LEASE,
    Reason,
    Recipient,
    State,
    backoff,
)
from chalicelib.marketing.sending.message import Letter
from chalicelib.marketing.sending.records import RECIPIENT_PREFIX, ledger_partition

BATCH = 40
"""Rows between two looks at the campaign: a pause stops within as many."""
_IDLE = timedelta(minutes=3)
"""A shard that nobody has worked on for so long, and that is due, is walked again by the tick."""
_DELAY_LIMIT = timedelta(seconds=890)
_REFUSALS = 10
_DEFERRALS = 3
_SYSTEMIC = frozenset(
    {"AccountSendingPausedException", "AccountSendingPaused", "ConfigurationSetDoesNotExist",
     "ConfigurationSetDoesNotExistException", "ConfigurationSetSendingPausedException", "MailFromDomainNotVerifiedException",
     "MailFromDomainNotVerified", "AccessDenied", "AccessDeniedException", "SignatureDoesNotMatch", "InvalidClientTokenId"}
)  # fmt: skip
"""Refusals that say something of our account and nothing of the message: the campaign pauses and nobody has failed."""


@dataclass(slots=True)
class Sender:
    """What a walk works with. ``letter`` makes the message of a campaign; ``holder`` is this delivery's own random name."""

    table: Table
    clock: Clock
    queues: Queues
    signer: Signer
    mailer: Mailer
    letter: Callable[[Campaign], Letter]
    holder: str
    seconds: float = 25.0
    began: float = field(default_factory=time.monotonic)

    def has_time(self) -> bool:
        """Whether another recipient can be begun before the function ends."""
        return time.monotonic() - self.began < self.seconds


@dataclass(slots=True)
class _Tally:
    """What a walk has seen: rows at their end, and when the first of the others has to be looked at."""

    ended: int = 0
    retry_at: datetime | None = None
    refused: int = 0
    deferred: int = 0
    stopped: bool = False

    def later(self, at: datetime) -> None:
        if self.retry_at is None or at < self.retry_at:
            self.retry_at = at


def walk(
    sender: Sender, *, workspace_id: str, campaign_id: str, shard: int, after: str, ended: int, retry_at: str
) -> None:
    """Go on with a walk through a shard, from a row on."""
    tally = _Tally(ended, from_text(retry_at) if retry_at else None)
    while True:
        campaign = _campaign(sender.table, workspace_id, campaign_id)
        if campaign is None or campaign.state not in (CampaignState.SENDING, CampaignState.CANCELLED):
            return  # paused: resuming orders the walks again
        pk = ledger_partition(workspace_id, campaign_id, shard)
        rows = ledger.page(sender.table, pk, after=after, limit=BATCH)
        if campaign.state is CampaignState.CANCELLED:
            _give_up(sender, rows, tally)
        elif _batch(sender, campaign, rows, tally):
            return  # the campaign was paused by what came back
        if len(rows) < BATCH and not tally.stopped:
            _end(sender, campaign, shard, tally)
            return
        if rows and not tally.stopped:
            after = RECIPIENT_PREFIX + rows[-1].contact_id
        now = sender.clock.now()
        store.worked(sender.table, campaign, shard, now)
        if tally.stopped or not sender.has_time():
            _go_on(sender, campaign, shard, after, tally, ended, now)
            return
        ended = tally.ended


def tend(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign) -> None:
    """See to it that every shard which has something to do is being walked; and that a campaign that is done says so."""
    now = clock.now()
    found = store.shards(table, campaign)
    open_shards = [record for record in found if not record.done]
    if not open_shards and len(found) >= campaign.shards:
        _finish(table, clock, campaign)
        return
    orders = []
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
    sender: Sender, campaign: Campaign, shard: int, after: str, tally: _Tally, ended: int, now: datetime
) -> None:
    """Order the rest of the walk. One that stopped in the middle of a batch begins that batch again, later."""
    retry_at = to_text(tally.retry_at) if tally.retry_at else ""
    count = ended if tally.stopped else tally.ended
    order = events.walk(campaign, now, shard, after=after, ended=count, retry_at=retry_at)
    delay = 0
    if tally.stopped and tally.retry_at is not None:
        delay = max(1, int((min(tally.retry_at - now, _DELAY_LIMIT)).total_seconds()))
    sender.queues.publish("campaign-send", [order], delay=delay)


def _end(sender: Sender, campaign: Campaign, shard: int, tally: _Tally) -> None:
    """The last row was seen."""
    now = sender.clock.now()
    record = store.read_shard(sender.table, campaign, shard)
    if record is None:
        return
    if tally.ended >= int(record.planned):
        store.done(sender.table, campaign, shard, now)
        if all(each.done for each in store.shards(sender.table, campaign)):
            _finish(sender.table, sender.clock, campaign)
        return
    at = max(tally.retry_at or now, now + timedelta(seconds=1))
    ordered = store.next_walk(sender.table, campaign, shard, at, now)
    if ordered and (at - now <= _DELAY_LIMIT or campaign.state is CampaignState.CANCELLED):
        # A later one is ordered by the tick when its time comes; the tick does not look after what was cancelled.
        delay = int(min(at - now, _DELAY_LIMIT).total_seconds()) + 1
        sender.queues.publish("campaign-send", [events.walk(campaign, now, shard)], delay=delay)


def _finish(table: Table, clock: Clock, campaign: Campaign) -> None:
    found = store.shards(table, campaign)
    if sum(int(record.planned) for record in found) != (campaign.audience or 0):
        return
    try:
        campaigns.finish(table=table, clock=clock, workspace_id=campaign.workspace_id, campaign_id=campaign.id)
    except IllegalMoveError:
        return  # paused or cancelled meanwhile, or finished by another walk


def _give_up(sender: Sender, rows: Iterable[Recipient], tally: _Tally) -> None:
    """A cancelled campaign: who was waiting does not get it."""
    now = sender.clock.now()
    for row in rows:
        if row.state is State.PENDING:
            ledger.suppress(sender.table, row, now, Reason.CANCELLED)
            tally.ended += 1
        else:
            _reap(sender.table, row, now, tally)


def _reap(table: Table, row: Recipient, now: datetime, tally: _Tally) -> None:
    state = ledger.reap(table, row, now) or row.state
    if state in ENDED:
        tally.ended += 1
    elif state is State.CLAIMED:
        tally.later((row.lease_until or now) + timedelta(seconds=1))
    elif state is State.UNKNOWN:
        since = row.state_at if row.state is State.UNKNOWN and row.state_at else now
        tally.later(since + EVIDENCE_WAIT)
    else:
        tally.later(row.not_before or now)


def _batch(sender: Sender, campaign: Campaign, rows: list[Recipient], tally: _Tally) -> bool:
    """Send to whoever of these is pending and due. True when the campaign has been paused."""
    now = sender.clock.now()
    waiting = [row for row in rows if row.state is State.PENDING and (row.not_before is None or row.not_before <= now)]
    chosen = {row.contact_id for row in waiting}
    for row in rows:
        if row.contact_id not in chosen:
            _reap(sender.table, row, now, tally)
    if not waiting:
        return False
    if campaigns.judge(
        table=sender.table,
        clock=sender.clock,
        workspace_id=campaign.workspace_id,
        campaign_id=campaign.id,
        known=campaign,
    ):
        return True
    checks = Checks.read(sender.table, sender.clock, sender.signer, campaign, waiting)
    letter = sender.letter(campaign)
    for row in waiting:
        if not sender.has_time():
            tally.stopped = True
            tally.retry_at = sender.clock.now()
            return False
        reason = checks.refusal(row) or checks.cap_refusal(sender.table, sender.clock, row)
        if reason:
            ledger.suppress(sender.table, row, sender.clock.now(), reason)
            tally.ended += 1
            continue
        if _one(sender, letter, row, checks.contacts[row.contact_id], tally):
            _pause(sender, campaign, "refused")
            return True
        if tally.deferred >= _DEFERRALS:  # the provider is busy: what is left of the batch waits as well
            tally.stopped = True
            tally.retry_at = sender.clock.now() + backoff(1)
            return False
    return False


def _one(sender: Sender, letter: Letter, row: Recipient, contact: Contact, tally: _Tally) -> bool:
    """Claim, send, mark. True when the campaign has to stop."""
    table, clock = sender.table, sender.clock
    claimed_at = clock.now()
    proof = contact.consents[PURPOSE].ledger_id
    attempt = row.attempt + 1
    try:
        mime = letter.mime(contact=contact, email=row.email, attempt=attempt, now=claimed_at)
    except ValueError:
        ledger.suppress(table, row, claimed_at, Reason.ADDRESS_INVALID)
        tally.ended += 1
        return False
    if not ledger.claim(table, row, claimed_at, proof, sender.holder):
        tally.later(claimed_at + LEASE)  # another delivery has it; the next walk sees what became of it
        return False
    tags = {
        "workspace": row.workspace_id,
        "campaign": row.campaign_id,
        "recipient": row.contact_id,
        "shard": str(row.shard),
        "attempt": str(attempt),
    }
    try:
        message_id = sender.mailer.send(source=letter.source, recipient=row.email, mime=mime, tags=tags)
    except MailDeferredError as error:
        later = ledger.deferred(table, row, attempt, clock.now(), f"deferred: {error}")
        tally.deferred += 1
        if later is None:
            tally.ended += 1
        else:
            tally.later(later)
        return False
    except MailRefusedError as error:
        if error.code in _SYSTEMIC:
            ledger.deferred(table, row, attempt, clock.now(), f"refused: {error.code}")
            return True
        ledger.failed(table, row, attempt, clock.now(), error.code)
        tally.ended += 1
        tally.refused += 1
        return tally.refused >= _REFUSALS
    except MailUnknownError:
        ledger.unknown(table, row, attempt, clock.now())
        tally.later(clock.now() + EVIDENCE_WAIT)
        return False
    tally.refused = tally.deferred = 0
    ledger.sent(table, row, attempt, clock.now(), message_id)
    tally.ended += 1
    return False


def _pause(sender: Sender, campaign: Campaign, reason: str) -> None:
    observability.metric("CampaignsPaused", 1, "Count", reason=reason)
    try:
        campaigns.pause_campaign(
            table=sender.table,
            clock=sender.clock,
            workspace_id=campaign.workspace_id,
            campaign_id=campaign.id,
            changed_by=campaigns.SYSTEM,
            reason=reason,
        )
    except ConflictError:
        return  # somebody else stopped it meanwhile
