"""A campaign's results: the figures as they are counted, and what is made of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

BY_HOUR = timedelta(hours=72)
"""The time chart has hours for so long after a campaign began, days after that."""
CHARTED = timedelta(days=90)
"""What happens later than this after it began is counted, and not in the time chart."""
MONEY_STEPS = 10_000
"""Money is counted in ten-thousandths."""
BOUNCE_CLASSES = ("hard", "block", "mailbox_full", "content", "soft", "unknown")
EVENTS = ("sent", "delivered", "bounced", "complained", "opened", "clicked", "unsubscribed", "converted")


def results_metric(campaign_id: str) -> str:
    """The metric of a campaign's results; its "days" are kinds of figures: see `Figures`."""
    return f"results.{campaign_id}"


def bucket(at: datetime, started: datetime, zone: ZoneInfo) -> str:
    """In which part of the time chart an instant falls: ``hour.2026-11-22T09:00Z`` or ``day.2026-11-21T23:00Z``, the beginning of an
    hour or a day on the workspace's clocks, in UTC; empty for what is too late for the chart. An hour that clocks show twice is two.
    """
    age = at - started
    if age > CHARTED:
        return ""
    local = at.astimezone(zone)
    name = "hour" if age < BY_HOUR else "day"
    begun = local.replace(minute=0, second=0, microsecond=0)
    if name == "day":
        begun = begun.replace(hour=0, fold=0)
    return f"{name}.{begun.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class Moment:
    """One bar of the time chart: ``hours`` is how long it is, 1 or 24. Opens and clicks of people are their first."""

    at: datetime
    hours: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Link:
    """One link: how many people followed it, how often, and how often machines did; ``positions`` are its places among the message's
    links, from 1; ``share`` is of all people's clicks.
    """

    number: int
    url: str
    positions: tuple[int, ...]
    people: int
    clicks: int
    machine_clicks: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """The people who got one text of several."""

    name: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """The counted numbers: kind of figure → name → number. Kinds: ``people`` (by event), ``hits`` (by kind), ``link``
    (``<number>.people``, ``.clicks``, ``.machine``), ``client``, ``device``, ``bounce`` (by class), ``language``
    (``<language>.<event>``), ``revenue`` (by currency, in ten-thousandths), ``hour.<at>`` and ``day.<at>`` (by event).
    """

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, int]:
        """The numbers of a kind."""
        return self.counts.get(kind, {})

    def named(self, kind: str) -> list[tuple[str, int]]:
        """Those that are above nothing, the greatest first."""
        return sorted(((name, n) for name, n in self.of(kind).items() if n > 0), key=lambda each: (-each[1], each[0]))

    def links(self, urls: Sequence[str], order: Sequence[int]) -> list[Link]:
        """Every link of the message; ``order`` are the numbers of its links as they follow one another."""
        counted = self.of("link")
        total = sum(max(counted.get(f"{number}.clicks", 0), 0) for number in range(len(urls)))
        found = []
        for number, url in enumerate(urls):
            clicks = max(counted.get(f"{number}.clicks", 0), 0)
            places = tuple(place for place, each in enumerate(order, 1) if each == number)
            people, machines = counted.get(f"{number}.people", 0), counted.get(f"{number}.machine", 0)
            found.append(Link(number, url, places, max(people, 0), clicks, max(machines, 0), ratio(clicks, total)))
        return found

    def moments(self) -> list[Moment]:
        """The time chart, from the beginning on; times at which nothing happened are left out."""
        found = []
        for kind, counts in self.counts.items():
            name, _, at = kind.partition(".")
            if name in ("hour", "day") and any(counts.values()):
                begun = datetime.strptime(at, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
                found.append(Moment(begun, 1 if name == "hour" else 24, counts))
        return sorted(found, key=lambda moment: (moment.at, moment.hours))

    def groups(self, kind: str) -> list[Group]:
        """What is counted as ``<group>.<event>``, by group."""
        groups: dict[str, dict[str, int]] = {}
        for name, count in self.of(kind).items():
            group, _, event = name.rpartition(".")
            groups.setdefault(group, {})[event] = count
        return [Group(name, groups[name]) for name in sorted(groups)]

    def revenue(self) -> list[tuple[str, Decimal]]:
        """Money by currency."""
        return [(currency, Decimal(amount) / MONEY_STEPS) for currency, amount in self.named("revenue")]


def ratio(part: int, whole: int) -> float | None:
    """A share, between 0 and 1; None of nothing."""
    return round(min(part / whole, 1.0), 6) if whole > 0 else None
