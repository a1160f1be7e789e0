"""What a report of the mail provider changes: the recipient's row, the suppression list, the person's consent."""

import time
from collections.abc import Callable
from datetime import timedelta

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import PURPOSE
from chalicelib.marketing.delivery import softly
from chalicelib.marketing.delivery.domain import BounceClass, Kind, Report
from chalicelib.marketing.sending import service as sending

FRESH = timedelta(minutes=5)
"""A report about a message that nobody knows is tried again while it is so fresh: it may have overtaken the sender's mark."""
_PAUSES = (0.1, 0.3, 0.8)
"""Seconds between looks; ten such reports in a batch stay well below the function's 20 seconds, or the others would suffer."""


def apply(
    *, table: Table, clock: Clock, signer: Signer, report: Report, sleep: Callable[[float], None] = time.sleep
) -> bool:
    """Apply a report; True when it was about a campaign's message. The same report again changes nothing, and the order of
    different ones does not matter. `UnavailableError` when its message may only not be known yet.
    """
    found = _place(table, clock, report, sleep)
    if found is None:
        return False
    key, attempt = found
    now = clock.now()
    if attempt is None:
        row = sending.read(table=table, key=key)
        if row is None:
            return False
        attempt = row.attempt
    if report.kind is Kind.REJECTED:
        sending.rejected(table=table, key=key, attempt=attempt, now=now, reason=f"rejected: {report.detail}")
        return True
    sending.proven(table=table, key=key, attempt=attempt, at=report.sent_at, now=now, message_id=report.message_id)
    _, workspace_id, _, campaign_id, _ = key.pk.split("#")
    contact_id = key.sk.partition("#")[2]
    if report.kind is Kind.DELIVERED:
        sending.happened(table=table, key=key, what="delivered_at", at=report.at, now=now)
    elif report.kind is Kind.DELAYED:
        sending.happened(table=table, key=key, what="delayed_at", at=report.at, now=now)
    elif report.kind is Kind.SOFT_BOUNCED:
        event = f"{report.bounce or BounceClass.UNKNOWN}:{report.id}"
        sending.soft_bounced(table=table, key=key, event=event, now=now)
        known = sending.read(table=table, key=key)
        place = {"workspace_id": workspace_id, "contact_id": contact_id, "campaign_id": campaign_id}
        if known is not None and known.email and softly.note(table=table, at=report.at, **place):
            _suppress(table, clock, signer, report, workspace_id, campaign_id, SuppressionReason.BOUNCED)
    elif report.kind is Kind.BOUNCED:
        _suppress(table, clock, signer, report, workspace_id, campaign_id, SuppressionReason.BOUNCED)
        sending.happened(
            table=table,
            key=key,
            what="bounced_at",
            at=report.at,
            now=now,
            bounce_kind=report.detail,
            bounce_class=report.bounce or BounceClass.UNKNOWN,
        )
    elif report.kind is Kind.COMPLAINED:
        _suppress(table, clock, signer, report, workspace_id, campaign_id, SuppressionReason.COMPLAINED)
        _withdraw(table, clock, workspace_id, campaign_id, contact_id)
        sending.happened(table=table, key=key, what="complained_at", at=report.at, now=now)
    if report.kind in (Kind.BOUNCED, Kind.COMPLAINED):
        campaigns.judge(table=table, clock=clock, workspace_id=workspace_id, campaign_id=campaign_id)
    return True


def _place(table: Table, clock: Clock, report: Report, sleep: Callable[[float], None]) -> tuple[Key, int | None] | None:
    """The row that a report speaks of and the attempt, where our tags say it; None when it is no campaign's message."""
    tags = report.tags
    if tags.get("campaign") and tags.get("recipient"):
        try:
            key = sending.ledger_key(
                workspace_id=tags["workspace"],
                campaign_id=tags["campaign"],
                contact_id=tags["recipient"],
                shard=int(tags["shard"]),
            )
            return key, int(tags["attempt"])
        except (KeyError, ValueError) as error:
            raise InvalidError("The event's tags are not ours.") from error
    if tags.get("purpose"):
        return None  # a test, a report, an invitation: said by its sender
    for pause in (*_PAUSES, None):
        known, key_found = sending.find_message(table=table, message_id=report.message_id)
        if key_found is not None:
            return key_found, None
        fresh = clock.now() - report.sent_at < FRESH
        if known or not fresh:
            return None
        if pause is not None:
            sleep(pause)
    raise UnavailableError("The message of this report is not known yet.")


def _suppress(
    table: Table,
    clock: Clock,
    signer: Signer,
    report: Report,
    workspace_id: str,
    campaign_id: str,
    reason: SuppressionReason,
) -> None:
    for address in report.recipients:
        try:
            consent.suppress(
                table=table,
                clock=clock,
                signer=signer,
                workspace_id=workspace_id,
                email=address,
                reason=reason,
                source=f"campaign:{campaign_id}",
                actor="mail-provider",
            )
        except InvalidError:
            continue  # not an address of ours in a form that we could ever mail again


def _withdraw(table: Table, clock: Clock, workspace_id: str, campaign_id: str, contact_id: str) -> None:
    try:
        consent.withdraw(
            table=table,
            clock=clock,
            workspace_id=workspace_id,
            contact_id=contact_id,
            purpose=PURPOSE,
            source=f"complaint:campaign:{campaign_id}",
            actor="mail-provider",
        )
    except NotFoundError:
        return  # the contact was deleted meanwhile; the address stays suppressed
