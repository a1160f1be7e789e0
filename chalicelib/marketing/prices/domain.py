"""The price table: what each unit of the services costs that a campaign uses."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a unit each, in one currency: of a message and of a gigabyte of messages (SES), of a write and a read unit (DynamoDB
    on demand), of a gigabyte-second and a call (Lambda), of a request (SQS). They begin as the public ones of eu-west-1 in
    November 2026, without free tiers; a workspace may have others (another region, a discount, its own margin).
    """

    workspace_id: str
    currency: str = "USD"
    mail: Decimal = Decimal("0.0001")
    mail_data_gb: Decimal = Decimal("0.12")
    table_write: Decimal = Decimal("0.000000705")
    table_read: Decimal = Decimal("0.000000141")
    function_gb_second: Decimal = Decimal("0.0000166667")
    function_request: Decimal = Decimal("0.0000002")
    queue_request: Decimal = Decimal("0.0000004")
    version: int = 0
    updated_at: datetime | None = None
    changed_by: str = ""


NAMES = (
    "mail",
    "mail_data_gb",
    "table_write",
    "table_read",
    "function_gb_second",
    "function_request",
    "queue_request",
)
"""The prices in the order in which they are shown."""
