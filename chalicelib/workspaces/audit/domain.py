"""One line of the audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """``actor`` is an `Actor.reference` (``member:…``, ``api_key:…``, ``system``), ``action`` says what happened to what
    (``member.changed``); ``before`` and ``after`` hold only what differs, and never a secret.
    """

    id: str
    at: datetime
    actor: str
    action: str
    subject_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
