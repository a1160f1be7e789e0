"""Links in messages: signed tokens that say whose copy of which message it was, and whether a person or a machine came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.foundation.ids import decode, encode, is_id
from chalicelib.foundation.signing import BadTokenError, Signer

Purpose = Literal["click", "open", "unsubscribe"]

HASTE = timedelta(seconds=5)
"""A click sooner than this after the message was handed over is a scanner's: the message is hardly in the mailbox."""
SPREE = 4
SPREE_TIME = timedelta(seconds=10)
"""So many different links of one copy followed within so long (or all that it has): a scanner."""
SETTLED_AFTER = timedelta(seconds=20)
"""When an open or click counts for the score: long enough after it for a spree to show."""

_MACHINES = (
    "bot", "crawler", "spider", "scanner", "preview", "curl/", "wget/", "python-", "go-http-client", "java/", "okhttp",
    "headless", "barracuda", "proofpoint", "mimecast", "safelinks", "urldefense", "fireeye", "trendmicro", "symantec",
    "sophos", "forcepoint", "cloudmark", "messagelabs", "microsoft office", "ms-office", "skypeuripreview", "slackbot",
    "linkcheck", "linkvalidator", "virustotal", "phantomjs", "axios/", "node-fetch", "libwww", "httpclient", "zgrab", "apple-pubsub",
)  # fmt: skip
_PROXIES = ("googleimageproxy", "yahoomailproxy", "ggpht.com", "outlookimageproxy", "duckduckgo image proxy")
"""They fetch a picture in the reader's place when the message is opened: a person, seen through a curtain."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's copy of a campaign, and the number of a link in it (0 for the message itself)."""

    workspace_id: str
    campaign_id: str
    contact_id: str
    link: int = 0


def token_of(signer: Signer, purpose: Purpose, copy: Copy) -> str:
    """A token for an address in the message: 90 characters, opaque, of no use for anything but its purpose."""
    return signer.sign(purpose, head(copy) + copy.link.to_bytes(2))


def head(copy: Copy) -> bytes:
    """The part of a token's payload that all links of a copy share; the link's number follows in two bytes."""
    parts = (copy.workspace_id, copy.campaign_id, copy.contact_id)
    if all(map(is_id, parts)):
        return b"\x01" + b"".join(decode(part).to_bytes(16) for part in parts)
    return b"\x00" + "\x00".join(parts).encode() + b"\x00"


def copy_of(signer: Signer, purpose: Purpose, token: str) -> Copy:
    """What a token says; `BadTokenError` for one we did not make for this purpose."""
    payload = signer.open(purpose, token)
    try:
        link = int.from_bytes(payload[-2:])
        if payload[0] == 1 and len(payload) == 51:
            workspace_id, campaign_id, contact_id = (
                encode(int.from_bytes(payload[start : start + 16])) for start in (1, 17, 33)
            )
        else:
            workspace_id, campaign_id, contact_id = payload[1:-3].decode().split("\x00")
    except (IndexError, ValueError) as error:
        raise BadTokenError("The token is not valid.") from error
    return Copy(workspace_id, campaign_id, contact_id, link)


Visitor = Literal["person", "proxy", "machine"]


def visitor(user_agent: str, method: str = "GET", *, purpose: str = "") -> Visitor:
    """Who asks, by what the request says of itself: its agent, a HEAD, a prefetch (``Purpose``, ``Sec-Purpose`` headers)."""
    agent = user_agent.lower()
    if method == "HEAD" or "prefetch" in purpose.lower() or "preview" in purpose.lower():
        return "machine"
    if any(name in agent for name in _PROXIES):
        return "proxy"
    if not agent or agent == "mozilla/5.0":  # Apple's mail privacy prefetch says this and nothing else
        return "machine"
    return "machine" if any(name in agent for name in _MACHINES) else "person"


def visitor_of(headers: Mapping[str, str], method: str) -> Visitor:
    """Who asks, by all that a request says; the names of ``headers`` are lower-case."""
    purpose = "".join(headers.get(name, "") for name in ("purpose", "sec-purpose", "x-moz"))
    return visitor(headers.get("user-agent", ""), method, purpose=purpose)


def in_haste(sent_at: datetime | None, now: datetime) -> bool:
    """Whether this comes too soon after the message was handed over to be a person's."""
    return sent_at is None or now - sent_at < HASTE


def is_spree(places: int, links: int) -> bool:
    """Whether so many different places of a copy, visited in `SPREE_TIME`, are a machine's work. A copy has its links and the
    page of choices; two of two are suspicious, one of one cannot be.
    """
    return places >= min(SPREE, max(links + 1, 2))
