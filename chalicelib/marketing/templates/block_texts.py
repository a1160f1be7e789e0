"""The texts of blocks, ready to stand in MJML: sanitised, their placeholders checked and held, and noted for whoever looks at them."""

import html
import re
from collections.abc import Callable
from typing import Protocol

from chalicelib.customers.contacts.domain import kept_tag
from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.templates import document as doc
from chalicelib.marketing.templates import sanitising
from chalicelib.marketing.templates.domain import CUSTOM, LISTS, CustomField
from chalicelib.marketing.templates.held import OPEN, Held
from chalicelib.marketing.templates.seen import Seen

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_LINK = re.compile(rf"(?:https?://[^\s/]|mailto:[^\s]|tel:[+0-9{OPEN}]|#|{OPEN})", re.IGNORECASE)
_SOURCE = re.compile(rf"(?:https?://[^\s/]|{OPEN})", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"<(p|ul|ol|h1|h2|h3|h4|blockquote)(?: style=\"([^\"]*)\")?>")
_ANCHOR = re.compile(r"<a (?=[^>]*\bhref=)([^>]*)>")
_STYLE = re.compile(r" ?\bstyle=\"([^\"]*)\"")


class Checks(Protocol):
    """What looks at the placeholders of a text; see `body.Checker`."""

    fields: dict[str, CustomField]
    language: str
    mailing: bool

    def check(self, source: str, *, field: str, markup: bool = False, links: int = 0) -> frozenset[str]:
        """The names shown without a fallback; `InvalidError` names the field and line of what is not allowed."""
        ...


class Texts:
    """Takes the texts of a document in, each with its place."""

    def __init__(self, held: Held, checks: Checks):
        self._held = held
        self._checks = checks
        self.seen = Seen()

    def test(self, condition: doc.Condition, path: str) -> str:
        """A condition as Jinja writes it; `InvalidError` names it when there is no such value."""
        name, value = condition.field, condition.value
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}", name):
            raise InvalidError("There is no such value.", field=f"{path}.field", code="placeholder_not_allowed")
        self._checks.check(f"{{% if {name} %}}{{% endif %}}", field=f"{path}.field")
        if condition.op in ("is_set", "is_not_set"):
            if value not in (None, ""):
                raise InvalidError("This comparison has no value.", field=f"{path}.value", code="not_asked")
            return name if condition.op == "is_set" else f"not {name}"
        if not value:
            raise InvalidError("What to compare with is missing.", field=f"{path}.value", code="missing")
        custom = self._checks.fields.get(name) if name.startswith(CUSTOM) else None
        if custom is not None:
            value = custom.labels.get(value, value)
        if name == "contact.tags":
            value = kept_tag(value)
        op: str = condition.op
        if name in LISTS or (custom is not None and custom.is_list):  # one of them is
            op = {"is": "contains", "is_not": "not_contains"}.get(op, op)
        written = '"' + _CONTROLS.sub("", value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
        match op:
            case "is":
                return f"{name} == {written}"
            case "is_not":
                return f"{name} != {written}"
            case "contains":
                return f"{written} in {name}"
        return f"{written} not in {name}"

    def inline(self, text: str, path: str, link: str) -> str:
        """A line of text; its links have this colour."""
        return _linked(self.markup(text, path, sanitising.inline), link)

    def rich(self, text: str, path: str, link: str) -> str:
        """Paragraphs; their links have this colour."""
        made = self.markup(text, path, sanitising.rich)
        found = list(_PARAGRAPHS.finditer(made))
        last = found[-1].start() if found and made.rstrip().endswith((f"</{found[-1][1]}>",)) else -1

        def spaced(tag: re.Match[str]) -> str:
            margin = "0" if tag.start() == last else "0 0 14px"
            if tag[1] in ("ul", "ol"):
                margin = f"{margin};padding:0 0 0 24px"
            return f'<{tag[1]} style="margin:{margin};{tag[2] or ""}">'

        return _linked(_PARAGRAPHS.sub(spaced, made), link)

    def markup(self, text: str, path: str, clean: Callable[[str], str]) -> str:
        """Markup without what ``clean`` takes out, its placeholders held."""
        text = _CONTROLS.sub("", text)
        self._checks.check(text, field=path, markup=True)
        made = clean(self._held.take(text, path))
        self.seen.read(self._held.put_back(made), path)
        return made

    def plain(self, text: str, path: str, *, look: bool = True) -> str:
        """A text without markup, ready to stand in an attribute or between tags."""
        text = re.sub(r"\s+", " ", _CONTROLS.sub("", text)).strip()
        self._checks.check(text, field=path)
        if look and text:
            self.seen.texts.append((path, text))
        return html.escape(self._held.take(text, path))

    def link(self, address: str, path: str, *, look: bool = True) -> str:
        """The address of a link, ready to stand in an attribute."""
        if look:
            self.seen.links.append((path, address))
        return self._address(address, path, _LINK, "A link begins with https://, mailto: or tel:, or is a placeholder.")

    def source(self, address: str, path: str) -> str:
        """The address of a picture, ready to stand in an attribute."""
        return self._address(address, path, _SOURCE, "A picture's address begins with https://.")

    def _address(self, address: str, path: str, allowed: re.Pattern[str], message: str) -> str:
        self._checks.check(address, field=path)
        taken = re.sub(r"[\x00-\x20\x7f]+", "", self._held.take(address, path))
        if not allowed.match(taken):
            raise InvalidError(message, field=path, code="link")
        return html.escape(taken)


def _linked(made: str, colour: str) -> str:
    """Links in their colour, underlined, unless they say otherwise."""

    def coloured(tag: re.Match[str]) -> str:
        own = _STYLE.search(tag[1])
        style = f"color:{colour};text-decoration:underline;{own[1] if own else ''}"
        return f'<a {_STYLE.sub("", tag[1])} style="{style}">'

    return _ANCHOR.sub(coloured, made)
