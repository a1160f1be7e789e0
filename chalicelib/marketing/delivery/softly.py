"""Soft bounces add up: a mailbox that has been full for months is as good as none."""

from datetime import datetime, timedelta

from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.clock import from_text, to_text
from chalicelib.foundation.errors import ConflictError, NotFoundError, UnavailableError
from chalicelib.foundation.table import Table
from chalicelib.marketing.delivery.records import SoftBouncesRecord, soft_bounces_key

LIMIT = 5
"""So many messages in a row that came back softly, and the address is suppressed."""
WITHIN = timedelta(days=90)
"""Bounces older than this do not count any more."""
_KEPT = timedelta(days=180)
_ATTEMPTS = 6


def note(*, table: Table, workspace_id: str, contact_id: str, campaign_id: str, at: datetime) -> bool:
    """Note that a campaign's message came back softly; True when it is the last that this address is given. The same again changes
    nothing, and messages may be reported in any order.
    """
    key = soft_bounces_key(workspace_id, contact_id)
    for _ in range(_ATTEMPTS):
        record = table.get(SoftBouncesRecord, key, consistent=True)
        known: dict[str, str] = dict(record.mails) if record is not None else {}
        mails = known | {campaign_id: min(to_text(at), known.get(campaign_id, "~"))}
        latest = max(from_text(when) for when in mails.values())
        mails = {campaign: when for campaign, when in mails.items() if from_text(when) > latest - WITHIN}
        if mails != known:
            changed = SoftBouncesRecord(
                pk=key.pk,
                sk=key.sk,
                workspace_id=workspace_id,
                created_at=record.created_at if record is not None else at,
                version=int(record.version) if record is not None else 1,
                expires_at=int((latest + _KEPT).timestamp()),
                mails=mails,
            )
            try:
                table.create(changed) if record is None else table.replace(changed)
            except ConflictError:
                continue
        if len(mails) < LIMIT:
            return False
        delivered = _delivered_at(table, workspace_id, contact_id)
        return sum(delivered is None or from_text(when) > delivered for when in mails.values()) >= LIMIT
    raise UnavailableError("Others keep noting bounces of this contact.")


def _delivered_at(table: Table, workspace_id: str, contact_id: str) -> datetime | None:
    """When a message last reached the contact, as far as the timeline says."""
    try:
        page = timeline.timeline(
            table=table, workspace_id=workspace_id, contact_id=contact_id, kind="email_delivered", limit=1
        )
    except NotFoundError:
        return None
    return page.items[0].at if page.items else None
