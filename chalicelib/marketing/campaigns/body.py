"""From what a marketer writes (MJML or HTML) to the templates of a message: HTML and plain text, links numbered.

It is done once, when the campaign is saved. Placeholders are taken out before MJML or HTML is read and put back afterwards, so
that neither parser sees their quotes. The marketer's markup stays as it was written, but for what mail must not carry: scripts,
frames, event handlers and ``javascript:`` addresses.
"""

import html
import re
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import quote

from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.campaigns.domain import Body, Notice, vocabulary

FIELD = "body.source"
SOURCE_LIMIT = 128_000
CLIPPED_FROM = 102_000  # Gmail cuts a message's HTML here
LINKS_LIMIT = 200
_FOOTER = {
    "es": ("Recibes este correo porque diste tu consentimiento.", "Darse de baja", "Preferencias"),
    "en": ("You receive this e-mail because you agreed to it.", "Unsubscribe", "Preferences"),
}
_OPEN, _CLOSE = "\ue000", "\ue001"
_TOKEN = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_BRACES = re.compile(r"\{(?=[{%])")
_DROPPED = frozenset({"script", "iframe", "frame", "frameset", "object", "embed", "applet", "base"})
_VOID_DROPPED = frozenset({"embed", "base", "frame"})
_HREF = re.compile(r"""(\bhref\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]+")  # an address ends up in a header: a line break in it would begin another
_TAG_NAME = re.compile(r"[a-z][a-z0-9:_.-]*")
_ACTIVE = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data\s*:\s*text/html)", re.IGNORECASE)


def compile_body(
    *, body_format: Literal["mjml", "html"], source: str, preheader: str = "", language: str = "es", subject: str = ""
) -> Body:
    """The compiled body, with what is worth knowing about it.

    `InvalidError` names ``body.source`` (or ``subject``, ``preheader``) and the line of what cannot be read or is not allowed.
    """
    if len(source.encode()) > SOURCE_LIMIT:
        raise InvalidError(f"At most {SOURCE_LIMIT} bytes.", field=FIELD, code="too_long")
    if not source.strip():
        raise InvalidError("The message is empty.", field=FIELD, code="empty")
    check(subject, field="subject")
    check(preheader, field="preheader")
    check(source, field=FIELD, markup=True)
    held = _Held()
    page = held.take(source.replace("\r\n", "\n").replace("\r", "\n"), FIELD)
    page = _BRACES.sub("&#123;", page)
    if body_format == "mjml":
        page = _from_mjml(page, held)
    elif "<body" not in page.lower():
        page = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>{page}</body></html>'
        )
    warnings: list[Notice] = []
    if preheader:
        hidden = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;"
        shown = held.take(_preheader(preheader), "preheader")
        page = _after_body_tag(page, f'<div style="{hidden}">{shown}</div>')
    names = held.names()
    opt_out = any("unsubscribe_url" in name for name in names)
    address = any("workspace.postal_address" in name for name in names)
    if not opt_out or not address:
        page = _before_body_end(page, held.take(_footer(language, opt_out=not opt_out, address=not address), FIELD))
    if not opt_out:
        message = "The text has no unsubscribe link; one is added at its end."
        warnings.append(Notice("opt_out_added", message, FIELD))
    page = _before_body_end(
        page, held.take('<img src="{{ pixel_url }}" width="1" height="1" alt="" style="display:block;border:0">', FIELD)
    )
    rewriter = _Rewriter(held)
    page = rewriter.rewrite(page)
    if rewriter.personal_links:
        message = "Links whose address holds a placeholder are not counted when they are clicked."
        warnings.append(Notice("links_not_counted", message, FIELD))
    text = _Text(held).read(page)
    page = _BRACES.sub('{{ "{" }}', page)
    text = _BRACES.sub('{{ "{" }}', text)
    compiled_html, compiled_text = held.put_back(page), held.put_back(text)
    checked = check(compiled_html, field=FIELD, markup=True, links=len(rewriter.links))
    check(compiled_text, field=FIELD, links=len(rewriter.links))
    bare = sorted(
        name
        for name in checked | check(subject, field="subject") | check(preheader, field="preheader")
        if name.startswith(("contact.", "company."))
    )
    for name in bare:
        message = f'{name} has no fallback: people without it see a gap. Write {{{{ {name} | default("…") }}}}.'
        warnings.append(Notice("fallback_missing", message, FIELD))
    size = len(compiled_html.encode())
    if size > CLIPPED_FROM:
        message = f"The message has {size // 1000} KB; Gmail cuts it at 102 KB."
        warnings.append(Notice("big_mail", message, FIELD))
    return Body(body_format, source, compiled_html, compiled_text, tuple(rewriter.links), tuple(warnings))


def check(source: str, *, field: str, markup: bool = False, links: int = 0) -> frozenset[str]:
    """The names shown without a fallback; `InvalidError` names the field when the placeholders are not allowed."""
    if "{{" not in source and "{%" not in source and not markup:
        return frozenset()
    from chalicelib.foundation.rendering import placeholders

    return placeholders(source, vocabulary=vocabulary(links), mode="html" if markup else "text", field=field).bare


class _Held:
    """Placeholders taken out of a text, each standing in it as one private character pair around its number."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def take(self, source: str, field: str) -> str:
        from chalicelib.foundation.rendering import placeholder_parts

        clean = source.replace(_OPEN, "").replace(_CLOSE, "")
        return "".join(self.hold(piece) if is_tag else piece for is_tag, piece in placeholder_parts(clean, field=field))

    def hold(self, piece: str) -> str:
        self.pieces.append(piece)
        return f"{_OPEN}{len(self.pieces) - 1}{_CLOSE}"

    def put_back(self, text: str) -> str:
        return _TOKEN.sub(lambda found: self.pieces[int(found[1])], text)

    def names(self) -> list[str]:
        return self.pieces


def _from_mjml(page: str, held: _Held) -> str:
    from mjml import mjml2html

    if re.search(r"<\s*mj-include\b", page, re.IGNORECASE):
        raise InvalidError(
            "mj-include is not allowed: everything has to be in the text itself.", field=FIELD, code="mjml"
        )
    if page.count("<") > 5000:
        raise InvalidError("There are too many elements.", field=FIELD, code="too_long")
    try:
        made: str = mjml2html(page, fonts={})
    except ValueError as error:
        raise InvalidError(f"This is not MJML: {str(error)[:300]}", field=FIELD, code="mjml") from error
    # mrml 1.4 writes attributes with Rust's debug escapes, so a private character in an href comes back as its name.
    for character in (_OPEN, _CLOSE):
        made = made.replace(f"\\u{{{ord(character):x}}}", character)
    kept = {found[1] for found in _TOKEN.finditer(made)}
    lost = [held.pieces[int(found[1])] for found in _TOKEN.finditer(page) if found[1] not in kept]
    if lost:
        message = f"{lost[0][:80]} stands where MJML drops it; put it inside mj-text or mj-raw."
        raise InvalidError(message, field=FIELD, code="placeholder_lost")
    return made


def _preheader(text: str) -> str:
    """The preheader as HTML; its placeholders stay."""
    held = _Held()
    return held.put_back(html.escape(held.take(text, "preheader")))


def _footer(language: str, *, opt_out: bool, address: bool) -> str:
    reason, leave, choose = _FOOTER.get(language, _FOOTER["en"])
    parts = []
    if opt_out:
        parts.append(f'{reason} <a href="{{{{ unsubscribe_url }}}}" style="color:#52606d">{leave}</a>')
        parts.append(f'<a href="{{{{ preferences_url }}}}" style="color:#52606d">{choose}</a>')
    if address:
        parts.append("{{ workspace.name }}, {{ workspace.postal_address }}")
    style = (
        "margin:24px auto 16px;max-width:600px;text-align:center;font:12px/1.5 Arial,Helvetica,sans-serif;color:#52606d"
    )
    return f'<p style="{style}">{"<br>".join(parts)}</p>'


def _after_body_tag(page: str, addition: str) -> str:
    found = re.search(r"<body\b[^>]*>", page, re.IGNORECASE)
    return page[: found.end()] + addition + page[found.end() :] if found else addition + page


def _before_body_end(page: str, addition: str) -> str:
    place = page.lower().rfind("</body")
    return page[:place] + addition + page[place:] if place >= 0 else page + addition


class _Rewriter(HTMLParser):
    """Copies HTML as it is, without what is active in it, and gives every link that leads to the web its number."""

    def __init__(self, held: _Held):
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
        if tag in ("a", "area"):
            raw = _HREF.sub(self._link, raw, count=1)
        self._out.append(raw)

    def _link(self, found: re.Match[str]) -> str:
        address = html.unescape(found[2].strip("\"'")).strip()
        if _TOKEN.search(address):
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
        self._keep(data)

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

    def __init__(self, held: _Held):
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
        else:  # conditions that begin or end in what is not shown still have to be balanced
            self._out.extend(
                found[0] for found in _TOKEN.finditer(data) if self._held.pieces[int(found[1])].startswith("{%")
            )
