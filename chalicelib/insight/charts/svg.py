"""The few SVG elements our charts are made of, written as text; every value from outside goes through `text` or `escaped`."""

import re
from collections.abc import Sequence
from html import escape
from typing import Literal

from chalicelib.insight.charts.look import FONT_FAMILY, LABEL_SIZE, LIGHT

Anchor = Literal["start", "middle", "end"]

# Characters that XML 1.0 forbids even as references: one of them in a label would make the whole picture unreadable.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(value: str) -> str:
    """Text from outside, made safe for an element or a quoted attribute."""
    return escape(_NOT_XML.sub("", value), quote=True)


def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def document(
    *, width: float, height: float, title: str, description: str, parts: Sequence[str], paper: str | None = LIGHT.paper
) -> str:
    """A whole picture, named for those who cannot see it. ``paper`` None leaves the ground transparent."""
    ground = [rect(0, 0, width, height, fill=paper)] if paper else []
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width)} {number(height)}" role="img" font-family="{escaped(FONT_FAMILY)}" '
        f'font-size="{number(LABEL_SIZE)}"><title>{escaped(title)}</title><desc>{escaped(description)}</desc>'
        f"{''.join([*ground, *parts])}</svg>"
    )


def text(
    x: float,
    y: float,
    value: str,
    *,
    fill: str,
    anchor: Anchor = "start",
    strong: bool = False,
    size: float = LABEL_SIZE,
) -> str:
    """A line of text with its baseline at ``y``."""
    own_size = f' font-size="{number(size)}"' if size != LABEL_SIZE else ""
    weight = ' font-weight="600"' if strong else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" fill="{fill}" text-anchor="{anchor}"{own_size}{weight}>'
        f"{escaped(value)}</text>"
    )


def rect(x: float, y: float, width: float, height: float, *, fill: str, radius: float = 0) -> str:
    """A box."""
    rounding = f' rx="{number(radius)}"' if radius else ""
    return f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" fill="{fill}"{rounding}/>'


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 1) -> str:
    """A straight line."""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" stroke="{stroke}" '
        f'stroke-width="{number(width)}"/>'
    )


def column(x: float, base: float, width: float, height: float, *, fill: str, radius: float = 4) -> str:
    """A bar standing on ``base`` with its two upper corners rounded; at least a sliver of 2 px, so that 1 is not 0."""
    height = max(height, 2)
    radius = min(radius, width / 2, height)
    top = base - height
    return (
        f'<path fill="{fill}" d="M{number(x)} {number(base)}V{number(top + radius)}Q{number(x)} {number(top)} '
        f"{number(x + radius)} {number(top)}H{number(x + width - radius)}Q{number(x + width)} {number(top)} "
        f'{number(x + width)} {number(top + radius)}V{number(base)}Z"/>'
    )


def bar(x: float, y: float, width: float, height: float, *, fill: str, radius: float = 4) -> str:
    """A bar lying from ``x`` to the right with its two right corners rounded; at least 2 px."""
    width = max(width, 2)
    radius = min(radius, height / 2, width)
    right, bottom = x + width, y + height
    return (
        f'<path fill="{fill}" d="M{number(x)} {number(y)}H{number(right - radius)}Q{number(right)} {number(y)} '
        f"{number(right)} {number(y + radius)}V{number(bottom - radius)}Q{number(right)} {number(bottom)} "
        f'{number(right - radius)} {number(bottom)}H{number(x)}Z"/>'
    )


def polygon(points: Sequence[tuple[float, float]], *, fill: str) -> str:
    """A filled shape."""
    return f'<polygon points="{_joined(points)}" fill="{fill}"/>'


def polyline(points: Sequence[tuple[float, float]], *, stroke: str, width: float = 2) -> str:
    """An open line through points."""
    return (
        f'<polyline points="{_joined(points)}" fill="none" stroke="{stroke}" stroke-width="{number(width)}" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def circle(x: float, y: float, radius: float, *, fill: str) -> str:
    """A dot."""
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}"/>'


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)
