"""Topics and preferences as the API takes and shows them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema
from chalicelib.marketing.preferences.centre import Choices, label
from chalicelib.marketing.preferences.domain import TOPICS_LIMIT, Topic, Topics, wants
from chalicelib.marketing.preferences.service import Wish
from chalicelib.marketing.preferences.words import masked, text_in

Key = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_-]*$")]
PurposeName = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class TopicName(Schema):
    """What a topic is called, in both languages."""

    es: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    en: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class TopicDescription(Schema):
    """A sentence about it, in both languages; may be empty."""

    es: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class TopicItem(Schema):
    """Something that a workspace writes about. With ``default`` whoever has not said no gets it; without, who said yes."""

    key: Key
    name: TopicName
    description: TopicDescription = TopicDescription()
    default: bool = True


class TopicsIn(Schema):
    """A workspace's topics, all of them; ``version`` is the one they were read at, 0 before the first change."""

    topics: Annotated[list[TopicItem], Field(max_length=TOPICS_LIMIT)]
    version: Annotated[int, Field(ge=0)]

    def taken(self) -> Topics:
        """The topics in the domain's terms."""
        items = (
            Topic(each.key, each.name.model_dump(), each.description.model_dump(), each.default) for each in self.topics
        )
        return Topics(tuple(items), self.version)


class TopicsOut(Schema):
    """A workspace's topics."""

    topics: list[TopicItem]
    version: int

    @classmethod
    def of(cls, topics: Topics) -> Self:
        """The topics as shown."""
        items = [
            {"key": each.key, "name": dict(each.name), "description": dict(each.description), "default": each.default}
            for each in topics.items
        ]
        return cls.model_validate({"topics": items, "version": topics.version})


class PreferencesIn(Schema):
    """What somebody chooses; what is left out stays. ``pause_days`` 0 ends a pause. ``subscribed`` false withdraws the consent to
    marketing e-mail and true gives it again; ``everything_off`` true is no mail of any kind, ever.
    """

    language: Literal["es", "en"] | None = None
    topics: Annotated[dict[Key, bool], Field(max_length=TOPICS_LIMIT)] = {}
    frequency: Literal["all", "weekly", "monthly"] | None = None
    pause_days: Literal[0, 30, 60, 90] | None = None
    purposes: Annotated[dict[PurposeName, bool], Field(max_length=50)] = {}
    subscribed: bool | None = None
    everything_off: Literal[True] | None = None

    def wish(self, purpose: str) -> Wish:
        """The choice in the domain's terms; ``purpose`` is marketing e-mail's."""
        subscribed = {} if self.subscribed is None else {purpose: self.subscribed}
        return Wish(self.language, self.topics, self.frequency, self.pause_days, {**self.purposes, **subscribed})


class TopicChoice(Schema):
    """A topic, and whether the person gets it."""

    key: str
    name: str
    description: str
    wanted: bool


class PurposeChoice(Schema):
    """Something the person was asked to agree to, and their answer."""

    id: str
    label: str
    granted: bool


class PreferencesOut(Schema):
    """What somebody can choose and has chosen. ``address`` is masked; ``known`` is false for whoever is no longer in the workspace;
    ``subscribed`` says whether marketing e-mail comes at all, ``everything_off`` that nothing of any kind does.
    """

    workspace: str
    address: str
    known: bool
    language: Literal["es", "en"]
    languages: list[Literal["es", "en"]]
    topics: list[TopicChoice]
    frequency: Literal["all", "weekly", "monthly"]
    paused_until: Instant | None
    purposes: list[PurposeChoice]
    subscribed: bool
    everything_off: bool

    @classmethod
    def of(cls, found: Choices, language: str, purpose: str) -> Self:
        """The page as data, in a language."""
        contact = found.contact
        return cls.model_validate(
            {
                "workspace": found.workspace.name,
                "address": masked(contact.email) if contact else "",
                "known": contact is not None,
                "language": language,
                "languages": ["es", "en"],
                "topics": [
                    {
                        "key": each.key,
                        "name": text_in(each.name, language),
                        "description": text_in(each.description, language),
                        "wanted": wants(contact, each) if contact else False,
                    }
                    for each in found.topics.items
                ],
                "frequency": found.frequency,
                "paused_until": found.paused_until,
                "purposes": [
                    {"id": each, "label": label(found, each, language), "granted": granted}
                    for each, granted in found.purposes.items()
                ],
                "subscribed": found.purposes.get(purpose, False) and not found.everything_off,
                "everything_off": found.everything_off,
            }
        )
