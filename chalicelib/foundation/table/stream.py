"""What the table's stream says: one change of one item, as records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.foundation.table.record import Record, kind_of, record_in


@dataclass(frozen=True, slots=True)
class Change:
    """One item before and after a write. ``id`` is the stream's event id: the same when the change is delivered again."""

    id: str
    name: Literal["INSERT", "MODIFY", "REMOVE"]
    old: Record | None
    new: Record | None
    expired: bool = False

    @property
    def record(self) -> Record:
        """The newest image there is."""
        record = self.new or self.old
        assert record is not None
        return record

    @property
    def kind(self) -> str:
        """The kind of the item."""
        return kind_of(self.record)

    def changed(self, *names: str) -> bool:
        """Whether any of these attributes differs between before and after (an insert changes all that it has)."""
        return any(getattr(self.old, name, None) != getattr(self.new, name, None) for name in names)


def change_of(record: Mapping[str, Any]) -> Change | None:
    """The change in one record of a Lambda stream event, or None when no imported kind knows the item."""
    data = record["dynamodb"]
    new = record_in(data["NewImage"]) if data.get("NewImage") else None
    old = record_in(data["OldImage"]) if data.get("OldImage") else None
    if new is None and old is None:
        return None
    expired = record.get("userIdentity", {}).get("principalId") == "dynamodb.amazonaws.com"
    return Change(record["eventID"], record["eventName"], old, new, expired)
