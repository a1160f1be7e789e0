"""Taking in orders for single mails, and telling what became of them."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import MARKETING_EMAIL
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.files import service as kept_files
from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.mail import Attachment
from chalicelib.foundation.projection import MetricRecord
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table, partition
from chalicelib.marketing.domains import service as domains
from chalicelib.marketing.messages import events, store
from chalicelib.marketing.messages.domain import ATTACHED_LIMIT, TRANSACTIONAL, Message, refusal
from chalicelib.marketing.messages.writing import Sheet, Text, Value, check_data, write
from chalicelib.marketing.templates import service as templates
from chalicelib.marketing.tracking.domain import Copy, token_of
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

REPUTATION_DAYS = 30


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom it goes; what is empty is the workspace's."""

    name: str = ""
    email: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to go with it: its content, or the id of a file of the workspace."""

    name: str = ""
    media_type: str = "application/octet-stream"
    content: bytes = b""
    file_id: str = ""


@dataclass(frozen=True, slots=True)
class Reputation:
    """What became of the single mails of the last 30 days."""

    sent: int
    delivered: int
    bounced: int
    complained: int


def order(
    *,
    runtime: Runtime,
    workspace_id: str,
    message_id: str,
    to: str,
    text: Text,
    purpose: str = TRANSACTIONAL,
    data: Mapping[str, Value] | None = None,
    sender: Sender = Sender(),
    attachments: Sequence[Attached] = (),
    template_id: str = "",
    source: str = "api",
    ordered_by: str = "",
) -> Message:
    """Take in a mail to one address; it leaves within seconds. The same ``message_id`` again is the same mail.

    `InvalidError` names what keeps it from being sent: the address, its suppression, a consent that is missing, the text with its
    line, the attachments.
    """
    table, now = runtime.table, runtime.clock.now()
    present = store.read(table, workspace_id, message_id)
    if present is not None:
        return present
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    address = _address(to, "to")
    from_email = (
        _address(sender.email, "from.email")
        if sender.email
        else domains.messages_sender(table=table, workspace_id=workspace_id) or workspace.sender_email
    )
    reply_to = _address(sender.reply_to, "reply_to") if sender.reply_to else ""
    if not from_email:
        raise InvalidError(
            "There is no sender address, neither here nor in the workspace.", field="from.email", code="missing"
        )
    waiting = domains.unverified(table=table, workspace_id=workspace_id, email=from_email)
    if waiting:
        raise InvalidError(f"{waiting} is not verified yet.", field="from.email", code="domain_unverified")
    check_data(data or {})
    _check_suppression(runtime, workspace_id, address, purpose)
    contact = _contact(table, workspace_id, address)
    if purpose != TRANSACTIONAL:
        _check_consent(contact, purpose)
    leave = ""
    if purpose != TRANSACTIONAL and contact is not None:
        copy = Copy(workspace_id, "", contact.id, purpose="" if purpose == MARKETING_EMAIL else purpose)
        leave = f"{runtime.public_url}/u/{token_of(runtime.signer, 'unsubscribe', copy)}"
    files = _attachments(runtime, workspace_id, attachments)
    sheet = Sheet(
        message_id=message_id,
        to=address,
        from_name=sender.name or workspace.sender_name,
        from_email=from_email,
        reply_to=reply_to,
        leave=leave,
        contact=contact,
        workspace=workspace,
        now=now,
    )
    written = write(table=table, text=text, data=data or {}, sheet=sheet, attachments=files)
    message = Message(
        workspace_id=workspace_id,
        id=message_id,
        to=address,
        subject=written.subject,
        purpose=purpose,
        source=source,
        created_at=now,
        created_by=ordered_by,
        state_at=now,
        contact_id=contact.id if contact else "",
        template_id=template_id,
    )
    # The content is there before the row: a row is sent by whoever finds it.
    runtime.files.put(message.key, sealed(from_email, written.mime), content_type="message/rfc822")
    store.create(table, message, digest_of(runtime.signer, address))
    runtime.queues.publish("messages", [events.send(workspace_id, message_id, now)])
    return message


def permissions_of_files(runtime: Runtime, workspace_id: str, attachments: Sequence[Attached]) -> set[str]:
    """What it takes to read the files of the workspace among these: who may not save one may not send it either."""
    things, found = runtime.parts("things"), set[str]()
    for each in attachments:
        if each.file_id:
            with contextlib.suppress(NotFoundError):  # it is named when the mail is written
                file = kept_files.get_file(table=runtime.table, workspace_id=workspace_id, file_id=each.file_id)
                if file.about_kind in things:
                    found.add(things[file.about_kind].read)
    return found


def text_of(*, table: Table, workspace_id: str, template_id: str, language: str, subject: str = "") -> Text:
    """What a template says, in this language where it has it; ``subject`` stands instead of its own. `InvalidError` names
    ``template_id`` when there is none.
    """
    try:
        template = templates.get_template(table=table, workspace_id=workspace_id, template_id=template_id)
    except NotFoundError as error:
        raise InvalidError("There is no such template.", field="template_id", code="unknown") from error
    others = template.wordings or {}
    chosen = language if language in others else template.language
    said = others.get(chosen, template.own)
    return Text(subject or said.subject, said.format, said.source, said.preheader, language=chosen)


def get_message(*, table: Table, workspace_id: str, message_id: str) -> Message:
    """The message; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, message_id) if is_id(message_id) else None
    if found is None:
        raise NotFoundError("There is no such message.")
    return found


