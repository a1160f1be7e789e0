"""What a conversion is asked for, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.customers.contacts.domain import LIFECYCLE_STAGES, Contact
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.mailboxes import is_free


@dataclass(frozen=True, slots=True)
class CompanyChoice:
    """The company the contact belongs to: one that is there (``id``) or a new one (``name``). A new one has the ``domain``; without one,
    that of the contact's address, unless anybody can have such an address; and when a company has that already, it is that one.
    """

    id: str = ""
    name: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class ConversionOrder:
    """What a lead shall become. ``deal`` are the values of a new deal (`chalicelib.sales.deals.service.create_operations`)."""

    company: CompanyChoice | None = None
    deal: Mapping[str, Any] | None = None
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """The lead as it is kept, and what has come of it."""

    lead: Lead
    contact_id: str
    company_id: str
    deal_id: str


def domain_of(contact: Contact) -> str:
    """The domain of where the contact works, by its address; empty when it says nothing."""
    domain = contact.email.partition("@")[2].lower()
    return "" if not domain or is_free(domain) else domain


def stage_after(contact: Contact) -> str:
    """Where a contact stands in its life once there is a deal: past becoming aware of us, never back."""
    return contact.lifecycle_stage if contact.lifecycle_stage != LIFECYCLE_STAGES[0] else LIFECYCLE_STAGES[1]
