"""Charts are checked by their structure, not by their pixels."""

import itertools
import sys
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.insight import charts
from chalicelib.insight.charts import Bar, BarChart, DayChart, DayValue, FunnelChart, Grade, GradeChart, Sparkline, Step
from chalicelib.insight.charts.look import LABEL_SIZE, ellipsised, text_width
from chalicelib.insight.charts.scale import nice_ceiling, ticks

SVG = "{http://www.w3.org/2000/svg}"
MONDAY = date(2026, 11, 9)


def days(*values, previous=()):
    pairs = zip(values, previous or [None] * len(values), strict=True)
    return tuple(DayValue(MONDAY + timedelta(days=number), now, then) for number, (now, then) in enumerate(pairs))


WEEK = DayChart("Leads by day", days(4, 7, 3, 9, 6, 0, 3, previous=(3, 5, 6, 4, 7, 1, 1)), "en")
EMPTY = [
    DayChart("t", (), "es"),
    DayChart("t", days(*[0] * 7), "es"),
    DayChart("t", days(*[0] * 30), "en"),
    BarChart("t", (), "es"),
    BarChart("t", (Bar("x", 0),), "en"),
    FunnelChart("t", (), "es"),
    FunnelChart("t", (Step("x", 0), Step("y", 0)), "en"),
    GradeChart("t", (), "es"),
    GradeChart("t", (Grade("A", 0),), "en"),
    Sparkline("t", (), "es"),
    Sparkline("t", (0, 0), "en"),
]


def parsed(chart):
    return ET.fromstring(charts.draw(chart))


def words(chart):
    return [element.text or "" for element in parsed(chart).iter(f"{SVG}text")]


def test_a_chart_names_and_describes_itself():
    root = parsed(WEEK)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Leads by day"
    assert root.find(f"{SVG}desc").text == charts.describe(WEEK)
    assert charts.describe(WEEK).startswith("Mon 9 Nov: 4 (before 3); Tue 10 Nov: 7 (before 5);")


def test_a_week_is_columns_with_their_values_and_both_legends():
    assert len(list(parsed(WEEK).iter(f"{SVG}path"))) == 6 + 7
    seen = words(WEEK)
    assert {"This week", "Week before", "Mon", "9 Nov", "15 Nov"} <= set(seen)
    assert [text for text in seen if text.isdigit()] == ["4", "7", "3", "9", "6", "0", "3"]


def test_more_than_a_fortnight_is_a_line_whose_labels_do_not_touch():
    chart = DayChart("t", days(*[number % 7 for number in range(90)]), "es")
    root = parsed(chart)
    assert root.find(f"{SVG}polyline") is not None
    labels = [element for element in root.iter(f"{SVG}text") if element.get("text-anchor") == "middle"]
    edges = [
        (
            float(label.get("x")) - text_width(label.text, LABEL_SIZE - 1) / 2,
            float(label.get("x")) + text_width(label.text, LABEL_SIZE - 1) / 2,
        )
        for label in labels
    ]
    assert all(right <= left for (_, right), (left, _) in itertools.pairwise(edges))
    assert edges[0][0] >= 0
    assert edges[-1][1] <= chart.width


@pytest.mark.parametrize("value", [12345, 987654, 123456789])
def test_large_values_are_written_short_enough_for_their_column(value):
    chart = DayChart("t", days(*[value] * 14), "es")
    group = (chart.width - 16) / 14
    labels = [text for text in words(chart) if text.replace(",", "").split("\u00a0")[0].isdigit() and len(text) > 2]
    assert labels
    assert all(len(text) <= len(charts.bars.compact(value, "es")) for text in labels)
    assert group > 0


def test_bars_are_ranked_and_the_tail_is_added_up():
    chart = BarChart("t", [Bar(f"s{number}", number) for number in range(1, 11)], "es", rows=4)
    assert [text for text in words(chart) if text.startswith(("s", "O"))] == ["s10", "s9", "s8", "Otros (7)"]
    assert "28" in words(chart)
    assert (
        charts.describe(chart)
        == "s10: 10 (18\u00a0%); s9: 9 (16\u00a0%); s8: 8 (15\u00a0%); Otros (7): 28 (51\u00a0%)."
    )


