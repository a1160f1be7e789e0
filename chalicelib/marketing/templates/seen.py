"""What there is in a body to be looked at: its links, pictures and words, each with the place where it was written."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser

_UNSEEN = frozenset({"style", "script", "head", "title", "mj-style", "mj-head", "mj-attributes"})


@dataclass(slots=True)
class Seen:
    """Addresses of links, pictures as address and alternative text (None: there is no such attribute), and texts, by place.
    Placeholders stand in them as they were written.
    """

    links: list[tuple[str, str]] = field(default_factory=list)
    images: list[tuple[str, str, str | None]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)

    def read(self, source: str, place: str) -> None:
        """Look at HTML or MJML, as far as it can be read."""
        with suppress(AssertionError):  # html.parser's answer to some broken declarations
            _Reader(self, place).feed(source)

    def plain(self, source: str, place: str) -> None:
        """Look at plain text."""
        self.texts.append((place, source))
        self.links += [(place, found.rstrip(".,;:!?)")) for found in re.findall(r"https?://[^\s<>\"']+", source)]


class _Reader(HTMLParser):
    def __init__(self, seen: Seen, place: str):
        super().__init__(convert_charrefs=True)
        self._seen = seen
        self._place = place
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._hidden += 1
        values = dict(attrs)
        if tag in ("a", "area", "mj-button", "mj-image", "mj-navbar-link", "mj-social-element") and "href" in values:
            self._seen.links.append((self._place, values["href"] or ""))
        elif tag == "a" and "name" not in values and "id" not in values:
            self._seen.links.append((self._place, ""))
        if tag in ("img", "mj-image"):
            self._seen.images.append((self._place, values.get("src") or "", values.get("alt")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _UNSEEN:
            self._hidden -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self._seen.texts.append((self._place, data))
