"""What the queue ``messages``, the provider's events and the minute's tick do with single mails."""

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.delivery.domain import Kind, Report, report_in
from chalicelib.marketing.messages import events, sender, store
from chalicelib.marketing.messages.domain import Message

_TIMES = {Kind.DELIVERED: "delivered_at", Kind.BOUNCED: "bounced_at", Kind.COMPLAINED: "complained_at"}
_SUPPRESSES = {Kind.BOUNCED: SuppressionReason.BOUNCED, Kind.COMPLAINED: SuppressionReason.COMPLAINED}


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """An order to send, or to make copies for the seed list: see `sender.send`, `seeding.seed`."""
    if envelope.type == events.SEEDS:
        from chalicelib.marketing.messages import seeding

        seeding.seed(runtime, workspace_id=envelope.workspace_id, campaign_id=str(envelope.data["campaign_id"]))
        return
    if envelope.type == events.SEND:
        sender.send(runtime, workspace_id=envelope.workspace_id, message_id=str(envelope.data["message_id"]))


def apply_delivery_event(runtime: Runtime, body: str) -> None:
    """One event of the mail provider; those that are not about a single mail are left alone."""
    report = report_in(body)
    message = _message(runtime, report) if report is not None else None
    if report is None or message is None:
        return
    table, now = runtime.table, runtime.clock.now()
    attempt = int(report.tags.get("attempt") or message.attempt)
    if report.kind is Kind.REJECTED:
        store.failed(table, message, attempt, now, f"rejected: {report.detail}")
        return
    store.sent(table, message, attempt, report.sent_at, now, report.message_id)
    if report.kind in _TIMES:
        store.happened(table, message, _TIMES[report.kind], report.at, now)
    if report.kind in _SUPPRESSES:
        for address in report.recipients:
            try:
                consent.suppress(
                    table=table,
                    clock=runtime.clock,
                    signer=runtime.signer,
                    workspace_id=message.workspace_id,
                    email=address,
                    reason=_SUPPRESSES[report.kind],
                    source=f"message:{message.id}",
                    actor="mail-provider",
                )
            except InvalidError:
                continue  # not an address in a form that we could ever mail again


def tick(runtime: Runtime) -> None:
    """Every minute: see `sender.tend`."""
    sender.tend(runtime)


def _message(runtime: Runtime, report: Report) -> Message | None:
    """The message that a report speaks of. One that nobody knows yet, because the report overtook our mark, is tried again by the
    consumer of campaigns' events, which gets every event too.
    """
    tags = report.tags
    if tags.get("message") and tags.get("workspace"):
        return store.read(runtime.table, tags["workspace"], tags["message"])
    if tags.get("campaign") or tags.get("purpose"):
        return None
    return store.by_provider(runtime.table, report.message_id)
