"""Asking the owner of an address to confirm, and taking their word."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import Answer, ConsentGiven
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import derived_id, is_id, new_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.signing import BadTokenError
from chalicelib.foundation.table import Create, Table
from chalicelib.marketing.confirmations import events, store
from chalicelib.marketing.confirmations.domain import ONCE, Confirmation
from chalicelib.marketing.confirmations.words import MAIL, WORDS, language_of
from chalicelib.marketing.messages import service as messages
from chalicelib.marketing.messages.writing import Text
from chalicelib.workspaces.settings.service import get_workspace

_LINK = "confirmation"


def waiting(
    *,
    workspace_id: str,
    form_key: str,
    contact_id: str,
    email: str,
    given: Sequence[ConsentGiven],
    language: str,
    source_ip: str,
    now: datetime,
) -> Create:
    """What writes down, in the form's own transaction, that these consents wait. The mail follows from the row."""
    return store.creation(
        Confirmation(workspace_id, new_id(now), form_key, contact_id, email, tuple(given), language, source_ip, now)
    )


def ask(*, runtime: Runtime, workspace_id: str, confirmation_id: str) -> None:
    """Mail the owner, unless the address was asked in the last 24 hours. Repeated, it is the same mail."""
    table, now = runtime.table, runtime.clock.now()
    found = store.read(table, workspace_id, confirmation_id)
    if found is None or found.state(now) != "pending":
        return
    digest = messages.digest_of(runtime.signer, found.email)
    turn = store.take_turn(table, workspace_id, digest, found.id, now)
    if turn is None:
        if found.mailed_at is None:
            store.mailed(table, found, now, reason="asked_lately")
        return
    language = language_of(found.language)
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    words = {key: text.format(workspace=workspace.name) for key, text in WORDS[language].items()}
    link = f"{runtime.public_url}/f/{found.form_key}/confirm?t={token_of(runtime, found)}"
    try:
        messages.order(
            runtime=runtime,
            workspace_id=workspace_id,
            message_id=derived_id(turn, "confirmation", found.id),
            to=found.email,
            text=Text("{{ data.subject }}", "html", MAIL, language=language),
            data={
                "subject": words["subject"],
                "hello": words["hello"],
                "given": [each.text for each in found.given],
                "link": link,
                "button": words["button"],
                "ignore": words["ignore"],
            },
            source=f"form:{found.form_key}",
            ordered_by="system:forms",
        )
    except InvalidError as error:  # suppressed, or no sender: people see why in the list
        code = error.fields[0].code if error.fields else "refused"
        store.mailed(table, found, now, reason=code)
        return
    store.mailed(table, found, now)


def again(*, runtime: Runtime, workspace_id: str, form_key: str, confirmation_id: str) -> Confirmation:
    """Ask once more. `InvalidError` names ``id`` when that is over, or the address was asked less than 24 hours ago."""
    found = store.read(runtime.table, workspace_id, confirmation_id) if is_id(confirmation_id) else None
    if found is None or found.form_key != form_key:
        raise NotFoundError("There is no such confirmation.")
    now = runtime.clock.now()
    if found.state(now) != "pending":
        raise InvalidError("This is over.", field="id", code=found.state(now))
    asked = store.asked_at(runtime.table, workspace_id, messages.digest_of(runtime.signer, found.email))
    if asked is not None and asked + ONCE > now:
        message = "This address was asked less than 24 hours ago."
        raise InvalidError(message, fields=[FieldError("id", message, "too_soon")])
    runtime.queues.publish("messages", [events.ask(workspace_id, confirmation_id, now)])
    return found


def list_confirmations(
    *, table: Table, workspace_id: str, form_key: str, before: str = "", limit: int = 50
) -> list[Confirmation]:
    """A form's newest ones, in whatever state."""
    return store.recent(table, workspace_id, form_key, before=before, limit=limit)


def token_of(runtime: Runtime, confirmation: Confirmation) -> str:
    """What stands in the mail's link."""
    return runtime.signer.sign(_LINK, f"{confirmation.workspace_id}:{confirmation.id}".encode())


def look(*, runtime: Runtime, form_key: str, token: str) -> Confirmation:
    """What a link asks to confirm; changes nothing. `NotFoundError` for one that is not ours or is over."""
    try:
        workspace_id, _, confirmation_id = runtime.signer.open(_LINK, token).decode().partition(":")
    except (BadTokenError, ValueError) as error:
        raise NotFoundError("There is no such confirmation.") from error
    found = store.read(runtime.table, workspace_id, confirmation_id)
    if found is None or found.form_key != form_key or found.state(runtime.clock.now()) == "expired":
        raise NotFoundError("There is no such confirmation.")
    return found


def confirm(*, runtime: Runtime, form_key: str, token: str, source_ip: str) -> Confirmation:
    """The owner says yes: now the consents are granted, with the words of the form. Said again, it changes nothing."""
    found = look(runtime=runtime, form_key=form_key, token=token)
    now = runtime.clock.now()
    if found.state(now) == "confirmed":
        return found
    contact = contacts.get_contact(
        table=runtime.table,
        workspace_id=found.workspace_id,
        contact_id=found.contact_id,
        consistent=True,
        follow=True,
    )
    answers = [Answer(each.purpose, True, each.text, f"{each.text_version}/confirmed") for each in found.given]
    consent.answer(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=found.workspace_id,
        contact_id=contact.id,
        answers=answers,
        source=f"form:{found.form_key}",
        source_ip=source_ip,
        actor="public",
    )
    store.confirmed(runtime.table, found, now)
    return found
