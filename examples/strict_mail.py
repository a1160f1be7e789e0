"""Is this a marketing message as the standards want it? What a strict receiver looks at, with nothing but the standard library.

RFC 5322 (headers and lines), RFC 2045–2047 (MIME), RFC 2369 (``List-Unsubscribe``), RFC 8058 (one click).
"""

import email
import email.policy
import quopri
import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage

ONCE = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
OURS = {*ONCE, "reply-to", "feedback-id"}
ON_THE_WAY = {"received", "return-path", "dkim-signature", "x-ses-outgoing", "content-transfer-encoding", "x-mailer"}
"""What those who carry a message write upon it."""
_FIELD = re.compile(rb"([!-9;-~]+):[ \t]?(.*)", re.DOTALL)
_STRICT = email.policy.SMTP.clone(raise_on_defect=True)


def problems(raw: bytes) -> list[str]:
    """What is wrong with a message; nothing, if it is as it should be."""
    found = list(_lines(raw))
    try:
        message = email.message_from_bytes(raw, policy=_STRICT)
        for name in list(message):  # reading a header parses it
            str(message[name])
    except (email.errors.MessageError, email.errors.MessageDefect, ValueError, IndexError) as error:
        return [*found, f"cannot be read: {error!r}"]
    found += _headers(raw, message)
    found += _list_headers(message)
    found += _parts(message)
    return found


def _lines(raw: bytes) -> Iterator[str]:
    if not raw.isascii():
        yield "is not ASCII"
    rest = raw.replace(b"\r\n", b"")
    if b"\n" in rest or b"\r" in rest:
        yield "has a line that does not end with CR LF"
    if b"\x00" in raw:
        yield "has a NUL"
    if max(map(len, raw.split(b"\r\n"))) > 998:
        yield "has a line of more than 998 characters"


def _headers(raw: bytes, message: EmailMessage) -> Iterator[str]:
    head = raw.split(b"\r\n\r\n", 1)[0]
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    names: Counter[str] = Counter()
    values: dict[str, str] = {}
    for line in unfolded.split(b"\r\n"):
        field = _FIELD.fullmatch(line)
        if field is None:
            yield f"has a header that is none: {line[:60]!r}"
            continue
        names[field[1].decode().lower()] += 1
        values[field[1].decode().lower()] = field[2].decode("ascii", "replace").strip()
    yield from (f"has {name} {names[name]} times" for name in ONCE if names[name] != 1)
    yield from (f"has a header nobody asked for: {name}" for name in names if name not in OURS | ON_THE_WAY)
    for name in ("from", "to"):
        if len(getattr(message[name], "addresses", ())) != 1:
            yield f"{name} is not one address"
    if not re.fullmatch(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>", values.get("message-id", "")):
        yield "Message-ID is none"
    if getattr(message["date"], "datetime", None) is None:
        yield "Date is none"


def _list_headers(message: EmailMessage) -> Iterator[str]:
    if not re.fullmatch(r"<https?://[!-;=?-~]+>", str(message["list-unsubscribe"])):
        yield "List-Unsubscribe is not one address in angle brackets (RFC 2369, RFC 8058)"
    if message["list-unsubscribe-post"] != "List-Unsubscribe=One-Click":
        yield "List-Unsubscribe-Post is not one click (RFC 8058)"


def _parts(message: EmailMessage) -> Iterator[str]:
    parts = list(message.iter_parts()) if message.get_content_type() == "multipart/alternative" else []
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        yield "is not a plain text and then the same in HTML"
        return
    leave = str(message["list-unsubscribe"]).strip("<>").rpartition("/")[2]
    for part in parts:
        encoded = part.get_payload()
        if part["content-transfer-encoding"] != "quoted-printable" or part.get_content_charset() != "utf-8":
            yield f"{part.get_content_type()} is not UTF-8 in quoted-printable"
            continue
        if max(map(len, encoded.splitlines()), default=0) > 77:
            yield f"{part.get_content_type()} has a line of more than 76 characters (RFC 2045, section 6.7)"
        if re.search(r"=(?![0-9A-F]{2}|\r?\n|$)", encoded):
            yield f"{part.get_content_type()} is not quoted-printable"
        try:
            text = quopri.decodestring(encoded.encode()).decode("utf-8")
        except UnicodeError:
            yield f"{part.get_content_type()} is not UTF-8"
            continue
        if leave not in text:
            yield f"{part.get_content_type()} has no link to leave"
