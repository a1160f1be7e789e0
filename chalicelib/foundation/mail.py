"""Sending mail through SES, one recipient a call, never twice by our doing.

SES v1 ``SendRawEmail`` takes the finished MIME message, so headers such as ``List-Unsubscribe`` are ours. No send call has an
idempotency token: a client library that retries after a lost answer sends again. So a message is posted once and the four
outcomes are told apart, and the caller's ledger decides (docs/decisions on sending; reliability of the campaign ledger).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote_plus

import pybase64

from chalicelib.foundation.aws import Aws, NoAnswerError, NotSentError
from chalicelib.foundation.errors import ClientelaError


class MailError(ClientelaError):
    """A message was not (certainly) accepted."""


class MailDeferredError(MailError):
    """Certainly not sent, and may work later: no connection, throttled, quota used up."""


class MailRefusedError(MailError):
    """Certainly not sent and never will be as it is: SES refuses the message, the sender or the address. ``code`` is SES's."""

    def __init__(self, code: str, detail: str):
        self.code = code
        super().__init__(detail)


class MailUnknownError(MailError):
    """It left and no whole answer came back: sent or not, only a delivery event can tell."""


class Mailer(Protocol):
    """Something that takes a finished message for one recipient."""

    def send(self, *, source: str, recipient: str, mime: bytes, tags: Mapping[str, str] | None = None) -> str:
        """Hand the message over and return the provider's message id; one of the three `MailError` otherwise.

        ``source`` and ``recipient`` are bare addresses. ``tags`` (``[A-Za-z0-9_-]``) come back in every delivery event.
        """
        ...


_MESSAGE_ID = re.compile(rb"<MessageId>([^<]+)</MessageId>")
_CODE = re.compile(rb"<Code>([^<]+)</Code>")
_LATER = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "LimitExceededException"})


NOT_VERIFIED = "IdentityNotVerified"
"""Our name for SES's refusal of a sender that it has not verified, which it calls like that of a bad message."""

_quoted = lru_cache(1000)(quote_plus)
"""For what comes again: senders, tags."""


class SesMailer:
    """SES in the function's region."""

    def __init__(self, aws: Aws, configuration_set: str = ""):
        self._aws = aws
        self._configuration_set = configuration_set

    def send(self, *, source: str, recipient: str, mime: bytes, tags: Mapping[str, str] | None = None) -> str:
        """Post once; see `Mailer.send`."""
        parts = [
            "Action=SendRawEmail&Version=2010-12-01&Source=",
            _quoted(source),
            "&Destinations.member.1=",
            quote_plus(recipient),
        ]
        if self._configuration_set:
            parts += ["&ConfigurationSetName=", quote_plus(self._configuration_set)]
        for number, (name, value) in enumerate((tags or {}).items(), 1):
            parts.append(f"&Tags.member.{number}.Name={_quoted(name)}&Tags.member.{number}.Value={_quoted(value)}")
        parts.append("&RawMessage.Data=")
        # Of base64's alphabet only these three mean something in a form.
        data = pybase64.b64encode(mime).replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D")
        body = "".join(parts).encode() + data
        try:
            answer = self._aws.post_once(
                "ses", body, "application/x-www-form-urlencoded; charset=utf-8", host_prefix="email"
            )
        except NotSentError as error:
            raise MailDeferredError(str(error)) from error
        except NoAnswerError as error:
            raise MailUnknownError(str(error)) from error
        if answer.status == 200:
            found = _MESSAGE_ID.search(answer.body)
            if found is None:
                raise MailUnknownError("SES accepted the message without saying its id")
            return found.group(1).decode()
        if answer.status >= 500:
            raise MailUnknownError(f"SES answered {answer.status}")
        code_found = _CODE.search(answer.body)
        code = code_found.group(1).decode() if code_found else f"Http{answer.status}"
        if code == "MessageRejected" and b"not verified" in answer.body:
            code = NOT_VERIFIED  # it is the account that may not, and no fault of the message
        if answer.status == 429 or code in _LATER:
            raise MailDeferredError(code)
        raise MailRefusedError(code, f"SES refused the message: {code}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message. With ``content_id`` it is shown inline by ``<img src="cid:…">``."""

    name: str
    content: bytes
    media_type: str
    content_id: str = ""


def compose(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str = "",
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """A whole MIME message with 7-bit bodies, for the occasional mail (reports, invitations, tests).

    ``sender`` and ``recipient`` may have display names. A line break in any header raises ``ValueError``. The campaign
    sender joins its messages by hand, 30 times faster (chalicelib/marketing/campaigns).
    """
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
        page = message.get_payload()[-1]  # type: ignore[index,union-attr]
        for attachment in attachments:
            if attachment.content_id:
                main, _, sub = attachment.media_type.partition("/")
                page.add_related(  # type: ignore[union-attr]
                    attachment.content,
                    maintype=main,
                    subtype=sub,
                    cid=f"<{attachment.content_id}>",
                    filename=attachment.name,
                    disposition="inline",
                )
    for attachment in attachments:
        if not attachment.content_id:
            main, _, sub = attachment.media_type.partition("/")
            message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    return message.as_bytes()


class FakeMailer:
    """Keeps what it is given, for tests; ``fail`` is raised by the next sends, one by one."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bytes, Mapping[str, str]]] = []
        self.fail: list[MailError | None] = []

    def send(self, *, source: str, recipient: str, mime: bytes, tags: Mapping[str, str] | None = None) -> str:
        """Keep the message, unless it is time to fail."""
        if self.fail:
            failure = self.fail.pop(0)
            if failure is not None:
                raise failure
        self.sent.append((source, recipient, mime, dict(tags or {})))
        return f"message-{len(self.sent)}"
