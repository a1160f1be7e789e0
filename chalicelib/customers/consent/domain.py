"""What a person said yes or no to, with its proof; and the addresses that must not be mailed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.customers.contacts.domain import ConsentState

MARKETING_EMAIL = "marketing_email"
PURPOSE_LENGTH = 60
TEXT_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """A yes to one purpose: the exact wording that was shown, and its version."""

    purpose: str
    text: str
    text_version: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A row of the append-only ledger: who said what to which words, when, from where. ``source`` is ``form:<key>``,
    ``member`` or ``link:…``; ``channel`` is what it was said of, where it is not all of the purpose's; ``actor`` is who wrote it
    down; ``id`` is made once.
    """

    id: str
    workspace_id: str
    contact_id: str
    purpose: str
    state: ConsentState
    at: datetime
    source: str
    text: str = ""
    text_version: str = ""
    source_ip: str = ""
    actor: str = ""
    channel: str = ""


class SuppressionReason(StrEnum):
    """Why an address must not be mailed."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    MANUAL = "manual"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that must not be mailed, known only by its keyed digest."""

    reason: SuppressionReason
    at: datetime
    source: str = ""
