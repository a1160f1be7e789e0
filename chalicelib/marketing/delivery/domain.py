"""What the mail provider reports of a message.

SES says it in two shapes: the notifications of an identity (``notificationType``) and the events of a configuration set
(``eventType``, with our tags): https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from chalicelib.foundation.clock import from_text
from chalicelib.foundation.errors import InvalidError


class Kind(StrEnum):
    """What happened."""

    SENT = "sent"  # taken by the provider; it says so for addresses on its own suppression list, too
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    SOFT_BOUNCED = "soft_bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"
    DELAYED = "delayed"


class BounceClass(StrEnum):
    """Why a message came back, as far as a person can do something about it."""

    HARD = "hard"  # there is no such mailbox (or it refused for good): suppressed at once
    BLOCK = "block"  # the other side does not want mail of ours: reputation, lists, policy
    MAILBOX_FULL = "mailbox_full"
    CONTENT = "content"  # too big, an attachment, what it says
    SOFT = "soft"  # for the time being
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """One event of one message. ``id`` is the same when the event comes again; ``tags`` are ours, empty where the shape has none;
    ``recipients`` are the addresses it speaks of.
    """

    id: str
    kind: Kind
    at: datetime
    sent_at: datetime
    message_id: str
    tags: Mapping[str, str]
    recipients: tuple[str, ...]
    detail: str = ""
    bounce: BounceClass | None = None


_KINDS = {
    "send": Kind.SENT,
    "delivery": Kind.DELIVERED,
    "bounce": Kind.BOUNCED,
    "complaint": Kind.COMPLAINED,
    "reject": Kind.REJECTED,
    "deliverydelay": Kind.DELAYED,
}
_SUBTYPES = {
    "mailboxfull": BounceClass.MAILBOX_FULL,
    "messagetoolarge": BounceClass.CONTENT,
    "contentrejected": BounceClass.CONTENT,
    "attachmentrejected": BounceClass.CONTENT,
    "noemail": BounceClass.HARD,
    "suppressed": BounceClass.HARD,
    "onaccountsuppressionlist": BounceClass.HARD,
}
_STATUSES = (
    (r"\b[45]\.2\.2\b|quota|mailbox (is )?full|over.?quota", BounceClass.MAILBOX_FULL),
    (r"\b[45]\.3\.4\b|\b[45]\.6\.\d|too large|message size", BounceClass.CONTENT),
    (r"\b[45]\.7\.\d|block|blacklist|spamhaus|barracudacentral|reputation|dmarc|policy|denied|spam", BounceClass.BLOCK),
)
"""What a diagnostic says (RFC 3463's enhanced codes, and words), where SES's own subtype is the general one."""


def report_in(body: str) -> Report | None:
    """The report in a queue message (SNS's envelope around it or not); None for what does not concern us (opens, the
    subscription's own messages). `InvalidError` for what is no event at all.
    """
    try:
        raw = json.loads(body)
        if isinstance(raw, dict) and isinstance(raw.get("Message"), str) and "notificationType" not in raw:
            raw = json.loads(raw["Message"]) if raw.get("Type", "Notification") == "Notification" else {}
        if not isinstance(raw, dict):
            raise InvalidError("The message is no event of the mail provider.")
        name = str(raw.get("eventType") or raw.get("notificationType") or "").lower()
        kind = _KINDS.get(name)
        if kind is None:
            return None
        return _report(kind, name, raw)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidError("The message is no event of the mail provider.") from error


def _report(kind: Kind, name: str, raw: Mapping[str, Any]) -> Report:
    mail = raw["mail"]
    detail = raw.get("deliveryDelay" if kind is Kind.DELAYED else name) or {}
    sent_at = from_text(mail["timestamp"])
    at = from_text(detail["timestamp"]) if detail.get("timestamp") else sent_at
    recipients = mail.get("destination") or []
    note, bounce = "", None
    if kind is Kind.DELIVERED:
        recipients = detail.get("recipients") or recipients
    elif kind is Kind.BOUNCED:
        recipients = [each["emailAddress"] for each in detail.get("bouncedRecipients") or []] or recipients
        note = f"{detail.get('bounceType', '')}/{detail.get('bounceSubType', '')}".lower()
        if str(detail.get("bounceType")) != "Permanent":
            kind = Kind.SOFT_BOUNCED  # transient or undetermined: the mailbox may take the next one
        bounce = _class_of(detail)
    elif kind is Kind.COMPLAINED:
        recipients = [each["emailAddress"] for each in detail.get("complainedRecipients") or []] or recipients
        note = str(detail.get("complaintFeedbackType") or "")
        if str(detail.get("complaintSubType") or "") == "OnAccountSuppressionList":
            note = "on_account_suppression_list"
    elif kind is Kind.DELAYED:
        recipients = [each["emailAddress"] for each in detail.get("delayedRecipients") or []] or recipients
        note = str(detail.get("delayType") or "").lower()
    elif kind is Kind.REJECTED:
        note = str(detail.get("reason") or "rejected")
    tags = {
        key: str(values[0]) for key, values in (mail.get("tags") or {}).items() if isinstance(values, list) and values
    }
    message_id = str(mail["messageId"])
    own = str(detail.get("feedbackId") or "")
    digest = hashlib.sha256(f"{message_id}|{kind.value}|{at.isoformat()}".encode()).hexdigest()[:32]
    addresses = tuple(_bare(str(address)) for address in recipients)
    return Report(own or digest, kind, at, sent_at, message_id, tags, addresses, note, bounce)


def _class_of(detail: Mapping[str, Any]) -> BounceClass:
    kind, subtype = str(detail.get("bounceType", "")).lower(), str(detail.get("bounceSubType", "")).lower()
    if subtype in _SUBTYPES:
        return _SUBTYPES[subtype]
    said = " ".join(
        f"{each.get('status', '')} {each.get('diagnosticCode', '')}" for each in detail.get("bouncedRecipients") or []
    ).lower()[:2000]
    for pattern, found in _STATUSES:
        if re.search(pattern, said):
            return found
    return {"permanent": BounceClass.HARD, "transient": BounceClass.SOFT}.get(kind, BounceClass.UNKNOWN)


def _bare(address: str) -> str:
    return address.rpartition("<")[2].rstrip(">").strip() if "<" in address else address.strip()
