"""``Idempotency-Key``: a POST repeated with the same key and body is answered as the first time, and done once.

The key's row is claimed with a conditional write before the view runs and holds the id that the request will create, so even
a request whose function died half-way creates the same thing when it is repeated. The same key with another body is refused.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Create, InstantAttribute, Put, Record, partition

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=35)  # longer than a request can last
_KEY_LIMIT = 255


class IdempotencyRecord(Record, discriminator="idempotency"):
    """One key of one caller: ``W#w#IDEMPOTENCY#digest``."""

    request_digest = UnicodeAttribute()
    creation_id = UnicodeAttribute()
    lease_until = InstantAttribute()
    status = NumberAttribute(null=True)
    headers = JSONAttribute(null=True)
    body = UnicodeAttribute(null=True)


class Idempotency:
    """One request's claim on its key."""

    def __init__(self, runtime: Runtime, record: IdempotencyRecord):
        self._runtime = runtime
        self.record = record

    @property
    def done(self) -> tuple[int, dict[str, str], str] | None:
        """The answer given the first time: status, headers, body."""
        if self.record.status is None:
            return None
        return int(self.record.status), dict(self.record.headers or {}), self.record.body or ""

    def finish(self, status: int, headers: dict[str, str], body: str) -> None:
        """Keep the answer. Server errors and bodies over 300 KB are not kept: the caller may try again at once, and what the
        request creates keeps its id, since it may be there already.
        """
        if status >= 500 or len(body.encode()) > 300_000:
            self.record.lease_until = self._runtime.clock.now()
        else:
            self.record.status, self.record.headers, self.record.body = status, headers, body
        self._runtime.table.write(Put(self.record))


def claim(runtime: Runtime, *, workspace_id: str, caller: str, route: str, key: str, body: bytes) -> Idempotency:
    """Claim the key. `InvalidError` for the same key with another body, `ConflictError` while the first request still runs."""
    if not 1 <= len(key) <= _KEY_LIMIT:
        raise InvalidError(f"A key has 1 to {_KEY_LIMIT} characters.", field="Idempotency-Key")
    now = runtime.clock.now()
    place = hashlib.sha256(json.dumps([caller, route, key]).encode()).hexdigest()
    digest = hashlib.sha256(body).hexdigest()
    record = IdempotencyRecord(
        pk=partition(workspace_id or "-", "IDEMPOTENCY", place),
        sk="IDEMPOTENCY",
        workspace_id=workspace_id or "-",
        created_at=now,
        expires_at=int((now + KEPT).timestamp()),
        request_digest=digest,
        creation_id=runtime.new_id(),
        lease_until=now + LEASE,
    )
    try:
        runtime.table.write(Create(record))
    except ConflictError as conflict:
        first: Any = conflict.current
        if not isinstance(first, IdempotencyRecord):
            raise
        if not first.expired(now) and first.request_digest != digest:
            message = "This key was used with another request."
            raise InvalidError(message, field="Idempotency-Key", code="reused") from conflict
        if first.expired(now):
            runtime.table.put(record, condition=IdempotencyRecord.created_at == first.created_at)
        elif first.status is not None:
            return Idempotency(runtime, first)
        elif first.lease_until > now:
            raise ConflictError("The first request with this key is still running.") from conflict
        else:  # its function died; go on with the id it had
            record.creation_id = first.creation_id
            runtime.table.put(record, condition=IdempotencyRecord.lease_until == first.lease_until)
    return Idempotency(runtime, record)
