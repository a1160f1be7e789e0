"""Reading the HTML of a mail: links numbered and active things taken out, and its plain text."""

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote

from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.templates.held import TOKEN, Held

FIELD = "body.source"
LINKS_LIMIT = 200
_DROPPED = frozenset({"script", "iframe", "frame", "frameset", "object", "embed", "applet", "base"})
_VOID_DROPPED = frozenset({"embed", "base", "frame"})
_HREF = re.compile(r"""(\bhref\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_PIECES = re.compile(rf"""("[^"]*"|'[^']*')|(=\s*)([^\s"'>][^\s>]*)|{TOKEN.pattern}""")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]+")  # an address ends up in a header: a line break in it would begin another
_TAG_NAME = re.compile(r"[a-z][a-z0-9:_.-]*")
_ACTIVE = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data\s*:\s*text/html)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A page as mail may carry it, with the addresses that its links lead to, by number. ``personal`` says that some addresses
    hold a placeholder: they have no number.
    """

    page: str
    links: tuple[str, ...]
    personal: bool


def rewrite(page: str, held: Held) -> Rewritten:
    """The page without what is active in it; its links are numbered placeholders, held."""
    rewriter = _Rewriter(held)
    made = rewriter.rewrite(page)
    return Rewritten(made, tuple(rewriter.links), rewriter.personal_links)


def plain_text(page: str, held: Held) -> str:
    """The page as plain text."""
    return _Text(held).read(page)


class _Rewriter(HTMLParser):
    """Copies HTML as it is, without what is active in it, and gives every link that leads to the web its number."""

    def __init__(self, held: Held):
        super().__init__(convert_charrefs=False)
        self._held = held
        self._out: list[str] = []
        self._dropping = ""
        self._depth = 0
        self._numbers: dict[str, int] = {}
        self.links: list[str] = []
        self.personal_links = False

    def rewrite(self, page: str) -> str:
        try:
            self.feed(page)
            self.close()
        except AssertionError as error:  # html.parser's answer to some broken declarations
            raise InvalidError("The HTML has a declaration that cannot be read.", field=FIELD, code="html") from error
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._dropping:
            self._depth += tag == self._dropping
            return
        if tag in _DROPPED:
            if tag not in _VOID_DROPPED:
                self._dropping, self._depth = tag, 1
            return
        self._tag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._dropping and tag not in _DROPPED:
            self._tag(tag, attrs)

    def _tag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        if not _TAG_NAME.fullmatch(
            tag
        ):  # ``<scr<script>``: no element, and nothing that another parser should get to see
            return
        if tag == "meta" and any(name == "http-equiv" and (value or "").lower() == "refresh" for name, value in attrs):
            return
        if any(name.startswith("on") or _ACTIVE.match(value or "") for name, value in attrs):
            kept = [
                (name, value) for name, value in attrs if not name.startswith("on") and not _ACTIVE.match(value or "")
            ]
            written = "".join(
                f' {name}="{html.escape(value)}"' if value is not None else f" {name}" for name, value in kept
            )
            raw = f"<{tag}{written}{' /' if raw.endswith('/>') else ''}>"
        if TOKEN.search(raw):
            raw = _PIECES.sub(self._quoted, raw)
        if tag in ("a", "area"):
            raw = _HREF.sub(self._link, raw, count=1)
        self._out.append(raw)

    def _quoted(self, found: re.Match[str]) -> str:
        """A value that stands for an attribute's has quotes around it; one that would bring attributes of its own is left out.
        Conditions stay where they are.
        """
        if found[1] is not None:
            return found[0]
        if found[2] is None:
            return "" if self._shows(found[4]) else found[0]
        end = len(found[3])
        depth = 0
        for token in TOKEN.finditer(found[3]):  # as far as the conditions within it are whole
            piece = self._held.pieces[int(token[1])]
            if piece.startswith("{%"):
                word = piece.strip("{}%-+ \n\t").partition(" ")[0]
                depth += (word in ("if", "for")) - word.startswith("end")
                if depth < 0 or (not depth and word in ("elif", "else")):
                    end = token.start()
                    break
        value, rest = found[3][:end], found[3][end:]
        if not any(self._shows(token[1]) for token in TOKEN.finditer(value)):
            return found[0]
        written = value.replace('"', "&quot;")
        return f'{found[2]}"{written}"{_PIECES.sub(self._quoted, rest)}'

    def _shows(self, number: str) -> bool:
        return self._held.pieces[int(number)].startswith("{{")

    def _link(self, found: re.Match[str]) -> str:
        address = html.unescape(found[2].strip("\"'")).strip()
        if TOKEN.search(address):
            name = self._held.put_back(address)
            self.personal_links |= "unsubscribe_url" not in name and "preferences_url" not in name
            return found[0]
        if not re.match(r"https?://[^\s/]", address, re.IGNORECASE):
            return found[0]
        address = quote(_INVISIBLE.sub("", address), safe="%/:=&?~#+!$,;'@()*[]")
        number = self._numbers.get(address)
        if number is None:
            if len(self.links) >= LINKS_LIMIT:
                raise InvalidError(
                    f"A message has at most {LINKS_LIMIT} different links.", field=FIELD, code="too_many_links"
                )
            number = self._numbers[address] = len(self.links)
            self.links.append(address)
        token = self._held.hold(f"{{{{ link_{number} }}}}")
        return f'{found[1]}"{token}"'

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            self._depth -= tag == self._dropping
            if not self._depth:
                self._dropping = ""
        elif tag not in _DROPPED and _TAG_NAME.fullmatch(tag):
            self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        # A bracket that begins no tag here must not begin one with the value behind it.
        self._keep(data if self.cdata_elem else data.replace("<", "&lt;"))

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        if not re.search(r"<\s*script|\bon[a-z]+\s*=", data, re.IGNORECASE):
            self._keep(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._keep(f"<![{data}]>")

    def _keep(self, text: str) -> None:
        if not self._dropping:
            self._out.append(text)


_BLOCKS = frozenset(
    {"p", "div", "table", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer",
     "blockquote", "center", "address", "hr", "body"}
)  # fmt: skip
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol"})
_UNSEEN = frozenset({"head", "style", "title", "noscript", "template"})


class _Text(HTMLParser):
    """HTML as plain text: blocks on lines of their own, links as their words and their address."""

    def __init__(self, held: Held):
        super().__init__(convert_charrefs=True)
        self._held = held
        self._out: list[str] = []
        self._unseen = 0
        self._hrefs: list[tuple[str, int]] = []

    def read(self, page: str) -> str:
        self.feed(page)
        self.close()
        text = "".join(self._out)
        text = re.sub(r"[^\S\n]+", " ", text)
        text = re.sub(r" ?\n ?", "\n", text)
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS or tag == "br":
            self._out.append("\n")
        if tag in _PARAGRAPHS:
            self._out.append("\n")
        values = dict(attrs)
        if tag == "li":
            self._out.append("\n- ")
        elif tag in ("td", "th"):
            self._out.append(" ")
        elif tag == "img":
            self._out.append(values.get("alt") or "")
        elif tag == "a":
            self._hrefs.append((values.get("href") or "", len(self._out)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _UNSEEN:
            self._unseen -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag == "a" and self._hrefs:
            href, since = self._hrefs.pop()
            words = "".join(self._out[since:]).strip()
            if href and not href.startswith("#") and href != words:
                self._out.append(f" ({href})" if words else href)
        if tag in _PARAGRAPHS:
            self._out.append("\n\n")
        elif tag in _BLOCKS:
            self._out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._out.append(re.sub(r"\s+", " ", data))
        else:
            self._conditions(data)

    def handle_comment(self, data: str) -> None:
        self._conditions(data)  # MJML puts what stands between its sections among Outlook's own tables

    def _conditions(self, data: str) -> None:
        """Conditions that begin or end in what is not shown still have to be balanced."""
        self._out.extend(
            found[0] for found in TOKEN.finditer(data) if self._held.pieces[int(found[1])].startswith("{%")
        )
