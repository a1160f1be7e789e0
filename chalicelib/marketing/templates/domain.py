"""What a mail says: the compiled body, what may be named in it, and what is worth knowing about it."""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from chalicelib.foundation.rendering import Vocabulary

Format = Literal["blocks", "mjml", "html", "text"]
"""How a body is written: a document of blocks (JSON), MJML, HTML or plain text."""
Severity = Literal["error", "warning", "info"]

TEXTS = frozenset(
    {
        "contact.first_name",
        "contact.last_name",
        "contact.display_name",
        "contact.email",
        "contact.language",
        "contact.country",
        "contact.city",
        "contact.lifecycle_stage",
        "contact.company_name",
        "contact.title",
        "contact.job_title",
        "contact.birthday",
        "company.name",
        "workspace.name",
        "workspace.postal_address",
        "workspace.sender_name",
        "campaign.name",
        "campaign.subject",
        "today",
        "unsubscribe_url",
        "preferences_url",
    }
)
LISTS = frozenset({"contact.tags"})
"""Lists of texts, which a loop may repeat."""
_OURS = re.compile(r"\{\{ (?:link_[0-9]+|unsubscribe_url|preferences_url|pixel_url) \}\}")
_LONGER = 110  # https://our.address/t/c/ and a signed token of 90 characters, without what stands for them
CUSTOM = "contact.custom."
"""Before the key of a custom field of contacts."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing before sending. ``blocking`` ones must be put right first; ``params`` are what its message names."""

    code: str
    message: str
    field: str = ""
    blocking: bool = False
    severity: Severity = "warning"
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field of contacts as a body names it: ``contact.custom.<key>``. ``id`` is what contacts keep its value by;
    ``labels`` are what a choice's values are shown as.
    """

    key: str
    id: str
    type: str
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def name(self) -> str:
        """How it is written in a text."""
        return CUSTOM + self.key

    @property
    def is_list(self) -> bool:
        """Whether it has several values, which a loop may repeat."""
        return self.type == "multi_choice"

    def shown(self, value: Any) -> str | list[str]:
        """A kept value as the text that placeholders show and filters read: money as ``12.50 EUR``, dates as ``2026-11-21``."""
        if isinstance(value, list):
            return [self.labels.get(str(each), str(each)) for each in value]
        if isinstance(value, Mapping):
            return f"{value.get('amount', '')} {value.get('currency', '')}".strip()
        if value is None or value is False:
            return ""
        if value is True:
            return "✓"
        return self.labels.get(str(value), str(value))


@dataclass(frozen=True, slots=True)
class Names:
    """Further values that a text may name, for one mail alone: texts, and lists of texts (``data.total``, ``data.lines``)."""

    texts: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Body:
    """What a message says, compiled: templates of the HTML and the plain text (placeholders still in them), and the addresses
    that their links lead to, by number. ``language`` is the text's, in which dates and amounts are written; ``fields`` are the
    custom fields that it names, as they were when it was compiled. Where a message has several texts ``links`` are those of all
    of them, and ``used`` the numbers in this one.
    """

    format: Format
    source: str
    html: str
    text: str
    links: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()
    language: str = "es"
    fields: tuple[CustomField, ...] = ()
    used: tuple[int, ...] | None = None

    @property
    def size(self) -> int:
        """Bytes of the HTML that people get; see `sent_size`."""
        return sent_size(self.html)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the links in this text."""
        return tuple(range(len(self.links))) if self.used is None else self.used

    def vocabulary(self, names: Names = Names()) -> "Vocabulary":
        """What the compiled texts may name; ``names`` are those it was compiled with."""
        return vocabulary(len(self.links), fields=self.fields, language=self.language, names=names)


def sent_size(page: str) -> int:
    """Bytes that compiled HTML has when it is sent, about: the addresses of ours are longer than the placeholders they stand for."""
    return len(page.encode()) + _LONGER * len(_OURS.findall(page))


def vocabulary(
    links: int,
    *,
    fields: Iterable[CustomField] = (),
    language: str = "es",
    names: Names = Names(),
) -> "Vocabulary":
    """What a compiled body may name: what people may, the workspace's custom fields, the pixel, its numbered links and ``names``."""
    from chalicelib.foundation.rendering import Vocabulary

    custom = tuple(fields)
    texts = TEXTS | {"pixel_url"} | {f"link_{number}" for number in range(links)}
    return Vocabulary(
        texts | names.texts | {each.name for each in custom if not each.is_list},
        LISTS | names.lists | {each.name for each in custom if each.is_list},
        language,
    )


VERSIONS_KEPT = 50
"""How many versions of a template can be looked at and restored."""
TEXTS_LIMIT = 260_000
"""Bytes of a template's texts in all languages together: they are one item of the table, which has 400 KB at most."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a template says in one language, as it was written."""

    format: Format
    source: str
    subject: str = ""
    preheader: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A mail's design, to make campaigns from. ``wordings`` are what it says by language, its own among them; None in lists.
    ``languages`` are those; ``size`` is the bytes of the biggest compiled HTML.
    """

    workspace_id: str
    id: str
    name: str
    language: str
    created_at: datetime
    updated_at: datetime
    wordings: Mapping[str, Wording] | None = None
    languages: tuple[str, ...] = ()
    format: Format = "blocks"
    subject: str = ""
    size: int = 0
    changed_by: str = ""
    version: int = 1

    @property
    def own(self) -> Wording:
        """What it says in its own language."""
        assert self.wordings is not None
        return self.wordings[self.language]

    def wording_for(self, language: str) -> tuple[str, Wording]:
        """What somebody who reads this language gets, and in which language that is."""
        assert self.wordings is not None
        chosen = language if language in self.wordings else self.language
        return chosen, self.wordings[chosen]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a template, without what it said."""

    number: int
    name: str
    subject: str
    format: Format
    size: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as one person would see it. ``language`` is that of the text."""

    subject: str
    preheader: str
    html: str
    text: str
    size: int
    language: str
    warnings: tuple[Notice, ...]
