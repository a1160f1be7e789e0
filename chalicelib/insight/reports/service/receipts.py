"""What the mail service tells of a report's mails: sent, delivered, bounced."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.foundation import clock as clocks
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.table import Table
from chalicelib.insight.reports import store
from chalicelib.insight.reports.domain import Run, RunState

_KINDS = {"send": "send", "delivery": "delivery", "bounce": "bounce", "complaint": "complaint", "reject": "bounce"}


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event of SES, from a configuration set (with the mail's tags) or an identity's topic (without)."""

    kind: str
    message_id: str
    at: datetime
    tags: Mapping[str, str]


def read_event(body: str) -> MailEvent | None:
    """The event in a message's body, or None for what is none that we look at."""
    try:
        raw = json.loads(body)
        kind = _KINDS.get(str(raw.get("eventType") or raw.get("notificationType") or "").lower())
        mail = raw["mail"]
        message_id = str(mail["messageId"])
        tags = {name: str(values[0]) for name, values in (mail.get("tags") or {}).items() if values}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if kind is None:
        return None
    return MailEvent(kind, message_id, _instant(raw, kind, mail), tags)


def apply(*, table: Table, clock: Clock, event: MailEvent) -> Run | None:
    """Note an event in the ledger of the run whose mail it is about; None when it is about no report's.

    Repeated and disordered events change nothing more: each instant is kept from the first that told it.
    """
    found = _run_of(table, event)
    if found is None:
        return None
    workspace_id, run_id, position = found

    def note(present: Run) -> Run | None:
        if position >= len(present.recipients):
            return None
        recipient = present.recipients[position]
        seen = recipient.seen(event.kind, event.message_id, event.at)
        if seen == recipient:
            return None
        changed = present.with_recipient(position, seen)
        # The last open question may be answered by it. A delivery at work ends its run itself.
        if present.state is RunState.RUNNING and not present.busy(clock.now()):
            changed = changed.rested(clock.now())
        return changed

    try:
        return store.change_run(table, workspace_id, run_id, note, now=clock.now())
    except NotFoundError:
        return None


def _run_of(table: Table, event: MailEvent) -> tuple[str, str, int] | None:
    tags = event.tags
    if tags.get("report_run") and tags.get("workspace") and tags.get("recipient", "").isdigit():
        return tags["workspace"], tags["report_run"], int(tags["recipient"])
    if tags.get("purpose") or tags.get("campaign"):
        return None
    return store.find_mail(table, event.message_id)


def _instant(raw: Mapping[str, Any], kind: str, mail: Mapping[str, Any]) -> datetime:
    told = raw.get(kind)
    text = (told.get("timestamp") if isinstance(told, dict) else None) or mail.get("timestamp")
    try:
        return clocks.from_text(str(text))
    except ValueError:
        return clocks.SystemClock().now()
