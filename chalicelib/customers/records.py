"""What several features of customers need for their items."""

import json
from typing import Any

from pynamodb.attributes import JSONAttribute

_decode = json.JSONDecoder().decode  # one for all: json.loads with options makes a new one each time
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class CompactAttribute(JSONAttribute):
    """Nested data as JSON without spaces or escapes: a contact is to fit into the one kilobyte that a write unit pays for."""

    def deserialize(self, value: str) -> Any:
        """The data in a text."""
        return _decode(value)

    def serialize(self, value: Any) -> str | None:
        """The data as text."""
        return None if value is None else _encode(value)


CUSTOM = CompactAttribute(null=True, attr_name="custom")
"""The values of custom fields, as an attribute of any item that has some: for changing them without knowing its record."""
