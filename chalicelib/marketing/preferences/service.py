"""A workspace's topics, and taking in what somebody chooses. The public page and its tokens are in ``centre``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import Answer
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, UnavailableError
from chalicelib.foundation.table import Table
from chalicelib.marketing.preferences import store
from chalicelib.marketing.preferences.domain import (
    OFTEN,
    PAUSE,
    TOPIC,
    WEEKLY,
    Frequency,
    Topics,
    check,
    frequency_of,
    pause_version,
    paused_until,
    wants,
)
from chalicelib.marketing.preferences.words import WORDS, topic_label
from chalicelib.workspaces.settings.domain import Workspace

_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody has answered; None (or not there) is what they were not asked, or left as it was. ``pause_days`` 0 ends a
    pause; ``purposes`` and ``topics`` are yes or no.
    """

    language: str | None = None
    topics: Mapping[str, bool] = field(default_factory=dict)
    frequency: Frequency | None = None
    pause_days: int | None = None
    purposes: Mapping[str, bool] = field(default_factory=dict)


def get_topics(*, table: Table, workspace_id: str) -> Topics:
    """What the workspace writes about."""
    return store.read_topics(table, workspace_id)


def put_topics(*, table: Table, clock: Clock, workspace_id: str, topics: Topics, changed_by: str) -> Topics:
    """Replace the topics that stood at ``topics.version``. What people said of one that goes stays in the ledger. `InvalidError`
    names keys given twice; `ConflictError` carries the present ones.
    """
    check(topics)
    store.write_topics(table, workspace_id, topics, clock.now(), by=changed_by)
    return replace(topics, version=topics.version + 1)


def take(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    contact: Contact,
    wish: Wish,
    shown_in: str,
    source: str,
    source_ip: str,
    labels: Mapping[str, str],
) -> None:
    """Write down what somebody wants: one row of the ledger for each answer that is another than before, with the words they saw
    (in the language ``shown_in``; ``labels`` are those of the purposes), all in one transaction.
    """
    topics = get_topics(table=table, workspace_id=workspace.id)
    answers = [
        *_purposes(contact, wish, shown_in, labels),
        *_topics(contact, wish, topics, shown_in),
        *_frequency(contact, wish, shown_in),
        *_pause(clock, contact, wish, shown_in),
    ]
    if answers:
        consent.answer(
            table=table,
            clock=clock,
            workspace_id=workspace.id,
            contact_id=contact.id,
            answers=answers,
            source=source,
            source_ip=source_ip,
            actor="public",
        )
    if wish.language and wish.language != contact.language:
        _speak(table, clock, workspace, contact.id, wish.language)


def _version(shown_in: str) -> str:
    return f"preferences-2/{shown_in}"


def _purposes(contact: Contact, wish: Wish, shown_in: str, labels: Mapping[str, str]) -> list[Answer]:
    """A yes or no that is as it was is no answer; a no to what was never asked for is one, since it was asked now."""
    return [
        Answer(purpose, wanted, labels.get(purpose, purpose), _version(shown_in))
        for purpose, wanted in wish.purposes.items()
        if purpose not in contact.consents or contact.consented(purpose) is not wanted
    ]


def _topics(contact: Contact, wish: Wish, topics: Topics, shown_in: str) -> list[Answer]:
    return [
        Answer(TOPIC + topic.key, wish.topics[topic.key], topic_label(topic, shown_in), _version(shown_in))
        for topic in topics.items
        if topic.key in wish.topics and wants(contact, topic) is not wish.topics[topic.key]
    ]


def _frequency(contact: Contact, wish: Wish, shown_in: str) -> list[Answer]:
    if wish.frequency is None or wish.frequency == frequency_of(contact):
        return []
    text, version = WORDS[shown_in][f"frequency_{wish.frequency}"], _version(shown_in)
    if wish.frequency == "monthly":
        return [Answer(WEEKLY, False, text, version)]
    said = [Answer(WEEKLY, True, text, version)] if frequency_of(contact) == "monthly" else []
    if wish.frequency == "weekly":
        return [*said, Answer(OFTEN, False, text, version)]
    return [*said, Answer(OFTEN, True, text, version)]


def _pause(clock: Clock, contact: Contact, wish: Wish, shown_in: str) -> Sequence[Answer]:
    now = clock.now()
    if wish.pause_days is None:
        return []
    if wish.pause_days:
        text = WORDS[shown_in]["pause_for"].format(days=wish.pause_days)
        return [Answer(PAUSE, False, text, pause_version(now, wish.pause_days))]
    if paused_until(contact, now) is None:
        return []
    return [Answer(PAUSE, True, WORDS[shown_in]["pause_none"], _version(shown_in))]


def _speak(table: Table, clock: Clock, workspace: Workspace, contact_id: str, language: str) -> None:
    """The language that mails come in is the contact's own."""
    for _ in range(_ATTEMPTS):
        present = contacts.get_contact(table=table, workspace_id=workspace.id, contact_id=contact_id, consistent=True)
        try:
            contacts.change_contact(
                table=table,
                clock=clock,
                workspace=workspace,
                contact_id=contact_id,
                version=present.version,
                changes={"language": language},
                changed_by="public",
            )
        except ConflictError:
            continue  # somebody edits the contact this moment: read it again
        return
    raise UnavailableError("The contact keeps being changed by others.")
