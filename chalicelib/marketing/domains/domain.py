"""What a sending domain is: the records that prove it, what DNS says of them, and when its warm-up began."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.sending_identities import RecordType

DOMAINS_LIMIT = 20
SEEDS_LIMIT = 20
SIMULATOR = "simulator.amazonses.com"
"""SES's own mailboxes, which deliver, bounce and complain to order and touch no reputation."""
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")

Purpose = Literal["dkim", "mail_from", "spf", "dmarc"]


class RecordState(StrEnum):
    """What DNS says of a record."""

    OK = "ok"
    MISSING = "missing"
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # not asked yet, or nobody answered


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record to be entered, and what was found in its place."""

    purpose: Purpose
    type: RecordType
    name: str
    value: str
    state: RecordState = RecordState.UNKNOWN
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The last self-test: which message went to which mailbox of the simulator."""

    started_at: datetime
    messages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SendingDomain:
    """A domain of the workspace. ``verified`` is what SES says, and what counts for sending; ``records`` are what DNS said when it
    was last asked. ``messages_from`` is the part before the @ that single mails come from, where they have a sender of their own.
    """

    workspace_id: str
    id: str
    domain: str
    verified: bool
    records: tuple[DnsRecord, ...]
    created_at: datetime
    updated_at: datetime
    checked_at: datetime | None = None
    warm_up_started_on: date | None = None
    messages_from: str = ""
    self_test: SelfTest | None = None
    changed_by: str = ""
    version: int = 1

    @property
    def state(self) -> Literal["pending", "verified"]:
        """Whether mail may be sent from it."""
        return "verified" if self.verified else "pending"


def clean_domain(text: str) -> str:
    """A domain as it is kept; `InvalidError` names ``domain``."""
    name = text.strip().lower().rstrip(".")
    try:
        name = name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError as error:
        raise InvalidError("This is no domain.", field="domain", code="domain") from error
    if not _DOMAIN.fullmatch(name):
        raise InvalidError("This is no domain.", field="domain", code="domain")
    return name


def mail_from_of(domain: str) -> str:
    """The subdomain that bounces go to."""
    return f"bounce.{domain}"


def records_of(domain: str, tokens: Sequence[str], region: str) -> tuple[DnsRecord, ...]:
    """What has to be entered in the domain's DNS (https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html)."""
    mail_from = mail_from_of(domain)
    return (
        *(
            DnsRecord("dkim", "CNAME", f"{token}._domainkey.{domain}", f"{token}.dkim.amazonses.com")
            for token in tokens
        ),
        DnsRecord("mail_from", "MX", mail_from, f"10 feedback-smtp.{region}.amazonses.com"),
        DnsRecord("spf", "TXT", mail_from, "v=spf1 include:amazonses.com ~all"),
        DnsRecord("dmarc", "TXT", f"_dmarc.{domain}", "v=DMARC1; p=none;"),
    )


def judged(record: DnsRecord, found: Sequence[str]) -> RecordState:
    """Whether what DNS has there does what the record is for. A stricter DMARC policy, or an SPF with more senders, is as good."""
    values = [each.strip().lower() for each in found]
    if record.purpose == "dmarc":
        right, relevant = [each for each in values if each.startswith("v=dmarc1") and "p=" in each], values
    elif record.purpose == "spf":
        relevant = [each for each in values if each.startswith("v=spf1")]
        right = [each for each in relevant if "include:amazonses.com" in each]
        if len(relevant) > 1:
            return RecordState.DIFFERENT  # two SPF records are an error to every receiver (RFC 7208, 4.5)
    else:
        relevant = values
        right = [each for each in values if each == record.value.lower()]
    if right:
        return RecordState.OK
    return RecordState.DIFFERENT if relevant else RecordState.MISSING
