"""What a product is: something that can be put into a line."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """Something that is sold. ``code`` (in any case) belongs to one product of the workspace; one that is not ``active`` is kept
    for what refers to it and not offered any more.
    """

    workspace_id: str
    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    code: str = ""
    description: str = ""
    unit_price: Decimal = Decimal(0)
    currency: str = ""
    tax_percent: Decimal = Decimal(0)
    active: bool = True
    changed_by: str = ""
