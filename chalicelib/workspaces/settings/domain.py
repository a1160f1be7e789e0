"""What a workspace is: one company's data, with its language, zone, currency and sender."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.foundation.errors import InvalidError

LANGUAGES = ("es", "en")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The tenant. ``currency`` is an ISO 4217 code, ``time_zone`` an IANA name; ``shards`` says over how many partitions a
    growing list of the workspace is spread (``contacts``, ``leads``, …), ``growing`` over how many it is about to be.
    """

    id: str
    name: str
    language: str
    time_zone: str
    currency: str
    postal_address: str
    sender_name: str
    sender_email: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shards: Mapping[str, int] = field(default_factory=dict)
    growing: Mapping[str, int] = field(default_factory=dict)

    def shards_of(self, collection: str) -> int:
        """Over how many partitions this list is read; one until the workspace has grown."""
        return max(self.shards.get(collection, 1), self.growing.get(collection, 1))

    def new_shards_of(self, collection: str) -> int:
        """Over how many partitions new records of this list are spread: no more than everybody who reads it knows of."""
        return self.shards.get(collection, 1)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone, for arithmetic."""
        return ZoneInfo(self.time_zone)

    @property
    def may_mail(self) -> bool:
        """Whether campaigns may go out: the law wants a sender and a postal address in every one."""
        return bool(self.sender_email and self.postal_address)


def check_time_zone(name: str) -> str:
    """The same name; `InvalidError` when it is no IANA zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidError("This is no IANA time zone.", field="time_zone", code="unknown_zone") from error
    return name
