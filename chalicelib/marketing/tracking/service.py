"""Opens and clicks, from the signed addresses in a message."""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.signing import BadTokenError, Signer
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.domain import Recipient
from chalicelib.marketing.tracking import hits, store
from chalicelib.marketing.tracking.domain import Copy, copy_of, is_same_site, token_of, with_token
from chalicelib.marketing.tracking.judging import HITS_LIMIT, Hit, Request


@dataclass(frozen=True, slots=True)
class _Known:
    campaign: Campaign
    links: tuple[str, ...]
    kept: timedelta


_remembered: Memory[tuple[str, str], _Known | None] = Memory(seconds=60, limit=200)


def opened(*, table: Table, clock: Clock, signer: Signer, token: str, request: Request) -> None:
    """A message's picture was fetched. Nothing happens for a token that is not ours."""
    copy = _copy(signer, "open", token)
    if copy is not None:
        _note(table, clock, copy, Hit(clock.now(), "open", request))


def clicked(*, table: Table, clock: Clock, signer: Signer, token: str, request: Request | None) -> str:
    """A link was followed: the address stored for it with the campaign, and no other; `NotFoundError` for a token that is not ours.
    Where the campaign's goal is a page of the same site, the address carries a token (``cl``) for the script on that page.

    Without a ``request`` nothing is noted.
    """
    copy = _copy(signer, "click", token)
    known = _known(table, clock, copy) if copy is not None else None
    if copy is None or known is None or copy.link >= len(known.links):
        raise NotFoundError("There is no such link.")
    if request is not None:
        _note(table, clock, copy, Hit(clock.now(), "click", request, copy.link))
    address, goal = known.links[copy.link], known.campaign.goal
    if goal is not None and goal.kind == "page" and is_same_site(goal.url, address):
        return with_token(address, token_of(signer, "goal", Copy(copy.workspace_id, copy.campaign_id, copy.contact_id)))
    return address


def page_visited(*, table: Table, clock: Clock, copy: Copy, request: Request) -> None:
    """Somebody looked at the page behind a copy's unsubscribe link: nothing but a note, which tells machines from people."""
    _note(table, clock, copy, Hit(clock.now(), "choices", request))


def hits_of(*, table: Table, clock: Clock, row: Recipient) -> list[Hit]:
    """The kept hits of a recipient, the oldest first."""
    return store.of_recipient(table, row, clock.now())[:HITS_LIMIT]


def settle(*, table: Table, clock: Clock, limit: int = 200) -> int:
    """Opens and clicks that nothing has spoken against count for the score now; how many recipients that were."""
    return sending.settle_visits(table=table, now=clock.now(), limit=limit)


def _note(table: Table, clock: Clock, copy: Copy, hit: Hit) -> None:
    known = _known(table, clock, copy)
    if known is not None:
        key = _copy_key(known.campaign, copy)
        hits.note(table=table, key=key, links=known.links, kept=known.kept, hit=hit)


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
        return _Known(campaign, body.links, hits.kept_for(table, copy.workspace_id))

    return _remembered.get((copy.workspace_id, copy.campaign_id), clock.now().timestamp(), ask)


def _copy_key(campaign: Campaign, copy: Copy) -> Key:
    return sending.key_of(
        workspace_id=copy.workspace_id,
        campaign_id=copy.campaign_id,
        contact_id=copy.contact_id,
        shards=campaign.shards,
    )
