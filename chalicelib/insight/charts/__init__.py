"""Our own charts: plain dataclasses in, one look, an SVG text out, which is also what mail gets as a PNG.

::

    chart = DayChart(title="Leads by day", days=(DayValue(date(2026, 11, 9), 4, previous=3), …), language="en")
    svg = draw(chart)               # <svg role="img"><title>…</title><desc>…</desc>…
    alt = describe(chart)           # the same figures in words, for an alt text
    png = to_png(svg, scale=2)      # only where the layer ``reporting`` is installed

Importing this package imports no renderer.
"""

from typing import assert_never

from chalicelib.insight.charts.bars import Bar, BarChart, describe_bars, draw_bars
from chalicelib.insight.charts.days import DayChart, DayValue, describe_days, draw_days
from chalicelib.insight.charts.funnel import FunnelChart, Step, describe_funnel, draw_funnel
from chalicelib.insight.charts.grades import Grade, GradeChart, describe_grades, draw_grades
from chalicelib.insight.charts.png import to_png
from chalicelib.insight.charts.sparkline import Sparkline, describe_sparkline, draw_sparkline

Chart = DayChart | BarChart | FunnelChart | GradeChart | Sparkline

__all__ = [
    "Bar",
    "BarChart",
    "Chart",
    "DayChart",
    "DayValue",
    "FunnelChart",
    "Grade",
    "GradeChart",
    "Sparkline",
    "Step",
    "describe",
    "draw",
    "to_png",
]


def draw(chart: Chart) -> str:
    """The chart as an SVG document."""
    match chart:
        case DayChart():
            return draw_days(chart)
        case BarChart():
            return draw_bars(chart)
        case FunnelChart():
            return draw_funnel(chart)
        case GradeChart():
            return draw_grades(chart)
        case Sparkline():
            return draw_sparkline(chart)
        case _:
            assert_never(chart)


def describe(chart: Chart) -> str:
    """The chart's figures in a sentence: its ``<desc>`` and its alternative text."""
    match chart:
        case DayChart():
            return describe_days(chart)
        case BarChart():
            return describe_bars(chart)
        case FunnelChart():
            return describe_funnel(chart)
        case GradeChart():
            return describe_grades(chart)
        case Sparkline():
            return describe_sparkline(chart)
        case _:
            assert_never(chart)