def list_messages(
    *, table: Table, workspace_id: str, state: str = "", before: str = "", limit: int = 50
) -> tuple[list[Message], str | None]:
    """The newest messages, in one (shown) state if asked for, and the id to go on from. A filter looks at 500 at most: a page may be
    short and not be the last.
    """
    found: list[Message] = []
    for _ in range(10):
        page = store.recent(table, workspace_id, before=before, limit=50 if state else limit)
        for each in page:
            before = each.id
            if not state or each.shown_state == state:
                found.append(each)
                if len(found) == limit:
                    return found, before
        if len(page) < (50 if state else limit):
            return found, None
    return found, before


def reputation(*, runtime: Runtime, workspace: Workspace) -> Reputation:
    """How the single mails of the last days fared; they are counted apart from campaigns'."""
    today = runtime.clock.now().astimezone(workspace.zone).date()
    since = (today - timedelta(days=REPUTATION_DAYS - 1)).isoformat()

    def total(name: str) -> int:
        pk = partition(workspace.id, "METRIC", f"message.{name}")
        rows = runtime.table.query_all(MetricRecord, pk, between=(since, f"{today.isoformat()}#~"))
        return sum(int(record.value) for record in rows)

    return Reputation(total("sent"), total("delivered"), total("bounced"), total("complained"))


def digest_of(signer: Signer, address: str) -> str:
    """What stands for an address where it is not kept."""
    return signer.digest("message-to", address.encode())


def mail_of(content: bytes) -> tuple[str, bytes]:
    """The sender's address and the message that were kept together."""
    source, _, mime = content.partition(b"\n")
    return source.decode(), mime


def sealed(source: str, mime: bytes) -> bytes:
    """The sender's address and the message, as they are kept together."""
    return source.encode() + b"\n" + mime


def _address(text: str, field: str) -> str:
    try:
        return normalise_email(text)
    except InvalidError as error:
        raise InvalidError("This is no e-mail address.", field=field, code="email") from error


def _check_suppression(runtime: Runtime, workspace_id: str, address: str, purpose: str) -> None:
    found = consent.suppressed(
        table=runtime.table, signer=runtime.signer, workspace_id=workspace_id, emails=[address]
    ).get(address)
    reason = refusal(found.reason if found else None, purpose)
    if reason is not None:
        words = {
            "bounced": "Mail to this address bounced for good.",
            "complained": "The owner of this address complained of our mail.",
            "unsubscribed": "The owner of this address wants no marketing from us.",
            "manual": "This address was put on the suppression list by hand.",
            "erased": "The owner of this address was erased.",
        }
        raise InvalidError(words[reason.value], field="to", code=f"suppressed_{reason.value}")


def _check_consent(contact: Contact | None, purpose: str) -> None:
    if contact is None or purpose not in contact.consents:
        raise InvalidError("This person has not agreed to this purpose.", field="purpose", code="consent_missing")
    if not contact.consented(purpose):
        raise InvalidError("This person has withdrawn their consent.", field="purpose", code="consent_withdrawn")


def _contact(table: Table, workspace_id: str, address: str) -> Contact | None:
    contact_id = contacts.find_by_email(table=table, workspace_id=workspace_id, email=address)
    found = contacts.get_contacts(
        table=table, workspace_id=workspace_id, contact_ids=[contact_id] if contact_id else [], consistent=True
    )
    return found.get(contact_id or "")


def _attachments(runtime: Runtime, workspace_id: str, attachments: Sequence[Attached]) -> list[Attachment]:
    """The files to attach; `InvalidError` names the one that is not there, or what is too much."""
    made: list[Attachment] = []
    total = 0
    for position, each in enumerate(attachments):
        one = each
        if each.file_id:
            try:
                file = kept_files.get_file(table=runtime.table, workspace_id=workspace_id, file_id=each.file_id)
            except NotFoundError as error:
                raise InvalidError(
                    "There is no such file.", field=f"attachments.{position}.file_id", code="unknown"
                ) from error
            if total + file.size <= ATTACHED_LIMIT:
                content = runtime.files.get(file.key)
                one = replace(each, name=each.name or file.file_name, media_type=file.media_type, content=content)
            total += file.size
        else:
            total += len(each.content)
        if total > ATTACHED_LIMIT:
            message = f"All attachments together have at most {ATTACHED_LIMIT // 1024 // 1024} MB."
            raise InvalidError(message, field=f"attachments.{position}", code="too_large")
        # A mail in a mail is a file here: what is made of parts must not be sent as base64 (RFC 2046, section 5).
        composite = one.media_type.lower().startswith(("message/", "multipart/"))
        made.append(Attachment(one.name, one.content, "application/octet-stream" if composite else one.media_type))
    return made
