"""Horizontal bars: counts by name, the largest first; what does not fit is added up, never left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.insight.charts import svg
from chalicelib.insight.charts.formats import Language, compact, percent, share, whole
from chalicelib.insight.charts.look import LIGHT, Look, ellipsised, text_width

_ROW = 32
_BAR = 18
_WORDS = {
    "es": {"others": "Otros", "empty": "Sin datos en este periodo", "none": "(sin nombre)"},
    "en": {"others": "Others", "empty": "Nothing in this period", "none": "(no name)"},
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A name and its count. ``rest`` marks the bar that adds up the others; it is drawn paler."""

    label: str
    value: int
    rest: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    """Counts by name in any order. At most ``rows`` rows are drawn; the smallest names share the last one."""

    title: str
    bars: Sequence[Bar]
    language: Language
    rows: int = 7
    width: int = 460


def ranked(chart: BarChart) -> tuple[Bar, ...]:
    """The bars as drawn: the largest first, equals by name, the tail summed up as ``Otros (5)``."""
    words = _WORDS[chart.language]
    bars = [Bar(bar.label.strip() or words["none"], bar.value) for bar in chart.bars]
    bars.sort(key=lambda bar: (-bar.value, bar.label.casefold()))
    if len(bars) <= chart.rows:
        return tuple(bars)
    tail = bars[chart.rows - 1 :]
    others = Bar(f"{words['others']} ({whole(len(tail), chart.language)})", sum(bar.value for bar in tail), True)
    return (*bars[: chart.rows - 1], others)


def describe_bars(chart: BarChart) -> str:
    """``Google: 12 (38 %); …``, or that there is nothing."""
    total = sum(bar.value for bar in chart.bars)
    if not total:
        return _WORDS[chart.language]["empty"] + "."
    return (
        "; ".join(
            f"{bar.label}: {whole(bar.value, chart.language)} ({percent(share(bar.value, total), chart.language)})"
            for bar in ranked(chart)
        )
        + "."
    )


def draw_bars(chart: BarChart, look: Look = LIGHT) -> str:
    """The chart as SVG; as high as its rows need."""
    language = chart.language
    bars = ranked(chart)
    total = sum(bar.value for bar in bars)
    parts: list[str] = []
    if not total:
        height = 2.0 * _ROW
        parts.append(svg.text(chart.width / 2, _ROW + 4, _WORDS[language]["empty"], fill=look.muted, anchor="middle"))
    else:
        height = float(len(bars) * _ROW)
        labels = min(max(text_width(bar.label) for bar in bars), chart.width * 0.36)
        figures = [(compact(bar.value, language), percent(share(bar.value, total), language)) for bar in bars]
        counts = max(text_width(count) for count, _ in figures)
        shares = max(text_width(part) for _, part in figures)
        left = 8 + labels + 12
        longest = chart.width - left - 10 - counts - 12 - shares - 4
        highest = max(bar.value for bar in bars)
        for position, (bar, (count, part)) in enumerate(zip(bars, figures, strict=True)):
            top = position * _ROW + (_ROW - _BAR) / 2
            baseline = top + _BAR / 2 + 4.5
            length = longest * bar.value / highest
            parts.append(svg.text(8, baseline, ellipsised(bar.label, labels), fill=look.ink))
            parts.append(svg.rect(left, top, 1.5, _BAR, fill=look.line))
            if bar.value:
                parts.append(svg.bar(left, top, length, _BAR, fill=look.rest if bar.rest else look.mark))
            at = left + max(length, 2) + 10
            ink = look.ink if bar.value else look.muted
            parts.append(svg.text(at, baseline, count, fill=ink, strong=True))
            parts.append(svg.text(chart.width - 4, baseline, part, fill=look.muted, anchor="end"))
    return svg.document(
        width=chart.width,
        height=height,
        title=chart.title,
        description=describe_bars(chart),
        parts=parts,
        paper=look.paper,
    )
