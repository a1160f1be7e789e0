"""What somebody can choose about the mail they get, and what they have chosen.

A choice is kept as an answer of the contact, as every consent is: one row of the append-only ledger with the wording that was
shown. So a merge keeps the stricter of two (a no beats a yes), an erasure takes them with the contact, and the sender needs no
read beyond the contact's. Their names have a dot, which no purpose that a workspace makes up can have.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.customers.contacts.domain import ConsentState, Contact
from chalicelib.foundation.clock import from_text, to_text
from chalicelib.foundation.errors import FieldError, InvalidError

OWN = "mail."
"""How the names of all choices begin."""
TOPIC = "mail.topic."
"""Before a topic's key: no means not this topic."""
OFTEN = "mail.frequency.often"
"""No means: not more than once a week."""
WEEKLY = "mail.frequency.weekly"
"""No means: not even weekly, at most once a month."""
PAUSE = "mail.pause"
"""No means: nothing until the moment in the answer's version (``until:2026-12-20T10:00:00Z``)."""
_UNTIL = "until:"

TOPICS_LIMIT = 30
PAUSES = (30, 60, 90)
"""Days for which mail can be paused."""

Frequency = Literal["all", "weekly", "monthly"]
FREQUENCIES: tuple[Frequency, ...] = ("all", "weekly", "monthly")
DAYS: Mapping[Frequency, int] = {"weekly": 7, "monthly": 30}
"""Days in which somebody who chose so gets one campaign at most."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that a workspace writes about, in the languages of the interface. One with ``default`` reaches everybody who has
    not said no to it; one without only those who have said yes.
    """

    key: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    default: bool = True


@dataclass(frozen=True, slots=True)
class Topics:
    """A workspace's topics in their order; version 0 while there were never any."""

    items: tuple[Topic, ...] = ()
    version: int = 0

    def find(self, key: str) -> Topic | None:
        """The topic with this key."""
        return next((each for each in self.items if each.key == key), None)


def check(topics: Topics) -> None:
    """`InvalidError` names keys that stand there twice."""
    keys = [each.key for each in topics.items]
    twice = [
        FieldError(f"topics.{position}.key", "There are two of it.", "twice")
        for position, key in enumerate(keys)
        if key in keys[:position]
    ]
    if twice:
        raise InvalidError("Each topic stands once.", fields=twice)


def wants(contact: Contact, topic: Topic) -> bool:
    """Whether the person gets this topic: what they said, or what holds for whoever said nothing."""
    said = contact.consents.get(TOPIC + topic.key)
    return topic.default if said is None else said.state is ConsentState.GRANTED


def declined(contact: Contact, topic: str) -> bool:
    """Whether the person has said no to the topic with this key."""
    return _declined(contact, TOPIC + topic)


def frequency_of(contact: Contact) -> Frequency:
    """How often at most the person wants mail."""
    if _declined(contact, WEEKLY):
        return "monthly"
    return "weekly" if _declined(contact, OFTEN) else "all"


def paused_until(contact: Contact, now: datetime) -> datetime | None:
    """Until when the person wants nothing; None when that is over, or was never so."""
    said = contact.consents.get(PAUSE)
    if said is None or said.state is not ConsentState.WITHDRAWN or not said.text_version.startswith(_UNTIL):
        return None
    until = from_text(said.text_version.removeprefix(_UNTIL))
    return until if until > now else None


def pause_version(now: datetime, days: int) -> str:
    """The version of the answer that pauses for so many days."""
    return _UNTIL + to_text((now + timedelta(days=days)).replace(microsecond=0))


def _declined(contact: Contact, name: str) -> bool:
    said = contact.consents.get(name)
    return said is not None and said.state is ConsentState.WITHDRAWN
