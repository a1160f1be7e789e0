"""The envelope around every message on our queues."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Envelope:
    """One fact or order. ``id`` is the same when the same thing is published again, so consumers can tell; ``cause`` is the
    id of what led to it (a stream event, a request, a schedule); ``version`` is the version of ``type``'s schema.
    """

    id: str
    type: str
    workspace_id: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    cause: str = ""

    def to_json(self) -> str:
        """The message's body."""
        return json.dumps(
            {
                "id": self.id,
                "type": self.type,
                "version": self.version,
                "workspace_id": self.workspace_id,
                "cause": self.cause,
                "at": clock.to_text(self.at),
                "data": self.data,
            },
            separators=(",", ":"),
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "Envelope":
        """The envelope in a message's body; `InvalidError` when it is none."""
        try:
            raw = json.loads(text)
            return cls(
                id=str(raw["id"]),
                type=str(raw["type"]),
                version=int(raw["version"]),
                workspace_id=str(raw["workspace_id"]),
                cause=str(raw.get("cause", "")),
                at=clock.from_text(raw["at"]),
                data=dict(raw["data"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidError("The message is not one of our envelopes.") from error
