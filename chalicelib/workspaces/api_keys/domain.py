"""What an API key is. The key itself is shown once and kept only as its SHA-256: 256 random bits need no slow hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

PREFIX = "ck_live_"
SHOWN = len(PREFIX) + 4  # characters of a key that stay visible, so that people can tell theirs apart


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. ``prefix`` is its visible beginning; ``scopes`` are permissions."""

    workspace_id: str
    id: str
    name: str
    prefix: str
    digest: str
    scopes: frozenset[str]
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    version: int = 1

    def valid_at(self, now: datetime) -> bool:
        """Whether the key still opens anything."""
        return self.expires_at is None or now < self.expires_at


def make() -> str:
    """A new key: ``ck_live_`` and 32 random bytes."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """The SHA-256 under which a key is kept and found."""
    return hashlib.sha256(key.encode()).hexdigest()
