"""What a person said yes or no to, with its proof; and the addresses that must not be mailed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.customers.contacts.domain import ConsentState

MARKETING_EMAIL = "marketing_email"
PURPOSE_LENGTH = 60
PURPOSES_LIMIT = 50
CHANNELS = ("email", "phone", "sms", "whatsapp", "post", "web")
"""Ways of reaching a person that somebody may say yes or no to."""
TEXT_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class Purpose:
    """What somebody may be asked to agree to, in the languages of the interface, and the ways it may reach them."""

    id: str
    name: Mapping[str, str]
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purposes:
    """A workspace's purposes in their order; version 0 while they are the ones everybody begins with."""

    items: tuple[Purpose, ...]
    version: int = 0


DEFAULT_PURPOSES = Purposes(
    (
        Purpose(MARKETING_EMAIL, {"es": "Novedades por correo", "en": "News by e-mail"}, ("email",)),
        Purpose("marketing_calls", {"es": "Llamadas comerciales", "en": "Sales calls"}, ("phone", "whatsapp")),
        Purpose("privacy_policy", {"es": "Política de privacidad", "en": "Privacy policy"}, ()),
    )
)


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """A yes to one purpose: the exact wording that was shown, and its version."""

    purpose: str
    text: str
    text_version: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes or no to one purpose, with the exact wording that was shown and its version."""

    purpose: str
    granted: bool
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


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A row of the suppression list. ``digest`` stands for the address, which is not kept; ``position`` is its place in the list."""

    digest: str
    suppression: Suppression
    actor: str
    position: str
