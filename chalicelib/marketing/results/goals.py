"""Conversions: who did what a campaign wanted of them. A page's visit comes from the script on that page, with the token that the click
gave it; a deal that is won comes from the contact's timeline. Both count only for a person who clicked, within the goal's days.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.signing import BadTokenError, Signer
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Goal
from chalicelib.marketing.results.records import PromiseRecord, promises
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.tracking.domain import copy_of
from chalicelib.marketing.tracking.judging import Request, by_itself
from chalicelib.workspaces.settings.service import get_workspace

_WORTH_LIMIT = Decimal(10) ** 9


def page_visited(*, table: Table, clock: Clock, signer: Signer, body: Mapping[str, Any], request: Request) -> bool:
    """The script on a goal's page says that somebody came: ``token``, ``url`` and, where the campaign does not say what it is worth,
    ``amount`` and ``currency``. Whether it was noted; whatever is wrong is only not noted.
    """
    try:
        copy = copy_of(signer, "goal", str(body.get("token", ""))[:500])
        campaign = campaigns.get_campaign(table=table, workspace_id=copy.workspace_id, campaign_id=copy.campaign_id)
    except (BadTokenError, NotFoundError):
        return False
    goal, now = campaign.goal, clock.now()
    if goal is None or goal.kind != "page" or not is_page(goal.url, str(body.get("url", ""))[:2000]):
        return False
    if by_itself(request) == "machine":
        return False
    own = get_workspace(table=table, workspace_id=copy.workspace_id).currency
    amount, currency = _worth(goal, body, own)
    key = sending.key_of(
        workspace_id=copy.workspace_id,
        campaign_id=copy.campaign_id,
        contact_id=copy.contact_id,
        shards=campaign.shards,
    )
    since = now - timedelta(days=goal.days)
    return sending.converted(
        table=table, key=key, at=now, since=since, ref="page", revenue=amount, currency=currency, now=now
    )


def deal_won(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    contact_id: str,
    deal_id: str,
    at: datetime,
    amount: str,
    currency: str,
) -> int:
    """A contact's deal was won: it counts for every campaign with such a goal that the contact clicked in within its days; for how many
    that was news.
    """
    noted = 0
    for promise in promises(table, workspace_id, contact_id):
        if not promise.clicked_at <= at <= promise.until:
            continue
        worth, known = _decimal(amount), currency
        if not worth and promise.amount:
            worth, known = _decimal(promise.amount), promise.currency or currency
        noted += sending.converted(
            table=table,
            key=_row(promise, contact_id),
            at=at,
            since=promise.clicked_at,
            ref=deal_id,
            revenue=worth,
            currency=known,
            now=clock.now(),
        )
    return noted


def deal_opened_again(*, table: Table, clock: Clock, workspace_id: str, contact_id: str, deal_id: str) -> int:
    """A deal that was won is open again: what it counted for is taken back."""
    return sum(
        sending.conversion_taken_back(table=table, key=_row(promise, contact_id), ref=deal_id, now=clock.now())
        for promise in promises(table, workspace_id, contact_id)
    )


def is_page(goal: str, url: str) -> bool:
    """Whether an address begins with a goal's, by host and path; a path ends where a segment ends. What is asked for (``?``) is left out
    unless the goal names it.
    """
    try:
        wanted, found = urlsplit(goal), urlsplit(url)
        same_host = (wanted.hostname or "") == (found.hostname or "") and wanted.port == found.port
    except ValueError:
        return False
    path = wanted.path.rstrip("/")
    same_path = found.path == path or found.path.startswith(f"{path}/")
    return bool(wanted.hostname) and same_host and same_path and (not wanted.query or wanted.query in found.query)


def _row(promise: PromiseRecord, contact_id: str) -> Any:
    return sending.ledger_key(
        workspace_id=promise.workspace_id,
        campaign_id=promise.campaign_id,
        contact_id=contact_id,
        shard=int(promise.shard),
    )


def _worth(goal: Goal, body: Mapping[str, Any], own: str) -> tuple[Decimal, str]:
    if goal.value is not None:
        return goal.value.amount, goal.value.currency
    currency = str(body.get("currency") or own).upper()
    good = len(currency) == 3 and currency.isascii() and currency.isalpha()
    return (_decimal(str(body.get("amount") or "")), currency) if good else (Decimal(0), own)


def _decimal(text: str) -> Decimal:
    """An amount of money; nothing for what is none."""
    try:
        amount = Decimal(text[:30])
    except InvalidOperation:
        return Decimal(0)
    return amount.quantize(Decimal("0.0001")) if amount.is_finite() and 0 < amount < _WORTH_LIMIT else Decimal(0)
