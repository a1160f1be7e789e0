"""A document of blocks as MJML. Every text of it is sanitised, every placeholder held, every colour known.

MJML makes the tables that mail programs need. What stands on a light ground of the mail gets classes by which it turns dark where
the reader's device is dark; what stands on a ground that somebody chose dark stays as it is.
"""

import html
from collections.abc import Callable, Iterable

from chalicelib.marketing.templates import document as doc
from chalicelib.marketing.templates import sanitising
from chalicelib.marketing.templates.block_looks import PADDING_X, Ground, Looks, attributes, classes
from chalicelib.marketing.templates.block_texts import Checks, Texts
from chalicelib.marketing.templates.brand import NETWORKS, Brand
from chalicelib.marketing.templates.colours import readable_on
from chalicelib.marketing.templates.held import Held
from chalicelib.marketing.templates.seen import Seen

WORDS = {
    "es": {"unsubscribe": "Darse de baja", "preferences": "Preferencias"},
    "en": {"unsubscribe": "Unsubscribe", "preferences": "Preferences"},
}
_SIZES = {1: 28, 2: 22, 3: 18}
_BUTTONS = {"small": (14, "9px 18px"), "medium": (16, "13px 26px"), "large": (18, "17px 36px")}
_PHONE = (
    "@media only screen and (max-width:480px) { .cs { padding-left:20px !important; padding-right:20px !important; }"
    " .cw>table>tbody>tr>td { padding-left:20px !important; padding-right:20px !important; }"
    " .cc>table>tbody>tr>td { padding-left:0 !important; padding-right:0 !important; } }"
)
"""On phones: less at the sides (``cs``, ``cw``), nothing between columns that stand one below the other (``cc``)."""


def to_mjml(source: str, *, brand: Brand, held: Held, checks: Checks, title: str = "") -> tuple[str, Seen]:
    """The document as MJML with its placeholders held, and what there is in it to look at.

    `InvalidError` names the place of what does not fit or is not allowed: ``body.blocks.3.href``.
    """
    document = doc.read(source)
    writer = _Writer(document, brand, held, checks)
    return writer.mail(title), writer.texts.seen


