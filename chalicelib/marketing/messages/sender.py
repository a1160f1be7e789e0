"""Handing a message over, at most once: claim, send, mark; and what time does to those that others left behind."""

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.mail import MailDeferredError, MailRefusedError, MailUnknownError
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.messages import events, store
from chalicelib.marketing.messages.domain import SEED, TRANSACTIONAL, Message, Reason, State, refusal
from chalicelib.marketing.messages.records import DUE_SHARDS
from chalicelib.marketing.messages.service import mail_of
from chalicelib.marketing.preferences.domain import paused_until


def send(runtime: Runtime, *, workspace_id: str, message_id: str) -> None:
    """Send the message if it waits and nothing speaks against it; anything else is left as it is."""
    table, clock = runtime.table, runtime.clock
    now = clock.now()
    message = store.read(table, workspace_id, message_id)
    if message is None or message.state is not State.PENDING or (message.not_before and message.not_before > now):
        return
    reason = _refusal(runtime, message)
    if reason:
        store.suppress(table, message, now, reason)
        return
    try:
        source, mime = mail_of(runtime.files.get(message.key))
    except FileNotFoundError:
        if store.claim(table, message, now, runtime.new_id()):
            store.failed(table, message, message.attempt + 1, now, Reason.CONTENT_GONE)
        return
    attempt = message.attempt + 1
    if not store.claim(table, message, now, runtime.new_id()):
        return
    tags = {"workspace": workspace_id, "message": message_id, "attempt": str(attempt), "purpose": "message"}
    try:
        # A copy of a campaign goes the campaign's way: it is to show where the campaign arrives.
        mailer = runtime.mailer if message.source.startswith(SEED) else runtime.transactional_mailer
        provider_id = mailer.send(source=source, recipient=message.to, mime=mime, tags=tags)
    except MailDeferredError as error:
        later = store.deferred(table, message, attempt, clock.now(), f"deferred: {error}")
        if later is not None:
            delay = int((later - clock.now()).total_seconds()) + 1
            if delay <= 900:
                runtime.queues.publish("messages", [events.send(workspace_id, message_id, clock.now())], delay=delay)
    except MailRefusedError as error:
        store.failed(table, message, attempt, clock.now(), error.code)
    except MailUnknownError:
        store.unknown(table, message, attempt, clock.now())
    else:
        store.sent(table, message, attempt, clock.now(), clock.now(), provider_id)


def tend(runtime: Runtime, *, limit: int = 100) -> None:
    """See to messages whose time has come: orders that were lost, leases that ended, hours without evidence."""
    table, now = runtime.table, runtime.clock.now()
    for shard in range(DUE_SHARDS):
        for message in store.due(table, shard, now, limit=limit):
            if message.state is State.CLAIMED:
                store.unknown(table, message, message.attempt, now)
            elif message.state is State.UNKNOWN:
                if message.repeated:
                    store.park(table, message, now)
                elif store.again(table, message, now):
                    _order(runtime, message)
            elif message.state is State.PENDING and store.looked_after(table, message, now):
                _order(runtime, message)


def _order(runtime: Runtime, message: Message) -> None:
    runtime.queues.publish("messages", [events.send(message.workspace_id, message.id, runtime.clock.now())])


def _refusal(runtime: Runtime, message: Message) -> str:
    """Why it must not go there after all; empty when nothing speaks against it."""
    if not message.to:
        return Reason.ERASED
    listed = consent.suppressed(
        table=runtime.table, signer=runtime.signer, workspace_id=message.workspace_id, emails=[message.to]
    ).get(message.to)
    reason = refusal(listed.reason if listed else None, message.purpose)
    if reason is not None:
        return f"{Reason.SUPPRESSED}:{reason.value}"
    if message.purpose == TRANSACTIONAL:
        return ""
    contact = contacts.get_contacts(
        table=runtime.table,
        workspace_id=message.workspace_id,
        contact_ids=[message.contact_id],
        consistent=True,
        follow=True,
    ).get(message.contact_id)
    if contact is None or message.purpose not in contact.consents:
        return Reason.CONSENT_MISSING
    if not contact.consented(message.purpose):
        return Reason.CONSENT_WITHDRAWN
    return Reason.PAUSED if paused_until(contact, runtime.clock.now()) else ""
