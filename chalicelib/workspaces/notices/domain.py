"""What a notice is, and what can become of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class NoticeState(StrEnum):
    """``claimed`` → ``sent`` (the mail service took it) | ``refused`` (it never will) | ``unknown`` (it left, and no answer came
    back). A notice that stays ``claimed`` was given up with its function in the midst of sending; it is not sent again either.
    """

    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Letter:
    """A short mail in one language: what it says, one button, and why it came. All texts are plain; the template escapes them.

    ``quote`` is somebody's own words, shown apart; ``facts`` are label and value; ``action`` is label and absolute address.
    """

    language: str
    sender_name: str
    subject: str
    heading: str
    paragraphs: Sequence[str] = ()
    quote: str = ""
    facts: Sequence[tuple[str, str]] = ()
    action: tuple[str, str] | None = None
    footer: str = ""
