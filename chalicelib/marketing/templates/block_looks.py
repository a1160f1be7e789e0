"""How blocks look: the ground they stand on, their padding, the colours of what stands in them, and MJML's attributes for that."""

import html
from dataclasses import dataclass

from chalicelib.marketing.templates import document as doc
from chalicelib.marketing.templates.brand import Brand
from chalicelib.marketing.templates.colours import readable_on
from chalicelib.marketing.templates.night import Night

_PADDING = {
    "heading": (20, 4), "text": (8, 8), "image": (8, 8), "button": (12, 16), "divider": (12, 12), "spacer": (0, 0), "social": (12, 12),
    "footer": (16, 24), "html": (8, 8), "product": (12, 12), "columns": (8, 8),
}  # fmt: skip
PADDING_X = 32


@dataclass(frozen=True, slots=True)
class Ground:
    """What a block stands on: a colour, whether it turns dark at night, and how wide it is in pixels."""

    colour: str
    turns: bool
    width: int


class Looks:
    """What a document and a brand kit say about looks."""

    def __init__(self, document: doc.Document, brand: Brand):
        self._brand = brand
        self._settings = document.settings
        surface = brand.colour(self._settings.surface)
        self._night = Night(surface)
        self._surface = Ground(surface, self._night.falls, self._settings.width)
        self._back = Ground(brand.colour(self._settings.background), self._night.falls, self._settings.width)

    def _on(self, style: doc.Style, ground: Ground) -> Ground:
        """The ground of what stands in a block with this style."""
        if style.background is None:
            return ground
        colour = self._brand.colour(style.background)
        return Ground(colour, self._night.turns(colour), ground.width)

    def _ground_class(self, style: doc.Style, ground: Ground) -> str | None:
        return self._night.ground(self._on(style, ground).colour) if style.background is not None else None

    def _padding(self, kind: str, style: doc.Style) -> tuple[int, int]:
        top, bottom = _PADDING[kind]
        return (
            top if style.padding_top is None else style.padding_top,
            bottom if style.padding_bottom is None else style.padding_bottom,
        )

    def _box(self, kind: str, style: doc.Style, ground: Ground, side: int, *names: str | None) -> dict[str, str | None]:
        """The attributes that every component takes: padding, background and the classes of the night."""
        top, bottom = self._padding(kind, style)
        around = side if style.padding_x is None else style.padding_x
        phone = "cs" if around == PADDING_X else None
        return {
            "padding": f"{top}px {around}px {bottom}px",
            "container_background_color": self._on(style, ground).colour if style.background is not None else None,
            "css_class": classes(self._ground_class(style, ground), phone, *names),
        }

    def _text_colour(self, given: str | None, ground: Ground) -> str:
        """What was chosen; else the mail's own colour where it stands on the mail's own ground, and what can be read elsewhere."""
        if given:
            return self._brand.colour(given)
        return self._brand.colour(self._settings.text_color) if self._native(ground) else readable_on(ground.colour)

    def _link_colour(self, ground: Ground) -> str:
        return self._brand.colour(self._settings.link_color) if self._native(ground) else readable_on(ground.colour)

    def _native(self, ground: Ground) -> bool:
        return ground.turns == self._surface.turns and (
            ground.turns or ground.colour in (self._surface.colour, self._back.colour)
        )


def classes(*names: str | None) -> str | None:
    """Those that there are, as one attribute."""
    return " ".join(name for name in names if name) or None


def attributes(**values: str | None) -> str:
    """Attributes of MJML; those without a value are left out. Placeholders and addresses in them are escaped already."""
    ready = ("src", "href", "alt")
    return " ".join(
        f'{name.replace("_", "-")}="{value if name in ready else html.escape(value)}"'
        for name, value in values.items()
        if value is not None
    )
