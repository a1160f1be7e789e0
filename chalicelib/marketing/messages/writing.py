"""What a message says: a template or a text of the caller's, filled with their data, as one finished mail.

It is written when it is ordered, so that whoever orders it hears at once what is wrong with it; the sender only hands it over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.mail import Attachment, compose
from chalicelib.foundation.rendering import placeholders
from chalicelib.foundation.table import Table
from chalicelib.marketing.messages.domain import DATA_LIMIT
from chalicelib.marketing.templates import service as templates
from chalicelib.marketing.templates.domain import Format, Names
from chalicelib.marketing.templates.values import contact_values, workspace_values
from chalicelib.workspaces.settings.domain import Workspace

Value = str | int | float | bool | list[str]
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SUBJECT_LIMIT = 255
_VALUE_LIMIT = 5000
_LIST_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be said, with placeholders in it: ``{{ data.total }}``, ``{{ contact.first_name }}``. ``plain`` replaces the text
    that would be made out of the body.
    """

    subject: str
    format: Format
    source: str
    preheader: str = ""
    plain: str = ""
    language: str = "es"


@dataclass(frozen=True, slots=True)
class Sheet:
    """From whom and to whom it goes. ``leave`` is the address to unsubscribe by, where the purpose needs a consent."""

    message_id: str
    to: str
    from_name: str
    from_email: str
    reply_to: str
    leave: str
    contact: Contact | None
    workspace: Workspace
    now: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """The finished mail."""

    subject: str
    mime: bytes


def check_data(data: Mapping[str, Value]) -> None:
    """`InvalidError` names the values that cannot be shown."""
    wrong = [
        FieldError(f"data.{key}"[:80], "A name has lower-case letters, digits and _, 40 at most.", "name")
        for key in data
        if not _KEY.fullmatch(key)
    ]
    if len(data) > DATA_LIMIT:
        wrong.append(FieldError("data", f"At most {DATA_LIMIT} values.", "too_many"))
    for key, value in data.items():
        if isinstance(value, str) and len(value) > _VALUE_LIMIT:
            wrong.append(FieldError(f"data.{key}"[:80], f"At most {_VALUE_LIMIT} characters.", "too_long"))
        if isinstance(value, list) and (len(value) > _LIST_LIMIT or any(len(each) > _VALUE_LIMIT for each in value)):
            wrong.append(FieldError(f"data.{key}"[:80], f"At most {_LIST_LIMIT} texts.", "too_long"))
    if wrong:
        raise InvalidError("The data cannot be shown.", fields=wrong[:20])


def write(
    *, table: Table, text: Text, data: Mapping[str, Value], sheet: Sheet, attachments: Sequence[Attachment]
) -> Written:
    """The finished mail. `InvalidError` names the field and the line of what is not allowed in it, or what is missing: a
    placeholder of data that was not given is an error, since nobody would see the gap before the person does.
    """
    lists = frozenset(f"data.{key}" for key, value in data.items() if isinstance(value, list))
    names = Names(frozenset(f"data.{key}" for key in data) - lists, lists)
    body = templates.compile_body(
        table=table,
        workspace_id=sheet.workspace.id,
        body_format=text.format,
        source=text.source,
        subject=text.subject,
        preheader=text.preheader,
        language=text.language,
        names=names,
        mailing=False,
    )
    values = _values(data, sheet, body.fields) | {f"link_{n}": address for n, address in enumerate(body.links)}
    known = body.vocabulary(names)
    page = placeholders(body.html, vocabulary=known, mode="html", field="body.source").render(values)
    if text.plain:
        plain = placeholders(text.plain, vocabulary=known, mode="text", field="text").render(values)
    else:
        plain = placeholders(body.text, vocabulary=known, mode="text", field="body.source").render(values)
    subject = placeholders(text.subject, vocabulary=known, mode="text", field="subject").render(values)
    subject = _one_line(subject)[:_SUBJECT_LIMIT]
    if not subject:
        raise InvalidError("The subject is empty.", field="subject", code="missing")
    return Written(subject, _composed(sheet, subject, page, plain, attachments))


def _values(data: Mapping[str, Value], sheet: Sheet, fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "contact__email": sheet.to,
        "campaign__name": "",
        "campaign__subject": "",
        "pixel_url": "",
        "unsubscribe_url": sheet.leave,
        "preferences_url": f"{sheet.leave}#preferences" if sheet.leave else "",
        **workspace_values(sheet.workspace, sheet.now),
    }
    somebody = sheet.contact or Contact(sheet.workspace.id, sheet.message_id, sheet.now, sheet.now)
    values = {**contact_values(somebody, fields), **values}
    for key, value in data.items():
        values[f"data__{key}"] = _shown(value)
    return values


def _shown(value: Value) -> Any:
    """A value as placeholders show it; false is nothing, so that a condition can ask for it."""
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, (str, list)) else str(value)


def _composed(sheet: Sheet, subject: str, page: str, plain: str, attachments: Sequence[Attachment]) -> bytes:
    domain = sheet.from_email.rpartition("@")[2]
    headers = {
        "Date": format_datetime(sheet.now.replace(microsecond=0)),
        "Message-ID": f"<{sheet.message_id}@{domain}>",
        "Feedback-ID": f"{sheet.message_id}:{sheet.workspace.id}:message:clientela",
    }
    if sheet.reply_to:
        headers["Reply-To"] = sheet.reply_to
    if sheet.leave:
        headers["List-Unsubscribe"] = f"<{sheet.leave}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return compose(
        sender=str(Address(_one_line(sheet.from_name)[:100], addr_spec=sheet.from_email)),
        recipient=sheet.to,
        subject=subject,
        text=plain,
        html=page,
        headers=headers,
        attachments=attachments,
    )


def _one_line(text: str) -> str:
    """The text without line breaks, control characters and what reads as an encoded word: nothing in it can begin a header."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).replace("=?", "= ?").split())
