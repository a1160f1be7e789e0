"""One look for every chart: colours, letters and how wide a text is.

Charts are light on purpose: as pictures in mail they cannot follow the reader's theme, so they bring their own paper.
"""

from dataclasses import dataclass

FONT_FAMILY = "Inter, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
LABEL_SIZE = 13.0
"""Letters inside a chart, in px of its own width. A 460 px chart shown on a phone is 0.74 of that: still readable."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a chart, those of the product's light theme (web/src/styles/tokens.css).

    Text on paper keeps a contrast of at least 4.5:1 (WCAG AA), marks at least 3:1.
    """

    paper: str = "#ffffff"
    ink: str = "#1d2226"
    muted: str = "#5f666b"
    line: str = "#e4e1db"
    mark: str = "#0d7f6d"
    ghost: str = "#bcdcd5"
    tint: str = "#e4f2ef"
    best: str = "#0d7f6d"
    middle: str = "#6db5a8"
    rest: str = "#b5b1aa"


LIGHT = Look()

# Advance widths of Inter at weight 600 in thousandths of the letter's size, rounded up to 25: enough to know whether a label
# fits without carrying a font engine. Letters with marks are as wide as their base letter.
_ADVANCES = {
    250: " ijlíì",
    275: "I",
    325: "!',.:;·",
    350: "`t|",
    375: "()/[\\]",
    400: "fr",
    425: "1",
    450: "{}",
    475: "-^_",
    525: '"',
    550: "*?s",
    575: "7JLackvxzáàâäãç",
    600: "5EFehnouyéèêëóòôöõúùûüñ–",
    625: "23bdgpq",
    650: "#$0689BPRSTZ",
    675: "&+4<=>~",
    700: "K",
    725: "ACDUVXYÁÉÍÓÚ",
    750: "GHNÑ",
    775: "OQ",
    850: "w…",
    900: "m",
    925: "M",
    1000: "%@",
    1025: "W",
}
_WIDTH_OF = {character: width for width, characters in _ADVANCES.items() for character in characters}
_WIDTH_OF["\u00a0"] = 250
_UNKNOWN_WIDTH = 1025
ELLIPSIS = "…"


def text_width(text: str, size: float = LABEL_SIZE) -> float:
    """How wide a text is at most, in px, in semibold letters of ``size`` px."""
    return sum(_WIDTH_OF.get(character, _UNKNOWN_WIDTH) for character in text) * size / 1000


def ellipsised(text: str, room: float, size: float = LABEL_SIZE) -> str:
    """The text, or as much of its beginning as fits into ``room`` px with an ellipsis."""
    if text_width(text, size) <= room:
        return text
    room -= text_width(ELLIPSIS, size)
    kept = 0
    for character in text:
        room -= text_width(character, size)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS
