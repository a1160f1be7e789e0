"""What people do, as far as segments ask about it: a bounded profile of each contact, kept by projections.

Every part mirrors something that is kept elsewhere (a recipient's row, a submission, a deal) under that thing's id, so writing it again
changes nothing, and writing it late writes what is true now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from chalicelib.marketing.segments.language.times import Deed

CAMPAIGNS = 50
FORMS = 30
POSTS = 20
DEALS = 20
"""How many of each a profile remembers, the latest ones: it stays below 10 KB."""

CLICKED = 2
_NO_LINKS: frozenset[str] = frozenset()
Mail = list[Any]
"""When a campaign was sent, opened, clicked and bounced (seconds since 1970, 0 if not), and the links that were clicked."""
DealSeen = list[Any]
"""Status, pipeline, stage, amount, currency, when it was made and when it was closed (0 while it is open)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What one person did: ``mail`` by campaign, ``posts`` (submission → when, by form) and ``deals`` by their ids. ``version`` is the
    item's; 0 while there is none.
    """

    mail: Mapping[str, Mail] = field(default_factory=dict)
    posts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    deals: Mapping[str, DealSeen] = field(default_factory=dict)
    version: int = 0

    # What conditions see of it

    def mailed(self, position: int) -> list[Deed]:
        """Campaigns that were sent (0), opened (1), clicked (2) or bounced (3)."""
        if position == CLICKED:
            return [(id_, row[CLICKED], frozenset(row[4])) for id_, row in self.mail.items() if row[CLICKED]]
        return [(id_, row[position], _NO_LINKS) for id_, row in self.mail.items() if row[position]]

    @property
    def posted(self) -> list[Deed]:
        """Forms that were sent in."""
        return [(form, at, _NO_LINKS) for form, posts in self.posts.items() for at in posts.values()]

    def dealt(self, status: str) -> list[Deed]:
        """Deals that were won or lost, by when; with an empty status all, by when they were made."""
        if not status:
            return [(row[1], row[5], _NO_LINKS) for row in self.deals.values()]
        return [(row[1], row[6], _NO_LINKS) for row in self.deals.values() if row[0] == status]

    def statuses(self) -> frozenset[str]:
        """Which kinds of deals there are: open, won, lost."""
        return frozenset([row[0] for row in self.deals.values()])

    def open_in(self, position: int) -> frozenset[str]:
        """The pipelines (1) or stages (2) of open deals."""
        return frozenset([row[position] for row in self.deals.values() if row[0] == "open"])

    def worth(self, status: str) -> Mapping[str, Decimal]:
        """What the deals of a status come to, by currency."""
        sums: dict[str, Decimal] = {}
        for row in self.deals.values():
            if row[0] == status:
                sums[row[4]] = sums.get(row[4], Decimal(0)) + _decimal(row[3])
        return sums

    def number(self, status: str) -> int:
        """How many deals of a status there are."""
        return sum(1 for row in self.deals.values() if row[0] == status)

    # How it changes

    def with_mail(self, campaign_id: str, row: Mail | None) -> "Profile":
        """The campaign as it is now for this person; None when it has not been sent to them."""
        kept = _mirrored(self.mail, campaign_id, row if row is None or any(row[:4]) else None)
        return replace(self, mail=_latest(kept, CAMPAIGNS, lambda each: max(each[:4])))

    def with_post(self, form: str, submission_id: str, at: int | None) -> "Profile":
        """The submission as it is now: when it was, or None when it is gone."""
        kept = _latest(_mirrored(self.posts.get(form, {}), submission_id, at), POSTS, lambda each: each)
        posts = _mirrored(self.posts, form, kept or None)
        return replace(self, posts=_latest(posts, FORMS, lambda each: max(each.values())))

    def with_deal(self, deal_id: str, row: DealSeen | None) -> "Profile":
        """The deal as it is now; None when it is gone, or another person's. Open ones are kept before closed ones."""
        kept = _mirrored(self.deals, deal_id, row)
        return replace(self, deals=_latest(kept, DEALS, lambda each: (each[0] == "open", each[6] or each[5])))

    @classmethod
    def union(cls, profiles: Iterable["Profile"]) -> "Profile":
        """What a person did under several ids; a campaign counts once, with whatever was done in either copy."""
        mail: dict[str, Mail] = {}
        posts: dict[str, Mapping[str, int]] = {}
        deals: dict[str, DealSeen] = {}
        version = 0
        for profile in profiles:
            for campaign_id, row in profile.mail.items():
                mail[campaign_id] = _joined(mail[campaign_id], row) if campaign_id in mail else row
            for form, sent in profile.posts.items():
                posts[form] = {**posts.get(form, {}), **sent}
            deals |= profile.deals
            version = max(version, profile.version)
        return cls(mail, posts, deals, version)


EMPTY = Profile()


def seconds(instant: datetime | None) -> int:
    """The instant as profiles keep it."""
    return int(instant.timestamp()) if instant else 0


def _mirrored(rows: Mapping[str, Any], key: str, row: Any) -> dict[str, Any]:
    kept = dict(rows)
    if row is None:
        kept.pop(key, None)
    else:
        kept[key] = row
    return kept


def _latest(rows: dict[str, Any], limit: int, when: Any) -> dict[str, Any]:
    if len(rows) <= limit:
        return rows
    ranked = sorted(rows, key=lambda key: (when(rows[key]), key), reverse=True)
    return {key: rows[key] for key in ranked[:limit]}


def _joined(one: Mail, other: Mail) -> Mail:
    times = [min(filter(None, pair), default=0) for pair in zip(one[:4], other[:4], strict=True)]
    return [*times, sorted({*one[4], *other[4]})]


def _decimal(text: Any) -> Decimal:
    try:
        return Decimal(text)
    except (InvalidOperation, TypeError, ValueError):
        return Decimal(0)
