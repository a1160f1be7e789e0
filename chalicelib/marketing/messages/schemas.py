"""Single mails as the API takes and shows them."""

from base64 import b64decode, b64encode
from typing import Annotated, Literal, Self

from pydantic import EncodedBytes, EncoderProtocol, Field, StrictBool, StrictInt, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.foundation.http.schemas import Instant, PageQuery, Schema
from chalicelib.marketing.messages.domain import ATTACHMENTS_LIMIT, TRANSACTIONAL, Message
from chalicelib.marketing.messages.service import Attached, Reputation, Sender
from chalicelib.marketing.messages.writing import Text

Email = Annotated[str, StringConstraints(max_length=254)]
Id = Annotated[str, StringConstraints(max_length=40)]
DataText = Annotated[str, StringConstraints(max_length=5000)]
DataNumber = Annotated[float, Field(strict=True, allow_inf_nan=False)]
DataValue = Annotated[
    StrictBool | StrictInt | DataNumber | DataText | list[DataText], Field(union_mode="left_to_right")
]
"""What was sent as a text is shown as that text: ``08001`` and ``no`` are no number and no boolean."""


class _Base64(EncoderProtocol):
    """Base64 that says what is none, where Python's own would leave out what it does not know."""

    @classmethod
    def decode(cls, data: bytes) -> bytes:
        try:
            return b64decode(b"".join(data.split()), validate=True)
        except ValueError as error:
            raise PydanticCustomError("base64_decode", "This is no base64.") from error

    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return b64encode(value)

    @classmethod
    def get_json_format(cls) -> Literal["base64"]:
        return "base64"


class MessageBody(Schema):
    """What a message says, with placeholders in it."""

    format: Literal["blocks", "mjml", "html", "text"]
    source: Annotated[str, StringConstraints(min_length=1, max_length=128_000)]


class MessageSender(Schema):
    """From whom it goes; what is left out is the workspace's."""

    name: Annotated[str, StringConstraints(max_length=100)] = ""
    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")] = ""


class MessageAttachment(Schema):
    """A file to go with it: its base64 ``content`` with a name and a type, or the id of a file of the workspace (``POST /files``),
    which big ones need: a whole request has 4 MB at most.
    """

    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    content_type: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$")] = (
        "application/octet-stream"
    )
    content: Annotated[bytes, EncodedBytes(encoder=_Base64)] | None = None
    file_id: Id = ""

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if (self.content is None) == (not self.file_id):
            raise ValueError("give either content or file_id")
        if self.content is not None and not self.name:
            raise ValueError("a file has a name")
        return self


class MessageIn(Schema):
    """A mail to one address. Either ``template_id`` or ``subject`` and ``body``; ``data`` fills ``{{ data.… }}`` in them. ``purpose``
    is ``transactional``, which needs no consent, or a purpose that the person has agreed to (``marketing_email``).
    """

    to: Email
    purpose: Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")] = TRANSACTIONAL
    template_id: Id = ""
    subject: Annotated[str, StringConstraints(max_length=255)] = ""
    body: MessageBody | None = None
    text: Annotated[str, StringConstraints(max_length=128_000)] = ""
    data: Annotated[dict[str, DataValue], Field(max_length=200)] = {}
    language: Literal["es", "en"] | None = None
    from_: Annotated[MessageSender, Field(alias="from")] = MessageSender()
    reply_to: Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")] = ""
    attachments: Annotated[list[MessageAttachment], Field(max_length=ATTACHMENTS_LIMIT)] = []

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.template_id) == (self.body is not None):
            raise ValueError("give either template_id or body")
        return self

    @property
    def sender(self) -> Sender:
        """From whom it goes."""
        return Sender(self.from_.name, self.from_.email, self.reply_to)

    @property
    def files(self) -> list[Attached]:
        """What goes with it."""
        return [Attached(each.name, each.content_type, each.content or b"", each.file_id) for each in self.attachments]

    def written(self, language: str) -> Text | None:
        """The text that the request itself brings."""
        if self.body is None:
            return None
        return Text(self.subject, self.body.format, self.body.source, "", self.text, self.language or language)


class MessagesQuery(PageQuery):
    """Which messages: all, or those in one state."""

    state: (
        Literal[
            "pending", "claimed", "sent", "failed", "suppressed", "unknown", "parked", "delivered", "bounced", "complained",
        ]
        | None
    ) = None  # fmt: skip


class MessageOut(Schema):
    """A single mail and what became of it."""

    id: str
    message_id: str
    to: str
    subject: str
    purpose: str
    source: str
    template_id: str | None
    contact_id: str | None
    state: str
    reason: str | None
    attempt: int
    created_at: Instant
    sent_at: Instant | None
    delivered_at: Instant | None
    bounced_at: Instant | None
    complained_at: Instant | None

    @classmethod
    def of(cls, message: Message) -> Self:
        """The message as shown."""
        return cls(
            id=message.id,
            message_id=message.id,
            to=message.to,
            subject=message.subject,
            purpose=message.purpose,
            source=message.source,
            template_id=message.template_id or None,
            contact_id=message.contact_id or None,
            state=message.shown_state,
            reason=message.reason or None,
            attempt=message.attempt,
            created_at=message.created_at,
            sent_at=message.sent_at,
            delivered_at=message.delivered_at,
            bounced_at=message.bounced_at,
            complained_at=message.complained_at,
        )


class ReputationOut(Schema):
    """What became of the single mails of the last 30 days, counted apart from campaigns."""

    sent: int
    delivered: int
    bounced: int
    complained: int

    @classmethod
    def of(cls, found: Reputation) -> Self:
        """The counts as shown."""
        return cls(sent=found.sent, delivered=found.delivered, bounced=found.bounced, complained=found.complained)


class MessagesOut(Schema):
    """A page of the log."""

    items: list[MessageOut]
    next_cursor: str | None
    reputation: ReputationOut
