"""What sending costs: units of each service that a recipient takes, times the prices of the workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.marketing.prices.domain import Prices

LEDGER_WRITES = Decimal("5.3")
"""Write units of one recipient from plan to mark: row 2, claim 1, mark 2, and the part of what all share (docs/sending.md)."""
DERIVED_WRITES = Decimal("13.8")
"""Write units of what follows: delivery 2; that each of four changes of the row is counted once 2 (decision 4), its count a part of one;
the timeline's "sent" and "delivered" 1 each, the profile 1.
"""
READS_PER_RECIPIENT = Decimal("6.2")
"""Read units from plan to delivery: member, contact twice, row, suppression; what projections look at. The tests of access patterns
measure all three and hold them to it.
"""
GB_SECONDS_PER_RECIPIENT = Decimal("0.06")
"""Functions of planning, sending, events and projections, in gigabytes times seconds."""
CALLS_PER_RECIPIENT = Decimal("0.1")
"""Calls of functions: each takes batches."""
REQUESTS_PER_RECIPIENT = Decimal(3)
"""Requests to queues: the provider's events are put, taken and deleted."""
_GIGABYTE = Decimal(2**30)
_SHOWN = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class CostPart:
    """A part of a cost: so many units of something."""

    name: str
    units: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """What sending will cost, by the workspace's price table."""

    amount: Decimal
    currency: str
    breakdown: Sequence[CostPart]


def cost(recipients: int, size: int, prices: Prices) -> Cost:
    """The cost of so many messages of ``size`` bytes. Opens and clicks are not in it: each takes about 8 write units more."""
    count = Decimal(recipients)
    parts = [
        _part("mail", count, prices.mail),
        _part("data", count * size / _GIGABYTE, prices.mail_data_gb),
        _part("writes", count * (LEDGER_WRITES + DERIVED_WRITES), prices.table_write),
        _part("reads", count * READS_PER_RECIPIENT, prices.table_read),
        _part("compute", count * GB_SECONDS_PER_RECIPIENT, prices.function_gb_second),
        _part("calls", count * CALLS_PER_RECIPIENT, prices.function_request),
        _part("queues", count * REQUESTS_PER_RECIPIENT, prices.queue_request),
    ]
    return Cost(sum((part.amount for part in parts), Decimal(0)), prices.currency, tuple(parts))


def _part(name: str, units: Decimal, price: Decimal) -> CostPart:
    return CostPart(name, units.quantize(_SHOWN), (units * price).quantize(_SHOWN))