def test_long_labels_end_in_an_ellipsis_and_stay_in_their_room():
    name = "Recomendación de una clienta muy contenta con nosotros"
    label = words(BarChart("t", [Bar(name, 3), Bar("x", 1)], "es"))[0]
    assert label.endswith("…")
    assert text_width(label) <= 460 * 0.36
    assert name in charts.describe(BarChart("t", [Bar(name, 3)], "es"))


def test_a_funnel_says_the_share_of_the_step_before():
    chart = FunnelChart("t", [Step("Envíos", 40), Step("Clientes", 32), Step("En curso", 0), Step("Fin", 5)], "es")
    assert {"40", "32", "80\u00a0%", "0\u00a0%"} <= set(words(chart))
    assert (
        charts.describe(chart)
        == "Envíos: 40; Clientes: 32 (80\u00a0% del paso anterior); En curso: 0 (0\u00a0% del paso anterior); Fin: 5."
    )


def test_a_later_step_may_be_larger_and_is_still_inside_the_picture():
    chart = FunnelChart("t", [Step("a", 2), Step("b", 50)], "en")
    assert "2,500%" not in words(chart)  # a share of more than all says nothing
    for box in parsed(chart).iter(f"{SVG}rect"):
        assert float(box.get("x")) >= 0
        assert float(box.get("x")) + float(box.get("width")) <= chart.width


def test_grades_keep_their_order_and_colours():
    chart = GradeChart("t", [Grade("A1", 3), Grade("B1", 2), Grade("C1", 1)], "en")
    fills = [path.get("fill") for path in parsed(chart).iter(f"{SVG}path")]
    assert len(set(fills)) == 3
    assert [text for text in words(chart) if text[0] in "ABC"] == ["A1", "B1", "C1"]


@pytest.mark.parametrize("chart", EMPTY, ids=lambda chart: f"{type(chart).__name__}-{chart.language}")
def test_nothing_to_show_is_said(chart):
    root = parsed(chart)
    assert "nan" not in charts.draw(chart)
    assert root.find(f"{SVG}desc").text
    if not isinstance(chart, Sparkline):
        assert any(text.strip(".") in charts.describe(chart) for text in words(chart))


HOSTILE = st.text(max_size=60)
COUNTS = st.integers(min_value=0, max_value=10**9)


@given(st.lists(st.builds(Bar, HOSTILE, COUNTS), max_size=12), HOSTILE)
def test_any_names_and_counts_make_a_well_formed_picture(bars, title):
    for chart in (
        BarChart(title, bars, "es"),
        FunnelChart(title, [Step(bar.label, bar.value) for bar in bars], "en"),
        GradeChart(title, [Grade(bar.label, bar.value) for bar in bars], "es"),
        DayChart(title, days(*[bar.value for bar in bars]), "en"),
        Sparkline(title, [bar.value for bar in bars], "es"),
    ):
        assert parsed(chart).tag == f"{SVG}svg"


@given(st.integers(min_value=0, max_value=10**9))
def test_scales_reach_their_value_in_whole_steps(highest):
    ceiling = nice_ceiling(highest)
    assert ceiling >= highest
    assert ceiling <= max(4, highest * 2)
    assert ticks(ceiling)[0] == 0
    assert ticks(ceiling)[-1] == ceiling


@given(HOSTILE, st.floats(min_value=20, max_value=400))
def test_ellipsised_fits(text, room):
    assert text_width(ellipsised(text, room)) <= room


def test_a_png_has_twice_the_pixels_and_only_then_the_renderer_is_imported():
    png = charts.to_png(charts.draw(WEEK), 2)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20]) == 2 * WEEK.width
    assert "resvg_py" in sys.modules


def test_letters_are_drawn():
    with_text = charts.to_png(charts.draw(BarChart("t", [Bar("una etiqueta", 1)], "es")), 1)
    without = charts.to_png(charts.draw(BarChart("t", [Bar(".", 1)], "es")), 1)
    assert len(with_text) > len(without)
