"""Values by day: columns up to a fortnight, beyond that a line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.insight.charts import svg
from chalicelib.insight.charts.formats import Language, compact, short_day, weekday, whole
from chalicelib.insight.charts.look import LABEL_SIZE, LIGHT, Look, text_width
from chalicelib.insight.charts.scale import nice_ceiling, ticks

_MOST_COLUMNS = 14
_LEGEND_HEIGHT = 26
_LABELS_HEIGHT = 42
_VALUE_ROOM = 22
_PLOT_HEIGHT = 150
_EMPTY_HEIGHT = 44
_WORDS = {
    "es": {"now": "Esta semana", "previous": "Semana anterior", "empty": "Sin datos en estos días", "before": "antes"},
    "en": {"now": "This week", "previous": "Week before", "empty": "Nothing on these days", "before": "before"},
}


@dataclass(frozen=True, slots=True)
class DayValue:
    """One day's count, and the count of the day it is compared with."""

    day: date
    value: int
    previous: int | None = None


@dataclass(frozen=True, slots=True)
class DayChart:
    """Counts by day, oldest first. ``now_label``/``previous_label`` replace the legend's words."""

    title: str
    days: Sequence[DayValue]
    language: Language
    now_label: str = ""
    previous_label: str = ""
    width: int = 460


def describe_days(chart: DayChart) -> str:
    """``lun 9 nov: 4 (antes 3); …``, or that there is nothing."""
    words = _WORDS[chart.language]
    if not any(day.value or day.previous for day in chart.days):
        return words["empty"] + "."
    return (
        "; ".join(
            f"{weekday(day.day, chart.language, short=True)} {short_day(day.day, chart.language)}: "
            f"{whole(day.value, chart.language)}"
            + (f" ({words['before']} {whole(day.previous, chart.language)})" if day.previous is not None else "")
            for day in chart.days
        )
        + "."
    )


def draw_days(chart: DayChart, look: Look = LIGHT) -> str:
    """The chart as SVG."""
    compared = any(day.previous is not None for day in chart.days)
    top = (_LEGEND_HEIGHT if compared else 4) + _VALUE_ROOM
    empty = not any(day.value or day.previous for day in chart.days)
    if empty:
        top = 4
    base = top + (_EMPTY_HEIGHT if empty else _PLOT_HEIGHT)
    parts: list[str] = []
    if compared and not empty:
        parts += _legend(chart, look)
    if chart.days:
        draw = _columns if len(chart.days) <= _MOST_COLUMNS else _line
        parts += draw(chart, look, top, base, empty)
    if empty:
        words = _WORDS[chart.language]["empty"]
        parts.append(svg.text(chart.width / 2, (top + base) / 2, words, fill=look.muted, anchor="middle"))
    return svg.document(
        width=chart.width,
        height=base + _LABELS_HEIGHT,
        title=chart.title,
        description=describe_days(chart),
        parts=parts,
        paper=look.paper,
    )


def _legend(chart: DayChart, look: Look) -> list[str]:
    words = _WORDS[chart.language]
    now, previous = chart.now_label or words["now"], chart.previous_label or words["previous"]
    second = 8 + 18 + text_width(now) + 22
    return [
        svg.rect(8, 4, 12, 12, fill=look.mark, radius=3),
        svg.text(26, 15, now, fill=look.ink),
        svg.rect(second, 4, 12, 12, fill=look.ghost, radius=3),
        svg.text(second + 18, 15, previous, fill=look.muted),
    ]


def _highest(chart: DayChart) -> int:
    return max(max(day.value, day.previous or 0) for day in chart.days)


def _columns(chart: DayChart, look: Look, top: float, base: float, empty: bool) -> list[str]:
    language, count = chart.language, len(chart.days)
    ceiling = nice_ceiling(_highest(chart))
    group = (chart.width - 16) / count
    compared = any(day.previous is not None for day in chart.days)
    width = min(group * (0.36 if compared else 0.6), 44)
    parts = [svg.line(8, base, chart.width - 8, base, stroke=look.line)]
    one_line = group < 34
    for position, day in enumerate(chart.days):
        centre = 8 + group * (position + 0.5)
        height = (base - top) * day.value / ceiling
        left = centre - width - 1 if compared else centre - width / 2
        if day.previous:
            parts.append(svg.column(centre + 1, base, width, (base - top) * day.previous / ceiling, fill=look.ghost))
        if day.value:
            parts.append(svg.column(left, base, width, height, fill=look.mark))
        if not empty:
            label = whole(day.value, language)
            if text_width(label) > group - 4:
                label = compact(day.value, language)
            # Over its own column; where it is wider than that, over the pair, clear of the taller of the two.
            if compared and text_width(label) > width + 6:
                height = max(height, (base - top) * (day.previous or 0) / ceiling)
                x = centre
            else:
                x = left + width / 2
            ink = look.ink if day.value else look.muted
            parts.append(svg.text(x, base - height - 7, label, fill=ink, anchor="middle", strong=True))
        if one_line:
            parts.append(svg.text(centre, base + 18, str(day.day.day), fill=look.muted, anchor="middle"))
        else:
            name = weekday(day.day, language, short=True)
            parts.append(svg.text(centre, base + 18, name, fill=look.ink, anchor="middle"))
            number = short_day(day.day, language)
            number = number if text_width(number, LABEL_SIZE - 1) <= group - 4 else str(day.day.day)
            parts.append(svg.text(centre, base + 34, number, fill=look.muted, anchor="middle", size=LABEL_SIZE - 1))
    return parts


def _line(chart: DayChart, look: Look, top: float, base: float, empty: bool) -> list[str]:
    language = chart.language
    ceiling = nice_ceiling(_highest(chart))
    marks = ticks(ceiling)
    left = 16 + max(text_width(compact(mark, language), LABEL_SIZE - 1) for mark in marks)
    right = chart.width - 14
    step = (right - left) / (len(chart.days) - 1)

    def place(position: int, value: int) -> tuple[float, float]:
        return left + step * position, base - (base - top) * value / ceiling

    parts: list[str] = []
    for mark in marks:
        y = base - (base - top) * mark / ceiling
        parts.append(svg.line(left, y, right, y, stroke=look.line))
        if not empty:
            label = compact(mark, language)
            parts.append(svg.text(left - 8, y + 4, label, fill=look.muted, anchor="end", size=LABEL_SIZE - 1))
    if not empty:
        before = [place(position, day.previous) for position, day in enumerate(chart.days) if day.previous is not None]
        if len(before) > 1:
            parts.append(svg.polyline(before, stroke=look.ghost))
        now = [place(position, day.value) for position, day in enumerate(chart.days)]
        parts.append(svg.polygon([(left, base), *now, (right, base)], fill=look.tint))
        parts.append(svg.polyline(now, stroke=look.mark, width=2.5))
        parts.append(svg.circle(*now[-1], 4, fill=look.mark))
    # Labels at equal steps of whole days, as many as stand without touching.
    widest = max(text_width(short_day(day.day, language), LABEL_SIZE - 1) for day in chart.days)
    every = max(1, math.ceil((widest + 14) / step))
    for position in range(0, len(chart.days), every):
        label = short_day(chart.days[position].day, language)
        half = text_width(label, LABEL_SIZE - 1) / 2
        x = min(max(left + step * position, half + 2), chart.width - half - 2)
        parts.append(svg.text(x, base + 20, label, fill=look.muted, anchor="middle", size=LABEL_SIZE - 1))
    return parts
