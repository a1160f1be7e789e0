"""Links in messages: signed tokens that say whose copy of which message it was."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from chalicelib.foundation.ids import decode, encode, is_id
from chalicelib.foundation.signing import BadTokenError, Signer

Purpose = Literal["click", "open", "unsubscribe", "goal"]


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's copy of a campaign, and the number of a link in it (0 for the message itself). A message that is no campaign's says
    which ``purpose`` it was sent for; empty is the campaigns' own.
    """

    workspace_id: str
    campaign_id: str
    contact_id: str
    link: int = 0
    purpose: str = ""


def token_of(signer: Signer, purpose: Purpose, copy: Copy) -> str:
    """A token for an address in the message: 90 characters, opaque, of no use for anything but its purpose."""
    return signer.sign(purpose, head(copy) + copy.link.to_bytes(2))


def head(copy: Copy) -> bytes:
    """The part of a token's payload that all links of a copy share; the link's number follows in two bytes."""
    parts = (copy.workspace_id, copy.campaign_id, copy.contact_id)
    if all(map(is_id, parts)) and not copy.purpose:
        return b"\x01" + b"".join(decode(part).to_bytes(16) for part in parts)
    named = (*parts, copy.purpose) if copy.purpose else parts
    return b"\x00" + "\x00".join(named).encode() + b"\x00"


def copy_of(signer: Signer, purpose: Purpose, token: str) -> Copy:
    """What a token says; `BadTokenError` for one we did not make for this purpose."""
    payload = signer.open(purpose, token)
    try:
        link, sent_for = int.from_bytes(payload[-2:]), ""
        if payload[0] == 1 and len(payload) == 51:
            workspace_id, campaign_id, contact_id = (
                encode(int.from_bytes(payload[start : start + 16])) for start in (1, 17, 33)
            )
        else:
            workspace_id, campaign_id, contact_id, *more = payload[1:-3].decode().split("\x00")
            sent_for = more[0] if more else ""
    except (IndexError, ValueError) as error:
        raise BadTokenError("The token is not valid.") from error
    return Copy(workspace_id, campaign_id, contact_id, link, sent_for)


PARAMETER = "cl"


def is_same_site(goal: str, address: str) -> bool:
    """Whether an address is of a goal's host or of one below or above it; a token is given to nobody else."""
    try:
        first, second = urlsplit(goal).hostname or "", urlsplit(address).hostname or ""
    except ValueError:
        return False
    return bool(first and second) and (
        first == second
        or (first.endswith(f".{second}") and "." in second)
        or (second.endswith(f".{first}") and "." in first)
    )


def with_token(address: str, token: str) -> str:
    """The address with a goal's token asked along; all else of it stays, character by character."""
    before, hash_, after = address.partition("#")
    return f"{before}{'&' if '?' in before else '?'}{PARAMETER}={token}{hash_}{after}"
