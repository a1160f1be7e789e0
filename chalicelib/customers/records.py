"""What several features of customers need for their items."""

import json
from typing import Any

from pynamodb.attributes import JSONAttribute


class CompactAttribute(JSONAttribute):
    """Nested data as JSON without spaces or escapes: a contact is to fit into the one kilobyte that a write unit pays for."""

    def serialize(self, value: Any) -> str | None:
        """The data as text."""
        return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
