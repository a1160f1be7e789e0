"""What people may put into the texts of blocks: nh3 keeps a list of tags, attributes and style properties, and drops the rest."""

import re

_INLINE = frozenset({"a", "b", "strong", "i", "em", "u", "s", "br", "span", "sub", "sup", "small", "code"})
_RICH = _INLINE | {"p", "ul", "ol", "li", "h1", "h2", "h3", "h4", "blockquote", "div"}
_FREE = _RICH | {
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", "img", "hr", "center", "pre", "h5", "h6",
    "section", "article", "header", "dl", "dt", "dd", "abbr", "cite", "q", "del", "ins", "mark", "figure", "figcaption",
}  # fmt: skip
_INLINE_STYLES = frozenset(
    {"color", "background-color", "font-size", "font-family", "font-weight", "font-style", "text-decoration", "text-align",
     "letter-spacing", "line-height", "text-transform"}
)  # fmt: skip
_FREE_STYLES = _INLINE_STYLES | {
    "background", "border", "border-top", "border-bottom", "border-left", "border-right", "border-color", "border-width",
    "border-style", "border-radius", "border-collapse", "border-spacing", "margin", "margin-top", "margin-bottom", "margin-left",
    "margin-right", "padding", "padding-top", "padding-bottom", "padding-left", "padding-right", "width", "max-width", "min-width",
    "height", "max-height", "min-height", "display", "vertical-align", "white-space", "word-break", "list-style-type", "opacity",
    "overflow", "table-layout", "direction",
}  # fmt: skip
_ATTRIBUTES = {"*": {"style", "title", "lang", "dir"}, "a": {"href", "name", "target"}}
_FREE_ATTRIBUTES = {
    **_ATTRIBUTES,
    "*": {"style", "title", "lang", "dir", "align", "valign", "bgcolor", "width", "height", "role", "class"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": {"cellpadding", "cellspacing", "border"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_URL_IN_STYLE = re.compile(r"url\s*\(", re.IGNORECASE)


def inline(text: str) -> str:
    """A line of text with emphasis, links and colours."""
    return _clean(text, _INLINE, _ATTRIBUTES, _INLINE_STYLES)


def rich(text: str) -> str:
    """Paragraphs, lists and titles of inline text."""
    return _clean(text, _RICH, _ATTRIBUTES, _INLINE_STYLES)


def free(text: str) -> str:
    """HTML of one's own: tables, pictures and most of what a mail can show."""
    return _clean(text, _FREE, _FREE_ATTRIBUTES, _FREE_STYLES)


def plain(text: str) -> str:
    """No markup at all."""
    return re.sub(r"\s+", " ", _clean(text, frozenset(), {}, frozenset())).strip()


def _clean(text: str, tags: frozenset[str], attributes: dict[str, set[str]], styles: frozenset[str]) -> str:
    import nh3

    return nh3.clean(
        text,
        tags=set(tags),
        attributes=attributes,
        attribute_filter=_without_urls,
        filter_style_properties=set(styles),
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def _without_urls(tag: str, attribute: str, value: str) -> str | None:  # noqa: ARG001
    """Styles load nothing: what a mail loads are its pictures, which are seen and checked."""
    return None if attribute == "style" and _URL_IN_STYLE.search(value) else value
