"""Colours as ``#rrggbb``: how bright, how well they can be told apart (WCAG 2.2), and what they become where it is dark."""

DARK_BACK = "#14171a"
DARK_SURFACE = "#1e2328"
_READABLE = 4.5
"""The contrast that WCAG 2.2 asks for text of ordinary size (success criterion 1.4.3)."""


def luminance(colour: str) -> float:
    """Relative luminance from 0 (black) to 1 (white), as WCAG defines it."""
    parts = []
    for position in (1, 3, 5):
        value = int(colour[position : position + 2], 16) / 255
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 (the same) to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def is_light(colour: str) -> bool:
    """Whether black reads better on it than white."""
    return luminance(colour) > 0.4


def readable_on(ground: str) -> str:
    """Black or white, whichever reads better on this."""
    return "#111111" if is_light(ground) else "#ffffff"


def night_text(colour: str) -> str:
    """The colour of a text, made lighter until it stands out on `DARK_SURFACE` as it did on white."""
    share = 0.0
    lighter = colour
    wanted = min(max(contrast(colour, "#ffffff"), _READABLE), 12)
    while contrast(lighter, DARK_SURFACE) < wanted and share < 1:
        share += 0.08
        lighter = mixed(colour, "#ffffff", min(share, 1))
    return lighter


def night_ground(colour: str) -> str:
    """A light background where it is dark: its hue stays a little."""
    return mixed(DARK_SURFACE, colour, 0.08)


def mixed(one: str, other: str, share: float) -> str:
    """``one`` with this share of ``other`` in it."""
    values = (round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in (1, 3, 5))
    return "#" + "".join(f"{value:02x}" for value in values)
