"""The messages themselves: one template a campaign, compiled once; one MIME text a recipient, joined by hand.

The standard library builds a 30 KB message in 2.5 ms; this takes a fiftieth of that, because the static parts of the template are
encoded as quoted-printable when it is compiled, and only what differs from person to person is encoded for each. A piece of
quoted-printable may follow any other when it begins with a soft line break, so pieces are simply joined.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.ids import decode, is_id
from chalicelib.foundation.rendering import Ready, placeholders
from chalicelib.foundation.signing import Signer
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending.domain import Preview
from chalicelib.marketing.templates.data import samples
from chalicelib.marketing.templates.domain import Body, Names
from chalicelib.marketing.templates.values import contact_values, workspace_values
from chalicelib.marketing.tracking.domain import Copy, head
from chalicelib.workspaces.settings.domain import Workspace

_SUBJECT_LIMIT = 255
_BOUNDARY = (
    "=_clientela_alternative_"  # a body cannot contain "=_": quoted-printable follows "=" by a hexadecimal digit
)
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ue000\ue001]+")
_PLAIN_PHRASE = re.compile(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~.,:;()@-]*")


class Letter:
    """A campaign's message, ready to be written for each recipient. Keep one for all of them. ``names`` are data of single mails in a
    template that is tried: their names stand for them.
    """

    def __init__(
        self,
        *,
        campaign: Campaign,
        body: Body,
        workspace: Workspace,
        public_url: str,
        signer: Signer,
        names: Names = Names(),  # noqa: B008 - it cannot be changed
    ):
        known = self._known = body.vocabulary(names)
        self._campaign = campaign
        self._body = body
        self._workspace = workspace
        self._url = public_url
        self._signer = signer
        self._pages, self._opens, self._clicks = (quoted(f"{public_url}/{place}/") for place in ("u", "t/o", "t/c"))
        self.source = campaign.from_email or workspace.sender_email
        self._subject = placeholders(campaign.subject, vocabulary=known, mode="text", field="subject")
        self._html = placeholders(body.html, vocabulary=known, mode="html", field="body.source", encode=quoted)
        self._text = placeholders(body.text, vocabulary=known, mode="text", field="body.source", encode=quoted)
        self._static: dict[str, Any] = {
            **samples(names),
            "campaign__name": campaign.name,
            "campaign__subject": campaign.subject if not self._subject.names else "",
        }
        self._subject_header = "" if self._subject.names else unstructured(campaign.subject, limit=_SUBJECT_LIMIT)
        name = campaign.from_name or workspace.sender_name
        feedback = ":".join(re.sub(r"[^A-Za-z0-9-]", "", part) for part in (campaign.id, workspace.id))
        lines = [f"From: {mailbox(name, self.source)}"] if self.source else []  # a draft can be looked at without
        if campaign.reply_to:
            lines.append(f"Reply-To: {checked_address(campaign.reply_to)}")
        lines += [f"Feedback-ID: {feedback}:campaign:clientela", "MIME-Version: 1.0"]
        self._head = "\r\n".join(lines)
        self._domain = self.source.rpartition("@")[2]
        self._date: tuple[datetime | None, str] = (None, "")
        self._day: tuple[datetime | None, dict[str, Any]] = (None, {})
        self._copy_start: bytes | None = None
        if is_id(workspace.id) and is_id(campaign.id):
            self._copy_start = b"\x01" + decode(workspace.id).to_bytes(16) + decode(campaign.id).to_bytes(16)

    def mime(self, *, contact: Contact, email: str, attempt: int, now: datetime) -> bytes:
        """One recipient's message; every part of it is ASCII in short lines. `ValueError` for an address that cannot be
        written into a header.
        """
        checked_address(email)
        start = self._start(contact.id)
        sign, url = self._signer.sign, self._url
        zero = start + b"\x00\x00"
        opt_out = sign("unsubscribe", zero)
        values = self._values(contact, email, f"{url}/u/{opt_out}", now)
        values["unsubscribe_url"] = _address_piece(self._pages, opt_out)
        values["preferences_url"] = Ready(values["unsubscribe_url"] + "#preferences")
        values["pixel_url"] = Ready(_address_piece(self._opens, sign("open", zero)) + ".gif")
        clicks = self._clicks
        for number in self._body.numbers:
            values[f"link_{number}"] = _address_piece(clicks, sign("click", start + number.to_bytes(2)))
        return self._joined(
            values, email, f"{self._campaign.id}.{contact.id}.{attempt}", f"{url}/u/{opt_out}", now
        ).encode("ascii")

    def test(self, *, contact: Contact, email: str, nonce: str, now: datetime) -> bytes:
        """The message as a test: links lead straight to their places, and its unsubscribe page changes nothing."""
        checked_address(email)
        leave = f"{self._url}/u/preview"
        values = self._values(contact, email, leave, now) | self._untracked()
        return self._joined(values, email, f"{self._campaign.id}.test.{nonce}", leave, now).encode("ascii")

    def preview(self, *, contact: Contact, now: datetime) -> Preview:
        """The message as this person would see it, with links that are not tracked."""
        known = self._known
        values = self._values(contact, contact.email, f"{self._url}/u/preview", now) | self._untracked()
        page = placeholders(self._body.html, vocabulary=known, mode="html", field="body.source")
        text = placeholders(self._body.text, vocabulary=known, mode="text", field="body.source")
        return Preview(
            one_line(self._subject.render(values))[:_SUBJECT_LIMIT], page.render(values), text.render(values)
        )

    def _start(self, contact_id: str) -> bytes:
        if self._copy_start is not None and is_id(contact_id):
            return self._copy_start + decode(contact_id).to_bytes(16)
        return head(Copy(self._workspace.id, self._campaign.id, contact_id))

    def _values(self, contact: Contact, email: str, leave: str, now: datetime) -> dict[str, Any]:
        if self._day[0] != now:
            self._day = (now, workspace_values(self._workspace, now))
        values = {
            **self._static,
            **self._day[1],
            **contact_values(contact, self._body.fields),
            "contact__email": email,
            "unsubscribe_url": leave,
            "preferences_url": leave + "#preferences",
        }
        if self._subject.names:
            values["campaign__subject"] = ""
            values["campaign__subject"] = one_line(self._subject.render(values))[:_SUBJECT_LIMIT]
        return values

    def _untracked(self) -> dict[str, Any]:
        links = {f"link_{number}": address for number, address in enumerate(self._body.links)}
        return {**links, "pixel_url": f"{self._url}/t/o/preview.gif"}

    def _joined(self, values: Mapping[str, Any], email: str, message: str, leave: str, now: datetime) -> str:
        if self._date[0] != now:
            self._date = (now, format_datetime(now.replace(microsecond=0)))
        subject = self._subject_header or unstructured(values["campaign__subject"], limit=_SUBJECT_LIMIT)
        return (
            f"{self._head}\r\nTo: {email}\r\nSubject: {subject}\r\nDate: {self._date[1]}\r\n"
            f"Message-ID: <{message}@{self._domain}>\r\n"
            f"List-Unsubscribe: <{leave}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n'
            f"--{_BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{self._text.render(values)}\r\n"
            f"--{_BOUNDARY}\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{self._html.render(values)}\r\n--{_BOUNDARY}--\r\n"
        )


# Quoted-printable (RFC 2045, section 6.7)


def quoted(text: str) -> str:
    """A piece of a body: joined with other pieces it decodes to their texts joined, in lines of at most 76 characters."""
    if len(text) < 70 and text.isascii() and text.isprintable() and "=" not in text and not text.startswith((".", "F")):
        return "=\r\n" + text
    if not text:
        return ""
    raw = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    lines = binascii.b2a_qp(raw, istext=True).decode("ascii").replace("\r\n", "\n").replace("\n", "\r\n")
    return "=\r\n" + lines


def _address_piece(place: str, token: str) -> Ready:
    """An address of ours as a piece of a body, in HTML and in text alike: neither it nor a token has anything to encode."""
    return Ready(f"{place}=\r\n{token[:64]}=\r\n{token[64:]}")


# Headers (RFC 5322, RFC 2047)


def one_line(text: str) -> str:
    """The text without line breaks and control characters: nothing in it can begin a header."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def unstructured(text: str, *, limit: int) -> str:
    """A subject as a header's value: as it is when that is safe, else in encoded words; folded where it is long."""
    text = one_line(text)[:limit]
    if text.isascii() and "=?" not in text and len(text) <= 900:
        return _folded(text)
    return _encoded_words(text)


def mailbox(name: str, address: str) -> str:
    """``Name <address>`` with the name quoted or encoded as it needs. `ValueError` for what is no plain address."""
    checked_address(address)
    name = one_line(name)[:100]
    if not name:
        return address
    if _PLAIN_PHRASE.fullmatch(name):
        return f'"{name}" <{address}>'
    if name.isascii() and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{_encoded_words(name)} <{address}>"


def checked_address(address: str) -> str:
    """The same address; `ValueError` unless it is one plain ASCII address that can stand in a header as it is."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise ValueError("not a plain address")
    return address


def _folded(text: str) -> str:
    if len(text) <= 68:
        return text
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > 68:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _encoded_words(text: str) -> str:
    words, piece, size = [], "", 0
    for character in text:
        length = len(character.encode("utf-8", "replace"))
        if size + length > 42:
            words.append(piece)
            piece, size = "", 0
        piece += character
        size += length
    words.append(piece)
    encoded = (b64encode(word.encode("utf-8", "replace")).decode() for word in words)
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in encoded)
