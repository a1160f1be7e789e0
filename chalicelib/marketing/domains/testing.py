"""The self-test: three mails to the provider's simulator, and what came back of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.domains import service
from chalicelib.marketing.domains.domain import SIMULATOR, SelfTest, SendingDomain
from chalicelib.marketing.messages import service as messages
from chalicelib.marketing.messages.service import Sender
from chalicelib.marketing.messages.writing import Text

Kind = Literal["success", "bounce", "complaint"]
EXPECTED: dict[str, str] = {"success": "delivered", "bounce": "bounced", "complaint": "complained"}
"""Mailbox of the simulator → the state in which its message ends when events arrive as they should."""
_TEXT = Text(
    "Clientela self-test", "text", "This message tests that deliveries, bounces and complaints are reported back."
)


@dataclass(frozen=True, slots=True)
class Result:
    """One message of the test: what became of it, and what should."""

    kind: str
    to: str
    state: str
    expected: str
    at: datetime | None


def start(*, runtime: Runtime, workspace_id: str, domain_id: str, by: str) -> SendingDomain:
    """Send the three. Each has a label of its own (``bounce+…@``), so that an address which bounced before does not stand in the
    way of the next test. `InvalidError` names ``domain`` while it is not verified.
    """
    domain = service.get_domain(table=runtime.table, workspace_id=workspace_id, domain_id=domain_id)
    if not domain.verified:
        raise InvalidError("This domain is not verified yet.", field="domain", code="domain_unverified")
    now = runtime.clock.now()
    sent: list[tuple[str, str]] = []
    for kind in EXPECTED:
        message_id = derived_id(now, "self-test", domain.id, kind)
        messages.order(
            runtime=runtime,
            workspace_id=workspace_id,
            message_id=message_id,
            to=f"{kind}+{message_id.lower()}@{SIMULATOR}",
            text=_TEXT,
            sender=Sender(email=f"{domain.messages_from or 'selftest'}@{domain.domain}"),
            source="self-test",
            ordered_by=by,
        )
        sent.append((kind, message_id))
    tested = replace(domain, self_test=SelfTest(now, tuple(sent)), updated_at=now, changed_by=by)
    return service.self_tested(table=runtime.table, domain=tested)


def results(*, runtime: Runtime, domain: SendingDomain) -> list[Result]:
    """What has come back so far."""
    found: list[Result] = []
    for kind, message_id in domain.self_test.messages if domain.self_test else ():
        try:
            message = messages.get_message(table=runtime.table, workspace_id=domain.workspace_id, message_id=message_id)
        except NotFoundError:
            continue  # the log forgets after 90 days
        at = message.complained_at or message.bounced_at or message.delivered_at or message.sent_at
        found.append(Result(kind, message.to, message.shown_state, EXPECTED[kind], at))
    return found
