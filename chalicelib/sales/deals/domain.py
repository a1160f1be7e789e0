"""What a deal is: a possible sale, somewhere on its way through a pipeline."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class DealStatus(StrEnum):
    """Whether the deal is still on its way, or how it ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Deal:
    """A possible sale. ``amount`` is exact, in ``currency`` (ISO 4217); ``expected_close`` is a day without a zone;
    ``shard`` is the partition of the pipeline's list it stands in.
    """

    workspace_id: str
    id: str
    pipeline_id: str
    stage_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shard: int = 0
    amount: Decimal = Decimal(0)
    currency: str = ""
    contact_id: str = ""
    company_id: str = ""
    owner_id: str = ""
    expected_close: date | None = None
    status: DealStatus = DealStatus.OPEN
    changed_by: str = ""

    @property
    def amount_text(self) -> str:
        """The amount in digits, two decimals at least: DynamoDB does not keep the zeros at the end."""
        exponent = self.amount.normalize().as_tuple().exponent
        cents = Decimal("0.01")
        return format(self.amount.quantize(cents) if int(exponent) > -2 else self.amount.normalize(), "f")

    @property
    def rank(self) -> str:
        """Where the deal stands among those of its stage."""
        return self.id
