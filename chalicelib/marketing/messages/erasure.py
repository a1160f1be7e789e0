"""What single mails keep of a person, shown and erased."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.messages import store
from chalicelib.marketing.messages.domain import Message
from chalicelib.marketing.messages.service import digest_of

_TIMES = ("created_at", "sent_at", "delivered_at", "bounced_at", "complained_at")


class _Messages:
    """A row stays until it expires, so that the numbers add up: without address, subject and content."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The mails that were sent to the person's addresses."""
        shown: list[Mapping[str, Any]] = []
        for _, each in _sent(runtime, workspace_id, addresses):
            times = {name: to_text(at) for name in _TIMES if (at := getattr(each, name)) is not None}
            shown.append({"to": each.to, "subject": each.subject, "state": each.shown_state, **times})
        return shown

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Take out whom it went to and what it said. One that still waits is not sent."""
        count = 0
        for digest, each in _sent(runtime, workspace_id, addresses):
            idempotency.forget(table=runtime.table, workspace_id=workspace_id, subject_ids=[each.id])
            runtime.files.delete([each.key])
            try:
                store.forget(runtime.table, each, digest, runtime.clock.now())
            except ConflictError:
                continue  # it is being sent this moment; the erasure runs again
            count += 1
        return count


def _sent(runtime: Runtime, workspace_id: str, addresses: frozenset[str]) -> Iterator[tuple[str, Message]]:
    for address in sorted(each for each in addresses if "@" in each):
        digest = digest_of(runtime.signer, address)
        for message in list(store.addressed(runtime.table, workspace_id, digest)):
            yield digest, message


ERASURE: PersonalData = _Messages()
