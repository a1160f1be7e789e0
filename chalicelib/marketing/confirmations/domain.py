"""A consent that waits to be confirmed by the owner of the address."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.customers.consent.domain import ConsentGiven

VALID = timedelta(days=7)
"""How long a confirmation can be given."""
KEPT = timedelta(days=30)
"""How long it is listed."""
ONCE = timedelta(hours=24)
"""An address gets at most one confirmation mail in so long, whatever form was posted how often: nobody is mailed by strangers."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody ticked in a form, waiting. ``given`` are the exact words they saw; ``mailed_at`` when the mail was ordered last
    (None: not yet, or never: ``reason`` says why not).
    """

    workspace_id: str
    id: str
    form_key: str
    contact_id: str
    email: str
    given: tuple[ConsentGiven, ...]
    language: str
    source_ip: str
    created_at: datetime
    mailed_at: datetime | None = None
    confirmed_at: datetime | None = None
    reason: str = ""

    def state(self, now: datetime) -> Literal["pending", "confirmed", "expired"]:
        """Where it stands."""
        if self.confirmed_at is not None:
            return "confirmed"
        return "pending" if now < self.created_at + VALID else "expired"
