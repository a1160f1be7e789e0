"""The policy of approval, and what it asks of a quote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from chalicelib.sales.money import amount_text, plain_text
from chalicelib.sales.totals import Line, largest_discount, totals

Approver = Literal["admin", "owner"]
Reason = Literal["amount", "currency", "discount"]


@dataclass(frozen=True, slots=True)
class Need:
    """Why a quote has to be approved: its total is above the ``limit`` (``1000.00 EUR``), there are limits but none in its
    currency, or a line's discount is above the ``limit`` (percent).
    """

    reason: Reason
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """``limits`` are the largest totals, by currency, that nobody has to look at; ``discount_above`` the largest discount
    percent of a line. ``role`` is who approves: an admin (or an owner), or only an owner.
    """

    workspace_id: str
    enabled: bool = False
    limits: Mapping[str, Decimal] = field(default_factory=dict)
    discount_above: Decimal | None = None
    role: Approver = "admin"
    version: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def needs(self, lines: Iterable[Line], currency: str) -> tuple[Need, ...]:
        """Why a quote of these lines has to be approved; nothing when it has not."""
        if not self.enabled:
            return ()
        lines, found = tuple(lines), []
        limit = self.limits.get(currency)
        if limit is not None and totals(lines, currency).total > limit:
            found.append(Need("amount", f"{amount_text(limit, currency)} {currency}"))
        elif limit is None and self.limits:
            found.append(Need("currency", currency))
        if self.discount_above is not None and largest_discount(lines) > self.discount_above:
            found.append(Need("discount", plain_text(self.discount_above)))
        return tuple(found)


def may_decide(*, role: str, asked: str, own: bool) -> bool:
    """Whether a member of this role may approve or reject what asks for the role ``asked``; their own submission only as an
    owner. A key of the API has no role, and decides nothing.
    """
    if role == "owner":
        return True
    return role == "admin" and asked == "admin" and not own
