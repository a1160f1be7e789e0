"""Opens and clicks, from the signed addresses in a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.foundation.clock import Clock, from_text, to_text
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.signing import BadTokenError, Signer
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.domain import Recipient, State
from chalicelib.marketing.tracking.domain import (
    SETTLED_AFTER,
    SPREE_TIME,
    Copy,
    Visitor,
    copy_of,
    in_haste,
    is_spree,
)


@dataclass(frozen=True, slots=True)
class _Known:
    campaign: Campaign
    links: tuple[str, ...]


_remembered: Memory[tuple[str, str], _Known | None] = Memory(seconds=60, limit=200)


def opened(*, table: Table, clock: Clock, signer: Signer, token: str, visitor: Visitor) -> None:
    """A message's picture was fetched. Nothing happens for a token that is not ours."""
    found = _found(table, clock, signer, "open", token)
    if found is None:
        return
    known, row = found
    now = clock.now()
    _prove(table, row, now)
    if visitor == "machine" or in_haste(row.sent_at, now):
        key = _key(known.campaign, row)
        sending.happened(table=table, key=key, what="machine_opened_at", at=now, now=now)
    elif row.opened_at is None:
        sending.visited(table=table, row=row, what="opened_at", now=now, judged_at=now + SETTLED_AFTER)


def clicked(*, table: Table, clock: Clock, signer: Signer, token: str, visitor: Visitor, quiet: bool = False) -> str:
    """A link was followed: the address stored for it with the campaign, and no other; `NotFoundError` for a token that is not ours.

    ``quiet`` asks for the address only (HEAD).
    """
    copy = _copy(signer, "click", token)
    known = _known(table, clock, copy) if copy is not None else None
    if copy is None or known is None or copy.link >= len(known.links):
        raise NotFoundError("There is no such link.")
    address = known.links[copy.link]
    row = sending.read(table=table, key=_copy_key(known.campaign, copy))
    if row is None or quiet:
        return address
    now = clock.now()
    _prove(table, row, now)
    if visitor != "person" or in_haste(row.sent_at, now):
        key = _key(known.campaign, row)
        sending.happened(table=table, key=key, what="machine_clicked_at", at=now, now=now)
    else:
        _visit(table, row, "clicked_at", str(copy.link), len(known.links), now)
    return address


def page_visited(*, table: Table, clock: Clock, copy: Copy, visitor: Visitor) -> None:
    """Somebody looked at the page behind a copy's unsubscribe link: nothing but a note, which tells machines from people."""
    known = _known(table, clock, copy)
    row = sending.read(table=table, key=_copy_key(known.campaign, copy)) if known is not None else None
    if known is not None and row is not None and visitor == "person" and len(row.visits) < _VISITS_LIMIT:
        _visit(table, row, "", "u", len(known.links), clock.now())


def settle(*, table: Table, clock: Clock, limit: int = 200) -> int:
    """Opens and clicks that nothing has spoken against count for the score now; how many recipients that were."""
    return sending.settle_visits(table=table, now=clock.now(), limit=limit)


_VISITS_LIMIT = 60


def _visit(table: Table, row: Recipient, what: str, link: str, links: int, now: datetime) -> None:
    """A person's visit, unless it completes a spree: then all of it was a machine's."""
    visit = f"{link}@{to_text(now)}" if len(row.visits) < _VISITS_LIMIT else ""
    changed = sending.visited(table=table, row=row, what=what, now=now, judged_at=now + SETTLED_AFTER, visit=visit)
    if changed is None:
        return
    since = now - SPREE_TIME
    lately = {place for place, _, at in (each.partition("@") for each in changed.visits) if from_text(at) >= since}
    if is_spree(len(lately), links):
        sending.machine_visited(table=table, row=changed, now=now, since=since - timedelta(seconds=5))


def _prove(table: Table, row: Recipient, now: datetime) -> None:
    """Whoever fetches something out of a message has it: a row in doubt was sent."""
    if row.state in (State.UNKNOWN, State.PARKED):
        key = sending.ledger_key(
            workspace_id=row.workspace_id, campaign_id=row.campaign_id, contact_id=row.contact_id, shard=row.shard
        )
        sending.proven(table=table, key=key, attempt=row.attempt, at=now, now=now)


def _found(table: Table, clock: Clock, signer: Signer, purpose: str, token: str) -> tuple[_Known, Recipient] | None:
    copy = _copy(signer, purpose, token)
    known = _known(table, clock, copy) if copy is not None else None
    if copy is None or known is None:
        return None
    row = sending.read(table=table, key=_copy_key(known.campaign, copy))
    return (known, row) if row is not None else None


def _copy(signer: Signer, purpose: str, token: str) -> Copy | None:
    try:
        return copy_of(signer, purpose, token)  # type: ignore[arg-type]
    except BadTokenError:
        return None


def _known(table: Table, clock: Clock, copy: Copy) -> _Known | None:
    """The campaign of a copy and where its links lead; remembered, since they do not change once copies are out."""

    def ask() -> _Known | None:
        try:
            campaign = campaigns.get_campaign(table=table, workspace_id=copy.workspace_id, campaign_id=copy.campaign_id)
            body = campaigns.get_body(table=table, workspace_id=copy.workspace_id, campaign_id=copy.campaign_id)
        except NotFoundError:
            return None
        return _Known(campaign, body.links)

    return _remembered.get((copy.workspace_id, copy.campaign_id), clock.now().timestamp(), ask)


def _copy_key(campaign: Campaign, copy: Copy) -> Key:
    return sending.key_of(
        workspace_id=copy.workspace_id,
        campaign_id=copy.campaign_id,
        contact_id=copy.contact_id,
        shards=campaign.shards,
    )


def _key(campaign: Campaign, row: Recipient) -> Key:
    return _copy_key(campaign, Copy(row.workspace_id, row.campaign_id, row.contact_id))
