"""A word-sized line: the way here, with a dot on where we are."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.insight.charts import svg
from chalicelib.insight.charts.formats import Language, whole
from chalicelib.insight.charts.look import LIGHT, Look

_MARGIN = 5
_WORDS = {"es": "Sin datos.", "en": "No data."}


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Counts at equal steps of time, oldest first."""

    title: str
    values: Sequence[int]
    language: Language
    width: int = 132
    height: int = 36


def describe_sparkline(chart: Sparkline) -> str:
    """The counts in order: ``12, 9, 31.``"""
    if not chart.values:
        return _WORDS[chart.language]
    return ", ".join(whole(value, chart.language) for value in chart.values) + "."


def draw_sparkline(chart: Sparkline, look: Look = LIGHT) -> str:
    """The line as SVG on a transparent ground. It starts at zero, so that a flat week looks flat."""
    base, top = chart.height - _MARGIN, _MARGIN
    highest = max(chart.values, default=0) or 1
    room = chart.width - 2 * _MARGIN
    step = room / max(len(chart.values) - 1, 1)
    first = _MARGIN if len(chart.values) > 1 else _MARGIN + room
    points = [
        (first + step * position, base - (base - top) * value / highest) for position, value in enumerate(chart.values)
    ]
    parts = [svg.line(_MARGIN, base + 2, chart.width - _MARGIN, base + 2, stroke=look.line)]
    if len(points) > 1:
        parts.append(svg.polygon([(points[0][0], base), *points, (points[-1][0], base)], fill=look.tint))
        parts.append(svg.polyline(points, stroke=look.mark))
    if points:
        parts.append(svg.circle(*points[-1], 3.5, fill=look.mark))
    return svg.document(
        width=chart.width,
        height=chart.height,
        title=chart.title,
        description=describe_sparkline(chart),
        parts=parts,
        paper=None,
    )
