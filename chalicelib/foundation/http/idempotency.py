"""``Idempotency-Key``: a POST repeated with the same key and body is answered as the first time, and done once.

The key's row is claimed with a conditional write before the view runs and holds the id that the request will create, so even
a request whose function died half-way creates the same thing when it is repeated. The same key with another body is refused.

A kept answer may say much of a person: it is found (``gsi2``) by the id in the request's path, or else by the id that the
request created, and `forget` takes away what it says (docs/decisions/0008-erasable-records.md).
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Create, InstantAttribute, Put, Record, Table, Update, partition

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=35)  # longer than a request can last
_KEY_LIMIT = 255


class IdempotencyRecord(Record, discriminator="idempotency"):
    """One key of one caller: ``W#w#IDEMPOTENCY#digest``; in ``gsi2``, once answered, by what the request was about."""

    request_digest = UnicodeAttribute()
    creation_id = UnicodeAttribute()
    lease_until = InstantAttribute()
    status = NumberAttribute(null=True)
    headers = JSONAttribute(null=True)
    body = UnicodeAttribute(null=True)


class Idempotency:
    """One request's claim on its key."""

    def __init__(self, runtime: Runtime, record: IdempotencyRecord, subject_id: str):
        self._runtime = runtime
        self._subject_id = subject_id
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
            self.record.gsi2pk = _subject_partition(self.record.workspace_id, self._subject_id)
            self.record.gsi2sk = self.record.pk.rpartition("#")[2]
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
            return Idempotency(runtime, first, "")
        elif first.lease_until > now:
            raise ConflictError("The first request with this key is still running.") from conflict
        else:  # its function died; go on with the id it had
            record.creation_id = first.creation_id
            runtime.table.put(record, condition=IdempotencyRecord.lease_until == first.lease_until)
    return Idempotency(runtime, record, _subject(route) or record.creation_id)


def forget(*, table: Table, workspace_id: str, subject_ids: Iterable[str]) -> int:
    """Take away what kept answers say of these things; how many that were. A repetition of such a request is answered with 404:
    it must not make again what was erased.
    """
    count = 0
    for subject_id in subject_ids:
        rows = table.query_all(IdempotencyRecord, _subject_partition(workspace_id, subject_id), index="gsi2")
        for record in rows:
            if record.body != _GONE:
                actions = [
                    IdempotencyRecord.status.set(404),
                    IdempotencyRecord.headers.set({"Content-Type": "application/problem+json"}),
                    IdempotencyRecord.body.set(_GONE),
                ]
                table.write(Update(record.key, actions))
                count += 1
    return count


def _subject(route: str) -> str:
    """The first id in a request's path: what the request was about."""
    return next((part for part in route.split("/") if is_id(part)), "")


def _subject_partition(workspace_id: str, subject_id: str) -> str:
    return partition(workspace_id, "ANSWERS", subject_id)


_GONE = json.dumps(
    {
        "type": "https://clientela.dev/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "What this request was about has been erased.",
    }
)