class _Writer(Looks):
    def __init__(self, document: doc.Document, brand: Brand, held: Held, checks: Checks):
        super().__init__(document, brand)
        self._document = document
        self._held = held
        self._checks = checks
        self.texts = Texts(held, checks)

    def mail(self, title: str) -> str:
        blocks = self._document.blocks
        end = len(blocks)
        while end and isinstance(blocks[end - 1], doc.Footer):
            end -= 1
        card = self._sections(list(enumerate(blocks))[:end], self._surface)
        below = self._sections(list(enumerate(blocks))[end:], self._back)
        radius = self._settings.radius
        surface = attributes(
            background_color=self._surface.colour,
            border_radius=f"{radius}px" if radius else None,
            padding="16px 0",
            css_class=self._night.ground(self._surface.colour, "surface"),
        )
        back = attributes(
            width=f"{self._settings.width}px",
            background_color=self._back.colour,
            css_class=self._night.ground(self._back.colour, "back"),
        )
        air = '<mj-section padding="0"><mj-column><mj-spacer height="20px" /></mj-column></mj-section>'
        inside = f"<mj-wrapper {surface}>{card}</mj-wrapper>" if card else ""
        font = html.escape(self._brand.stack(self._settings.font))
        head = (
            f"<mj-title>{html.escape(title)}</mj-title>"
            f'<mj-attributes><mj-all font-family="{font}" /><mj-text line-height="1.55" /></mj-attributes>'
            '<mj-raw><meta name="color-scheme" content="light dark">'
            '<meta name="supported-color-schemes" content="light dark"></mj-raw>'
            f"<mj-style>{_PHONE} {self._night.style()}</mj-style>"
        )
        language = self._checks.language
        return f'<mjml lang="{language}"><mj-head>{head}</mj-head><mj-body {back}>{air}{inside}{below}{air}</mj-body></mjml>'

    # Sections and columns

    def _sections(self, blocks: Iterable[tuple[int, doc.Outer]], ground: Ground) -> str:
        """Blocks as sections: those that need no columns of their own share one."""
        sections: list[str] = []
        waiting: list[str] = []

        def close() -> None:
            if waiting:
                sections.append(f'<mj-section padding="0"><mj-column>{"".join(waiting)}</mj-column></mj-section>')
                waiting.clear()

        for position, block in blocks:
            path = f"body.blocks.{position}"
            if isinstance(block, doc.Columns):
                close()
                sections.append(self._shown(block, path, self._columns(block, path, ground)))
            elif isinstance(block, doc.Product) and block.layout in ("left", "right") and block.image is not None:
                close()
                sections.append(self._shown(block, path, self._product_beside(block, path, ground)))
            else:
                waiting.append(self._shown(block, path, self._block(block, path, ground)))
        close()
        return "".join(sections)

    def _shown(self, block: doc.Block, path: str, made: str) -> str:
        """The block, within its condition if it has one."""
        if block.show_if is None or not made:
            return made
        test = self.texts.test(block.show_if, f"{path}.show_if")
        begin, end = self._held.hold(f"{{% if {test} %}}"), self._held.hold("{% endif %}")
        return f"<mj-raw>{begin}</mj-raw>{made}<mj-raw>{end}</mj-raw>"

    def _columns(self, block: doc.Columns, path: str, ground: Ground) -> str:
        inner = self._on(block.style, ground)
        gap = 16 if block.gap is None else block.gap
        side = PADDING_X if block.style.padding_x is None else block.style.padding_x
        count = len(block.columns)
        columns = []
        for number, column in enumerate(block.columns):
            share = column.width or 100 / count
            place = Ground(inner.colour, inner.turns, round((ground.width - 2 * side) * share / 100))
            made = ""
            for position, each in enumerate(column.blocks):
                at = f"{path}.columns.{number}.blocks.{position}"
                made += self._shown(each, at, self._block(each, at, place, side=0))
            left, right = (gap / 2 if number else 0), (gap / 2 if number < count - 1 else 0)
            shape = attributes(
                width=f"{share:g}%" if column.width else None,
                vertical_align=block.vertical_align or "top",
                padding=f"0 {right:g}px 0 {left:g}px",
                css_class="cc" if block.stack else None,
            )
            columns.append(f"<mj-column {shape}>{made}</mj-column>")
        top, bottom = self._padding("columns", block.style)
        section = attributes(
            padding=f"{top}px {side}px {bottom}px",
            background_color=inner.colour if block.style.background else None,
            css_class=classes(self._ground_class(block.style, ground), "cw" if side == PADDING_X else None),
        )
        joined = "".join(columns)
        return f"<mj-section {section}>{joined if block.stack else f'<mj-group>{joined}</mj-group>'}</mj-section>"

    # Blocks

    def _block(self, block: doc.Outer, path: str, ground: Ground, side: int = PADDING_X) -> str:
        makers: dict[str, Callable[..., str]] = {
            "heading": self._heading,
            "text": self._text,
            "image": self._image,
            "button": self._button,
            "divider": self._divider,
            "spacer": self._spacer,
            "social": self._social,
            "footer": self._footer,
            "html": self._html,
            "product": self._product,
        }
        return makers[block.type](block, path, ground, side)

    def _heading(self, block: doc.Heading, path: str, ground: Ground, side: int) -> str:
        style, here = block.style, self._on(block.style, ground)
        colour = self._text_colour(style.color, here)
        words = self.texts.inline(block.text, f"{path}.text", self._link_colour(here))
        size = style.font_size or _SIZES[block.level]
        shape = attributes(
            **self._box("heading", style, ground, side, self._night.text(colour, here.turns, self._link_colour(here))),
            align=style.align,
            color=colour,
            font_size=f"{size}px",
            font_family=self._brand.stack(style.font or self._settings.font, heading=True),
            font_weight="700",
            line_height=f"{style.line_height or 1.25:g}",
        )
        written = f'style="margin:0;font-size:{size}px;line-height:{style.line_height or 1.25:g};font-weight:700"'
        return f"<mj-text {shape}><h{block.level} {written}>{words}</h{block.level}></mj-text>"

    def _text(self, block: doc.Text, path: str, ground: Ground, side: int) -> str:
        style, here = block.style, self._on(block.style, ground)
        colour = self._text_colour(style.color, here)
        words = self.texts.rich(block.html, f"{path}.html", self._link_colour(here))
        shape = attributes(
            **self._box("text", style, ground, side, self._night.text(colour, here.turns, self._link_colour(here))),
            align=style.align,
            color=colour,
            font_size=f"{style.font_size or self._settings.font_size}px",
            font_family=self._brand.stack(style.font) if style.font else None,
            line_height=f"{style.line_height:g}" if style.line_height else None,
        )
        return f"<mj-text {shape}>{words}</mj-text>"

    def _image(self, block: doc.Image, path: str, ground: Ground, side: int) -> str:
        style = block.style
        source, alt, width = block.src, block.alt, block.width
        if source == "brand.logo":
            if not self._brand.logo_url:
                return ""
            source, alt = self._brand.logo_url, alt or self._brand.logo_alt
            width = width or self._brand.logo_width
        link = self.texts.link(block.href, f"{path}.href") if block.href else None
        return self._picture(source, alt, path, style, ground, side, width=width, href=link, radius=style.radius)

    def _picture(
        self,
        source: str,
        alt: str,
        path: str,
        style: doc.AlignStyle,
        ground: Ground,
        side: int,
        *,
        width: int | None = None,
        href: str | None = None,
        radius: int | None = None,
        kind: str = "image",
    ) -> str:
        around = side if style.padding_x is None else style.padding_x
        room = max(16, ground.width - 2 * around)
        address = self.texts.source(source, f"{path}.src")
        words = self.texts.plain(alt, f"{path}.alt", look=False)
        self.texts.seen.images.append((f"{path}.src", source, alt))
        shape = attributes(
            **self._box(kind, style, ground, side),
            src=address,
            alt=words,
            align=style.align or "center",
            width=f"{min(width or room, room)}px",
            fluid_on_mobile="true" if width is None else None,
            href=href,
            border_radius=f"{radius}px" if radius else None,
        )
        return f"<mj-image {shape} />"

    def _button(self, block: doc.Button, path: str, ground: Ground, side: int) -> str:
        link = self.texts.link(block.href, f"{path}.href")
        words = self.texts.plain(block.text, f"{path}.text")
        here = self._on(block.style, ground)
        fill = self._brand.colour(block.button_color or "primary")
        named = block.text_color or ("on_primary" if block.button_color in (None, "primary") else None)
        written = self._brand.colour(named) if named else readable_on(fill)
        return self._pressed(
            words, link, block.style, ground, side, fill=fill, colour=written, here=here, outline=bool(block.outline),
            size=block.size or "medium", full=bool(block.full_width), given=block.text_color,
        )  # fmt: skip

    def _pressed(
        self,
        words: str,
        link: str,
        style: doc.ButtonStyle,
        ground: Ground,
        side: int,
        *,
        fill: str,
        colour: str,
        here: Ground,
        outline: bool = False,
        size: str = "medium",
        full: bool = False,
        given: str | None = None,
    ) -> str:
        letters, inside = _BUTTONS[size]
        if outline:
            colour = self._brand.colour(given) if given else fill
        radius = self._brand.radius if style.radius is None else style.radius
        shape = attributes(
            **self._box("button", style, ground, side, self._night.outline(colour, here.turns) if outline else None),
            href=link,
            align=style.align or "center",
            background_color="transparent" if outline else fill,
            color=colour,
            border=f"2px solid {colour}" if outline else None,
            border_radius=f"{radius}px",
            font_size=f"{style.font_size or letters}px",
            font_weight="700",
            font_family=self._brand.stack(style.font) if style.font else None,
            inner_padding=inside,
            width="100%" if full else None,
        )
        return f"<mj-button {shape}>{words}</mj-button>"

    def _divider(self, block: doc.Divider, path: str, ground: Ground, side: int) -> str:  # noqa: ARG002
        style, here = block.style, self._on(block.style, ground)
        colour = self._brand.colour(style.color) if style.color else ("#d9dee5" if here.turns else "#8a94a3")
        shape = attributes(
            **self._box("divider", style, ground, side, self._night.line(colour, here.turns)),
            border_color=colour,
            border_width=f"{block.thickness or 1}px",
            border_style=block.line or "solid",
            width=f"{block.width or 100}%",
        )
        return f"<mj-divider {shape} />"

    def _spacer(self, block: doc.Spacer, path: str, ground: Ground, side: int) -> str:  # noqa: ARG002
        shape = attributes(**self._box("spacer", block.style, ground, side), height=f"{block.height}px")
        return f"<mj-spacer {shape} />"

    def _social(self, block: doc.Social, path: str, ground: Ground, side: int) -> str:
        style, here = block.style, self._on(block.style, ground)
        profiles = (
            [
                (link.network, self.texts.link(link.href, f"{path}.links.{at}.href"))
                for at, link in enumerate(block.links)
            ]
            if block.links is not None
            else [(network, self.texts.link(href, "brand.social", look=False)) for network, href in self._brand.social]
        )
        if not profiles:
            return ""
        colour = self._brand.colour(style.color or "muted")
        size = style.font_size or 14
        pill = f"border:1px solid {colour};border-radius:99px;padding:6px 14px;" if block.look != "text" else ""
        joint = "" if pill else '<span style="padding:0 6px">·</span>'
        links = [
            f'<a href="{href}" style="display:inline-block;{pill}margin:3px;color:{colour};text-decoration:none">'
            f"{NETWORKS[network]}</a>"
            for network, href in profiles
        ]
        shape = attributes(
            **self._box("social", style, ground, side, self._night.text(colour, here.turns, colour)),
            align=style.align or "center",
            color=colour,
            font_size=f"{size}px",
        )
        return f"<mj-text {shape}>{joint.join(links)}</mj-text>"

    def _footer(self, block: doc.Footer, path: str, ground: Ground, side: int) -> str:
        style, here = block.style, self._on(block.style, ground)
        colour = self._brand.colour(style.color or "muted")
        lines = []
        text = self._brand.footer_text if block.text is None else block.text
        if text.strip():
            place = f"{path}.text" if block.text is not None else "brand.footer_text"
            lines.append(self.texts.rich(text, place, colour))
        if block.show_address:
            address = self._held.hold("{{ workspace.name }}"), self._held.hold("{{ workspace.postal_address }}")
            lines.append(f'<p style="margin:8px 0 0">{address[0]} · {address[1]}</p>')
        if self._checks.mailing:
            lines.append(self._ways_out(block, path, colour))
        shape = attributes(
            **self._box("footer", style, ground, side, self._night.text(colour, here.turns, colour)),
            align=style.align or "center",
            color=colour,
            font_size=f"{style.font_size or 13}px",
        )
        return f"<mj-text {shape}>{''.join(lines)}</mj-text>"

    def _ways_out(self, block: doc.Footer, path: str, colour: str) -> str:
        words = WORDS.get(self._checks.language, WORDS["en"])
        look = f"color:{colour};text-decoration:underline"
        leave = self.texts.plain(block.unsubscribe_text or words["unsubscribe"], f"{path}.unsubscribe_text")
        choose = self.texts.plain(block.preferences_text or words["preferences"], f"{path}.preferences_text")
        out, place = self._held.hold("{{ unsubscribe_url }}"), self._held.hold("{{ preferences_url }}")
        return (
            f'<p style="margin:8px 0 0"><a href="{out}" style="{look}">{leave}</a> · '
            f'<a href="{place}" style="{look}">{choose}</a></p>'
        )

    def _html(self, block: doc.Html, path: str, ground: Ground, side: int) -> str:
        here = self._on(block.style, ground)
        colour = self._text_colour(None, here)
        made = self.texts.markup(block.html, f"{path}.html", sanitising.free)
        shape = attributes(
            **self._box(
                "html", block.style, ground, side, self._night.text(colour, here.turns, self._link_colour(here))
            ),
            color=colour,
            font_size=f"{self._settings.font_size}px",
        )
        return f"<mj-text {shape}>{made}</mj-text>"

    def _product(self, block: doc.Product, path: str, ground: Ground, side: int) -> str:
        """Picture above, text below. The box's own padding is the first's and last's."""
        parts = []
        bare = doc.AlignStyle(background=block.style.background, padding_x=block.style.padding_x)
        if block.image is not None:
            parts.append(
                self._picture(
                    block.image.src, block.image.alt, f"{path}.image", bare, ground, side, radius=self._brand.radius
                )
            )
        return "".join([*parts, self._product_words(block, path, ground, side)])

    def _product_beside(self, block: doc.Product, path: str, ground: Ground) -> str:
        side = PADDING_X if block.style.padding_x is None else block.style.padding_x
        inner = self._on(block.style, ground)
        room = ground.width - 2 * side
        narrow, wide = (Ground(inner.colour, inner.turns, round(room * share)) for share in (0.4, 0.6))
        assert block.image is not None
        picture = self._picture(
            block.image.src, block.image.alt, f"{path}.image", doc.AlignStyle(), narrow, 0, radius=self._brand.radius
        )
        words = self._product_words(block, path, wide, 0, own=True)
        gap = "0 20px 0 0" if block.layout == "right" else "0 0 0 20px"
        columns = [
            f'<mj-column width="40%" vertical-align="middle">{picture}</mj-column>',
            f'<mj-column width="60%" vertical-align="middle" padding="{gap}" css-class="cc">{words}</mj-column>',
        ]
        top, bottom = self._padding("product", block.style)
        section = attributes(
            padding=f"{top}px {side}px {bottom}px",
            background_color=inner.colour if block.style.background else None,
            css_class=classes(self._ground_class(block.style, ground), "cw" if side == PADDING_X else None),
            direction="rtl" if block.layout == "right" else None,
        )
        return f"<mj-section {section}>{''.join(columns)}</mj-section>"

    def _product_words(self, block: doc.Product, path: str, ground: Ground, side: int, *, own: bool = False) -> str:
        base = None if own else block.style.background
        here = ground if own else self._on(block.style, ground)
        colour = self._text_colour(block.style.color, here)
        align = block.style.align or ("left" if own else "center")
        muted = self._brand.colour("muted") if here.turns else colour
        lines = [
            f'<h3 style="margin:0 0 6px;font-size:20px;line-height:1.3">{self.texts.inline(block.title, f"{path}.title", self._link_colour(here))}</h3>'
        ]
        if block.text:
            lines.append(self.texts.rich(block.text, f"{path}.text", self._link_colour(here)))
        if block.price or block.old_price:
            price = self.texts.plain(block.price or "", f"{path}.price")
            before = self.texts.plain(block.old_price or "", f"{path}.old_price")
            struck = f'<s style="color:{muted};padding-right:8px">{before}</s>' if before else ""
            lines.append(f'<p style="margin:8px 0 0;font-size:18px">{struck}<b>{price}</b></p>')
        style = doc.AlignStyle(background=base, padding_x=None if own else block.style.padding_x)
        shape = attributes(
            **self._box("text", style, ground, side, self._night.text(colour, here.turns, self._link_colour(here))),
            align=align,
            color=colour,
            font_size=f"{self._settings.font_size}px",
        )
        made = f"<mj-text {shape}>{''.join(lines)}</mj-text>"
        if block.button is not None:
            link = self.texts.link(block.button.href, f"{path}.button.href")
            words = self.texts.plain(block.button.text, f"{path}.button.text")
            look = doc.ButtonStyle(background=base, align=align, padding_x=None if own else block.style.padding_x)
            made += self._pressed(
                words, link, look, ground, side, fill=self._brand.colour("primary"),
                colour=self._brand.colour("on_primary"), here=here, size="small",
            )  # fmt: skip
        return made
