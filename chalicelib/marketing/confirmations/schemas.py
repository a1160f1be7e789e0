"""Confirmations as the API takes and shows them."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema
from chalicelib.marketing.confirmations.domain import Confirmation


class ConfirmQuery(BaseModel):
    """The token in the mail's link; whatever else a mail program adds is not looked at."""

    model_config = ConfigDict(extra="allow")

    t: str = ""


class ResendIn(Schema):
    """Which confirmation to ask for once more."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ConfirmationOut(Schema):
    """A consent that waits for the owner of the address. ``reason`` says why no mail was sent: ``asked_lately`` (the address was
    asked in the last 24 hours), ``suppressed_…``.
    """

    id: str
    email: str
    contact_id: str
    purposes: list[str]
    state: Literal["pending", "confirmed", "expired"]
    created_at: Instant
    mailed_at: Instant | None
    confirmed_at: Instant | None
    reason: str | None

    @classmethod
    def of(cls, found: Confirmation, state: Literal["pending", "confirmed", "expired"]) -> Self:
        """The confirmation as shown."""
        return cls(
            id=found.id,
            email=found.email,
            contact_id=found.contact_id,
            purposes=[each.purpose for each in found.given],
            state=state,
            created_at=found.created_at,
            mailed_at=found.mailed_at,
            confirmed_at=found.confirmed_at,
            reason=found.reason or None,
        )
