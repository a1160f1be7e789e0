"""Hits: what was fetched out of a message, and whether a person or a machine came. Pure; the same hits and rules give the same answer,
so hits that are kept can be judged anew at any time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from chalicelib.marketing.sending.domain import Visits
from chalicelib.marketing.tracking.agents import UNKNOWN, agent_of
from chalicelib.marketing.tracking.networks import scanner, shortened

What = Literal["open", "click", "choices"]
Label = Literal["person", "proxy", "machine"]

HASTE = timedelta(seconds=5)
"""A hit sooner than this after the message was handed over is a scanner's: the message is hardly in the mailbox."""
SPREE = 4
SPREE_TIME = timedelta(seconds=10)
"""So many different links of one copy followed within so long (or all that it has): a scanner."""
SPREE_BEFORE = timedelta(seconds=5)
"""What looked like a person so shortly before a spree was its beginning."""
SETTLED_AFTER = timedelta(seconds=20)
"""When an open or click counts for the score: long enough after it for a spree to show."""
HITS_LIMIT = 60
"""Hits of one recipient that are kept and looked at."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of who asked: the user agent, the network (``192.0.2.0/24``), whether only the headers were wanted (HEAD), and
    whether it said that it fetches ahead (``Purpose``, ``Sec-Purpose``, ``X-Moz``).
    """

    agent: str = ""
    network: str = ""
    head: bool = False
    ahead: bool = False


def request_of(headers: Mapping[str, str], method: str, address: str) -> Request:
    """Who asks, as far as it is kept; the names of ``headers`` are in lower case."""
    purpose = "".join(headers.get(name, "") for name in ("purpose", "sec-purpose", "x-moz", "x-purpose")).lower()
    ahead = "prefetch" in purpose or "preview" in purpose
    return Request(headers.get("user-agent", ""), shortened(address), method == "HEAD", ahead)


@dataclass(frozen=True, slots=True)
class Hit:
    """One fetch of a message's picture, of one of its links, or of its page of choices. ``why`` says what the label follows from:
    ``head``, ``prefetch``, ``agent``, ``no_agent``, ``mail_privacy``, ``network:<whose>``, ``haste``, ``spree``, ``proxy``; empty for
    a person.
    """

    at: datetime
    what: What
    request: Request
    link: int = 0
    label: Label = "person"
    why: str = ""

    @property
    def place(self) -> str:
        """What of the message it was."""
        return str(self.link) if self.what == "click" else self.what


def judged(hits: Iterable[Hit], *, sent_at: datetime | None, links: int) -> list[Hit]:
    """One recipient's hits in order of time, each with its label. ``links`` is how many the message has, ``sent_at`` when it was handed
    over (None while nobody knows).
    """
    found = [_alone(hit, sent_at) for hit in sorted(hits, key=lambda hit: hit.at)]
    for first, last in _sprees(found, links):
        for position, hit in enumerate(found):
            if hit.label == "person" and first - SPREE_BEFORE <= hit.at <= last:
                found[position] = replace(hit, label="machine", why="spree")
    return found


def by_itself(request: Request) -> Label:
    """What a request is judged by what it says of itself and where it came from."""
    at = datetime.now(UTC)
    return _alone(Hit(at, "click", request), at - HASTE).label


def _alone(hit: Hit, sent_at: datetime | None) -> Hit:
    """By what the request says of itself, where it came from and when."""
    agent, request = agent_of(hit.request.agent), hit.request
    label: Label = "machine"
    if request.head:
        why = "head"
    elif request.ahead:
        why = "prefetch"
    elif whose := scanner(request.network):
        why = f"network:{whose}"
    elif sent_at is None or hit.at - sent_at < HASTE:
        why = "haste"
    elif agent.proxy:
        why, label = "proxy", "proxy" if hit.what == "open" else "machine"
    elif not request.agent.strip():
        why = "no_agent"
    elif request.agent.strip().lower() == "mozilla/5.0":  # Apple's mail privacy prefetch says this and nothing else
        why = "mail_privacy"
    elif agent.machine or (
        hit.what != "open" and agent.client == "outlook"
    ):  # Office looks at a link before a browser does
        why = "agent"
    else:
        why, label = "", "person"
    return replace(hit, label=label, why=why)


def _sprees(hits: Sequence[Hit], links: int) -> list[tuple[datetime, datetime]]:
    """Spans in which so many different places were visited that it was a machine. A copy has its links and the page of choices: two of
    two are suspicious, one of one cannot be.
    """
    visits = [hit for hit in hits if hit.label == "person" and hit.what != "open"]
    enough = min(SPREE, max(links + 1, 2))
    spans = []
    for position, hit in enumerate(visits):
        lately = [each for each in visits[: position + 1] if each.at >= hit.at - SPREE_TIME]
        if len({each.place for each in lately}) >= enough:
            spans.append((lately[0].at, hit.at))
    return spans


def visits_of(hits: Sequence[Hit], known: Visits) -> Visits:
    """What judged hits make of a recipient's visits. What was ``known`` of a time whose hit is kept no longer (or never was) stays:
    nobody can judge it anew.
    """
    opens = [hit for hit in hits if hit.what == "open"]
    clicks = [hit for hit in hits if hit.what == "click"]
    followed = {hit.place for hit in clicks if hit.label != "machine"}
    kept = {hit.place for hit in clicks}
    return Visits(
        opened_at=_first(known.opened_at, opens, machine=False),
        machine_opened_at=_first(known.machine_opened_at, opens, machine=True),
        clicked_at=_first(known.clicked_at, clicks, machine=False),
        machine_clicked_at=_first(known.machine_clicked_at, clicks, machine=True),
        links=frozenset(followed | (known.links - kept)),
        client=_client(opens) or (known.client if not opens else ""),
        device=_device([*clicks, *opens]) or (known.device if not hits else ""),
    )


def _first(known: datetime | None, hits: Sequence[Hit], *, machine: bool) -> datetime | None:
    times = [hit.at for hit in hits if (hit.label == "machine") == machine]
    if known is not None and all(hit.at != known for hit in hits):
        times.append(known)
    return min(times, default=None)


def _client(opens: Sequence[Hit]) -> str:
    """What the message was first opened with by a person, the first that is known; empty when it was not opened."""
    names = [agent_of(hit.request.agent).client for hit in opens if hit.label != "machine"]
    return next((name for name in names if name != UNKNOWN), names[0] if names else "")


def _device(hits: Sequence[Hit]) -> str:
    names = [agent_of(hit.request.agent).device for hit in hits if hit.label != "machine"]
    return next((name for name in names if name != UNKNOWN), names[0] if names else "")
