"""From what a marketer writes (blocks, MJML, HTML or plain text) to the templates of a message: HTML and text, links numbered.

It is done once, when the campaign or template is saved. Placeholders are taken out before MJML or HTML is read and put back
afterwards, so that neither parser sees their quotes. The marketer's markup stays as it was written, but for what mail must not
carry: scripts, frames, event handlers and ``javascript:`` addresses.
"""

import html
import re
from collections.abc import Sequence
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.templates.brand import DEFAULTS, Brand
from chalicelib.marketing.templates.domain import (
    CUSTOM,
    Body,
    CustomField,
    Format,
    Names,
    Notice,
    sent_size,
    vocabulary,
)
from chalicelib.marketing.templates.held import CLOSE, OPEN, TOKEN, Held
from chalicelib.marketing.templates.pages import FIELD, plain_text, rewrite
from chalicelib.marketing.templates.seen import Seen

if TYPE_CHECKING:
    from chalicelib.foundation.rendering import Placeholders

SOURCE_LIMIT = 128_000
CLIPPED_FROM = 102_000  # Gmail cuts a message's HTML here
_FOOTER = {
    "es": ("Recibes este correo porque diste tu consentimiento.", "Darse de baja", "Preferencias"),
    "en": ("You receive this e-mail because you agreed to it.", "Unsubscribe", "Preferences"),
}
_MJML_DEPTH = 50
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BRACES = re.compile(r"\{(?=[{%])")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


class Checker:
    """Checks the placeholders of a body's texts: what they may name, in which language they write, and what they did name."""

    def __init__(
        self,
        *,
        fields: Sequence[CustomField] = (),
        language: str = "es",
        more: Names = Names(),  # noqa: B008 - it cannot be changed
        mailing: bool = True,
    ):
        self.more = more
        self.mailing = mailing
        self.fields = {each.name: each for each in fields}
        self.language = language
        self.names: set[str] = set()
        self.places: dict[str, str] = {}
        """The field where a name was seen without a fallback first."""

    def check(self, source: str, *, field: str, markup: bool = False, links: int = 0) -> frozenset[str]:
        """The names shown without a fallback; `InvalidError` names the field and the line when the placeholders are not allowed."""
        if "{{" not in source and "{%" not in source:
            return frozenset()
        from chalicelib.foundation.rendering import placeholders

        known = vocabulary(links, fields=self.fields.values(), language=self.language, names=self.more)
        found: Placeholders = placeholders(source, vocabulary=known, mode="html" if markup else "text", field=field)
        self.names |= found.names
        for name in found.bare:
            self.places.setdefault(name, field)
        return found.bare

    @property
    def used(self) -> tuple[CustomField, ...]:
        """The custom fields that were named."""
        return tuple(self.fields[name] for name in sorted(self.names) if name.startswith(CUSTOM))


