"""How many contacts have each grade, from the best (A1) to the least (C3 or D)."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.insight.charts import svg
from chalicelib.insight.charts.formats import Language, compact, percent, share, whole
from chalicelib.insight.charts.look import LABEL_SIZE, LIGHT, Look, text_width
from chalicelib.insight.charts.scale import nice_ceiling

_TOP = 26
_PLOT = 110
_BOTTOM = 42
_WORDS = {
    "es": {"empty": "Todavía no hay puntuaciones", "grade": "grado"},
    "en": {"empty": "No scores yet", "grade": "grade"},
}


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade's name and how many have it."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class GradeChart:
    """Counts by grade, the best first. The first letter gives the colour: A strong, B lighter, the rest grey."""

    title: str
    grades: Sequence[Grade]
    language: Language
    width: int = 460


def describe_grades(chart: GradeChart) -> str:
    """``grado A: 5 (16 %); …``, or that there are no scores."""
    words = _WORDS[chart.language]
    total = sum(grade.value for grade in chart.grades)
    if not total:
        return words["empty"] + "."
    return (
        "; ".join(
            f"{words['grade']} {grade.label}: {whole(grade.value, chart.language)} "
            f"({percent(share(grade.value, total), chart.language)})"
            for grade in chart.grades
        )
        + "."
    )


def draw_grades(chart: GradeChart, look: Look = LIGHT) -> str:
    """The chart as SVG."""
    language = chart.language
    total = sum(grade.value for grade in chart.grades)
    parts: list[str] = []
    if not total:
        height = 64.0
        parts.append(svg.text(chart.width / 2, 36, _WORDS[language]["empty"], fill=look.muted, anchor="middle"))
    else:
        base = float(_TOP + _PLOT)
        height = base + _BOTTOM
        ceiling = nice_ceiling(max(grade.value for grade in chart.grades))
        group = (chart.width - 16) / len(chart.grades)
        width = min(group * 0.68, 72)
        parts.append(svg.line(8, base, chart.width - 8, base, stroke=look.line))
        for position, grade in enumerate(chart.grades):
            centre = 8 + group * (position + 0.5)
            tall = _PLOT * grade.value / ceiling
            if grade.value:
                fill = {"A": look.best, "B": look.middle}.get(grade.label[:1].upper(), look.rest)
                parts.append(svg.column(centre - width / 2, base, width, tall, fill=fill))
            ink = look.ink if grade.value else look.muted
            count = compact(grade.value, language)
            parts.append(svg.text(centre, base - tall - 7, count, fill=ink, anchor="middle", strong=True))
            parts.append(svg.text(centre, base + 18, grade.label, fill=look.ink, anchor="middle", strong=True))
            part = percent(share(grade.value, total), language)
            if text_width(part, LABEL_SIZE - 1) <= group - 2:
                parts.append(svg.text(centre, base + 34, part, fill=look.muted, anchor="middle", size=LABEL_SIZE - 1))
    return svg.document(
        width=chart.width,
        height=height,
        title=chart.title,
        description=describe_grades(chart),
        parts=parts,
        paper=look.paper,
    )
