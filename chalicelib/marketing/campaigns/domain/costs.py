"""What sending costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Cost:
    """What sending will cost, in US dollars as AWS bills it (public prices of eu-west-1, November 2026, without free tiers)."""

    amount: Decimal
    currency: str
    breakdown: Sequence[tuple[str, Decimal]]


_MAIL = Decimal("0.0001")  # SES, one message
_GIGABYTE = Decimal("0.12")  # SES, attachments and body beyond
_WRITE = Decimal("0.000000705")  # DynamoDB on demand, one write unit
_READ = Decimal("0.000000141")  # DynamoDB on demand, one read unit
_LAMBDA = Decimal("0.0000166667")  # one GB-second
_REQUEST = Decimal("0.0000004")  # SQS, one request
WRITES_PER_RECIPIENT = 14
"""Write units of one recipient from plan to delivery: row 2, claim 1, mark 2, delivery 2, counts and timeline 7."""
READS_PER_RECIPIENT = 8


def cost(recipients: int, size: int) -> Cost:
    """The cost of so many messages of ``size`` bytes. Opens and clicks are not in it: each takes about 8 write units more."""
    count = Decimal(recipients)
    parts = (
        ("mail", count * _MAIL),
        ("data", count * Decimal(size) / Decimal(2**30) * _GIGABYTE),
        ("ledger", count * (WRITES_PER_RECIPIENT * _WRITE + READS_PER_RECIPIENT * _READ)),
        ("functions", count * (_LAMBDA * Decimal("0.06") + _REQUEST)),
    )
    cents = Decimal("0.0001")
    breakdown = tuple((name, amount.quantize(cents)) for name, amount in parts)
    return Cost(sum((amount for _, amount in breakdown), Decimal(0)), "USD", breakdown)