def compile_whole(
    *,
    body_format: Format,
    source: str,
    preheader: str = "",
    language: str = "es",
    subject: str = "",
    fields: Sequence[CustomField] = (),
    names: Names = Names(),  # noqa: B008 - it cannot be changed
    mailing: bool = True,
    brand: Brand = DEFAULTS,
) -> tuple[Body, Seen]:
    """The compiled body, with what is worth knowing about it, and what there is in it to look at. One that is not for a ``mailing``
    but a single mail gets no opt-out, no postal address and no pixel of ours.

    ``fields`` are the custom fields that it may name, ``names`` what else; a document of blocks takes its colours and more from ``brand``. `InvalidError`
    names ``body.source`` (or ``subject``, ``preheader``, ``body.blocks.3.href``) and the line of what cannot be read or is not
    allowed.
    """
    if len(source.encode("utf-8", "replace")) > SOURCE_LIMIT:
        raise InvalidError(f"At most {SOURCE_LIMIT} bytes.", field=FIELD, code="too_long")
    if not source.strip():
        raise InvalidError("The message is empty.", field=FIELD, code="empty")
    checker = Checker(fields=fields, language=language, more=names, mailing=mailing)
    bare = checker.check(subject, field="subject") | checker.check(preheader, field="preheader")
    held = Held()
    title = _CONTROLS.sub("", subject) if "{" not in subject else ""
    clean = _CONTROLS.sub("", source.replace("\r\n", "\n").replace("\r", "\n"))
    page, seen = _page(body_format, clean, held, checker, brand, title)
    warnings: list[Notice] = []
    if preheader:
        hidden = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;"
        shown = held.take(_preheader(preheader), "preheader")
        page = _after_body_tag(page, f'<div style="{hidden}">{shown}</div>')
    opt_out = not mailing or any("unsubscribe_url" in piece for piece in held.pieces)
    address = not mailing or any("workspace.postal_address" in piece for piece in held.pieces)
    if not opt_out or not address:
        page = _before_body_end(page, held.take(_footer(language, opt_out=not opt_out, address=not address), FIELD))
    if not opt_out:
        message = "The text has no unsubscribe link; one is added at its end."
        warnings.append(Notice("opt_out_added", message, FIELD, severity="info"))
    if mailing:
        pixel = '<img src="{{ pixel_url }}" width="1" height="1" alt="" style="display:block;border:0">'
        page = _before_body_end(page, held.take(pixel, FIELD))
    rewritten = rewrite(page, held)
    if rewritten.personal:
        message = "Links whose address holds a placeholder are not counted when they are clicked."
        warnings.append(Notice("links_not_counted", message, FIELD, severity="info"))
    page = _BRACES.sub('{{ "{" }}', rewritten.page)
    text = _BRACES.sub('{{ "{" }}', plain_text(rewritten.page, held))
    compiled_html, compiled_text = held.put_back(page), held.put_back(text)
    bare |= checker.check(compiled_html, field=FIELD, markup=True, links=len(rewritten.links))
    checker.check(compiled_text, field=FIELD, links=len(rewritten.links))
    for name in sorted(bare):
        if name.startswith(("contact.", "company.")):
            message = f'{name} has no fallback: people without it see a gap. Write {{{{ {name} | default("…") }}}}.'
            warnings.append(Notice("fallback_missing", message, checker.places[name], params={"name": name}))
    size = sent_size(compiled_html)
    if size > CLIPPED_FROM:
        message = f"The message has {size // 1000} KB; Gmail cuts it at 102 KB."
        warnings.append(Notice("big_mail", message, FIELD, params={"kb": size // 1000}))
    body = Body(
        body_format,
        source,
        compiled_html,
        compiled_text,
        rewritten.links,
        tuple(warnings),
        language,
        checker.used,
    )
    return body, seen


def compile_body(
    *,
    body_format: Format,
    source: str,
    preheader: str = "",
    language: str = "es",
    subject: str = "",
    fields: Sequence[CustomField] = (),
    names: Names = Names(),  # noqa: B008 - it cannot be changed
    mailing: bool = True,
    brand: Brand = DEFAULTS,
) -> Body:
    """As `compile_whole`, the body alone."""
    return compile_whole(
        body_format=body_format,
        source=source,
        preheader=preheader,
        language=language,
        subject=subject,
        fields=fields,
        names=names,
        mailing=mailing,
        brand=brand,
    )[0]


def _page(body_format: Format, source: str, held: Held, checker: Checker, brand: Brand, title: str) -> tuple[str, Seen]:
    """The page that the source makes, with its placeholders held, and what there is in it to look at."""
    if body_format == "blocks":
        from chalicelib.marketing.templates.blocks import to_mjml

        made, seen = to_mjml(source, brand=brand, held=held, checks=checker, title=title)
        return _from_mjml(_BRACES.sub("&#123;", made), held), seen
    seen = Seen()
    if body_format != "text" and (begun := source.rfind("<!--")) > source.rfind("-->"):
        # A reader would see nothing from there on, and html.parser looks for the end of each that is begun.
        line = source.count("\n", 0, begun) + 1
        raise InvalidError(f"Line {line}: the comment is not closed.", field=FIELD, code="html")
    checker.check(source, field=FIELD, markup=body_format != "text")
    page = _BRACES.sub("&#123;", held.take(source, FIELD))
    if body_format == "mjml":
        seen.read(source, FIELD)
        return _from_mjml(page, held), seen
    if body_format == "text":
        seen.plain(source, FIELD)
        page = _from_text(page)
    else:
        seen.read(source, FIELD)
    if "<body" in page.lower():
        return page, seen
    page = (
        f'<!doctype html><html lang="{checker.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>{page}</body></html>'
    )
    return page, seen


def _from_text(source: str) -> str:
    """Plain text as HTML that looks like it: paragraphs and lines as they are, addresses as links."""
    paragraphs = []
    for paragraph in re.split(r"\n[ \t]*\n+", source.replace("&#123;", "{").strip("\n")):
        marked, last = [], 0
        for found in _ADDRESS.finditer(paragraph):
            address = found[0].rstrip(".,;:!?)")
            marked.append(html.escape(paragraph[last : found.start()]))
            marked.append(f'<a href="{html.escape(address)}">{html.escape(address)}</a>')
            last = found.start() + len(address)
        marked.append(html.escape(paragraph[last:]))
        paragraphs.append(f'<p style="margin:0 0 16px">{"".join(marked).replace(chr(10), "<br>")}</p>')
    style = "max-width:600px;margin:0 auto;padding:16px;font:16px/1.5 Arial,Helvetica,sans-serif"
    return _BRACES.sub("&#123;", f'<div style="{style}">{"".join(paragraphs)}</div>')


def _from_mjml(page: str, held: Held) -> str:
    from mjml import mjml2html

    if re.search(r"<\s*mj-include\b", page, re.IGNORECASE):
        raise InvalidError(
            "mj-include is not allowed: everything has to be in the text itself.", field=FIELD, code="mjml"
        )
    if page.count("<") > 5000:
        raise InvalidError("There are too many elements.", field=FIELD, code="too_long")
    if (line := _Nesting().too_deep(page)) is not None:  # mrml would end with the whole process
        raise InvalidError(f"Line {line}: elements nest at most {_MJML_DEPTH} deep.", field=FIELD, code="too_deep")
    try:
        made: str = mjml2html(page, fonts={})
    except ValueError as error:
        raise InvalidError(f"This is not MJML: {str(error)[:300]}", field=FIELD, code="mjml") from error
    # mrml 1.4 writes attributes with Rust's debug escapes, so a private character in an href comes back as its name.
    for character in (OPEN, CLOSE):
        made = made.replace(f"\\u{{{ord(character):x}}}", character)
    kept = {found[1] for found in TOKEN.finditer(made)}
    lost = [held.pieces[int(found[1])] for found in TOKEN.finditer(page) if found[1] not in kept]
    if lost:
        message = f"{lost[0][:80]} stands where MJML drops it; put it inside mj-text or mj-raw."
        raise InvalidError(message, field=FIELD, code="placeholder_lost")
    return made


class _Nesting(HTMLParser):
    """How deep the elements of MJML stand in one another."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._line: int | None = None

    def too_deep(self, page: str) -> int | None:
        """The line of the first that stands too deep."""
        with suppress(AssertionError):  # html.parser's answer to some broken declarations
            self.feed(page)
        return self._line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag.startswith("mj"):
            self._depth += 1
            if self._depth > _MJML_DEPTH and self._line is None:
                self._line = self.getpos()[0]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """It has nothing within it."""

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag.startswith("mj")


def _preheader(text: str) -> str:
    """The preheader as HTML; its placeholders stay."""
    held = Held()
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
