"""Rich text from people: what is left of it for a page, and its plain text."""

from html.parser import HTMLParser

_TAGS = {
    "p", "br", "strong", "b", "em", "i", "u", "s", "del", "ul", "ol", "li", "blockquote", "code", "pre", "a", "h1", "h2", "h3",
    "hr", "sub", "sup", "mark",
}  # fmt: skip
_BLOCKS = {"p", "br", "ul", "ol", "li", "blockquote", "pre", "h1", "h2", "h3", "hr", "div", "tr"}
_APART = {"p", "blockquote", "pre", "h1", "h2", "h3", "ul", "ol"}


def clean(html: str) -> str:
    """The same text with nothing in it but a few tags without attributes, and links that lead to the web, a mailbox or a phone.

    Scripts, styles and their contents, handlers, pictures, frames, forms, comments and ``style`` are gone; other tags are taken
    off and their text is kept. A link tells nobody where it was followed from.
    """
    import nh3

    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={
            "script",
            "style",
            "template",
            "noscript",
            "iframe",
            "object",
            "svg",
            "math",
            "title",
            "textarea",
        },
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
        strip_comments=True,
    ).strip()


def plain(html: str) -> str:
    """The text of cleaned HTML: blocks on lines of their own, points of lists with a dash."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _APART:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
