"""A funnel: how many reached each step, and what share of the step before."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.insight.charts import svg
from chalicelib.insight.charts.formats import Language, compact, percent, share, whole
from chalicelib.insight.charts.look import LABEL_SIZE, LIGHT, Look, ellipsised, text_width

_BAR = 30
_LINK = 22
_WORDS = {
    "es": {"empty": "Nadie en el embudo en este periodo", "of": "{share} del paso anterior"},
    "en": {"empty": "Nobody in the funnel in this period", "of": "{share} of the step before"},
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step's name and how many reached it."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class FunnelChart:
    """Steps from the widest idea to the narrowest. A later step may still be larger (a lead can skip one): no share is said then."""

    title: str
    steps: Sequence[Step]
    language: Language
    width: int = 460


def _shares(chart: FunnelChart) -> tuple[str, ...]:
    """For each step but the first, its share of the one before; empty where that one was smaller or 0."""
    return tuple(
        percent(share(step.value, before.value), chart.language) if before.value and step.value <= before.value else ""
        for before, step in zip(chart.steps, chart.steps[1:], strict=False)
    )


def describe_funnel(chart: FunnelChart) -> str:
    """``Envíos: 40; Clientes potenciales: 32 (80 % del paso anterior); …``."""
    words = _WORDS[chart.language]
    if not any(step.value for step in chart.steps):
        return words["empty"] + "."
    notes = ("", *(f" ({words['of'].format(share=part)})" if part else "" for part in _shares(chart)))
    return (
        "; ".join(
            f"{step.label}: {whole(step.value, chart.language)}{note}"
            for step, note in zip(chart.steps, notes, strict=True)
        )
        + "."
    )


def draw_funnel(chart: FunnelChart, look: Look = LIGHT) -> str:
    """The chart as SVG; as high as its steps need."""
    language = chart.language
    steps = chart.steps
    highest = max((step.value for step in steps), default=0)
    parts: list[str] = []
    if not highest:
        height = 64.0
        parts.append(svg.text(chart.width / 2, 36, _WORDS[language]["empty"], fill=look.muted, anchor="middle"))
    else:
        height = float(len(steps) * _BAR + (len(steps) - 1) * _LINK + 4)
        labels = min(max(text_width(step.label) for step in steps), chart.width * 0.36)
        counts = max(text_width(compact(step.value, language), LABEL_SIZE + 2) for step in steps)
        left = 8 + labels + 14
        room = chart.width - left - counts - 18
        centre = left + room / 2
        widths = [max(room * step.value / highest, 4) if step.value else 0 for step in steps]
        shares = _shares(chart)
        for position, step in enumerate(steps):
            top = 2 + position * (_BAR + _LINK)
            baseline = top + _BAR / 2 + 4.5
            half = widths[position] / 2
            parts.append(svg.text(8, baseline, ellipsised(step.label, labels), fill=look.ink))
            if step.value:
                parts.append(svg.rect(centre - half, top, 2 * half, _BAR, fill=look.mark, radius=min(4, half)))
            else:
                parts.append(
                    svg.line(centre - 12, top + _BAR / 2, centre + 12, top + _BAR / 2, stroke=look.line, width=2)
                )
            ink = look.ink if step.value else look.muted
            count = compact(step.value, language)
            parts.append(
                svg.text(chart.width - 6, baseline, count, fill=ink, anchor="end", strong=True, size=LABEL_SIZE + 2)
            )
            if position + 1 < len(steps):
                bottom, next_top = top + _BAR, top + _BAR + _LINK
                below = widths[position + 1] / 2
                if half and below:
                    parts.append(
                        svg.polygon(
                            [
                                (centre - half + 2, bottom),
                                (centre + half - 2, bottom),
                                (centre + max(below - 2, 1), next_top),
                                (centre - max(below - 2, 1), next_top),
                            ],
                            fill=look.tint,
                        )
                    )
                if shares[position]:
                    parts.append(
                        svg.text(
                            centre,
                            bottom + _LINK / 2 + 4,
                            shares[position],
                            fill=look.muted,
                            anchor="middle",
                            size=LABEL_SIZE - 1,
                        )
                    )
    return svg.document(
        width=chart.width,
        height=height,
        title=chart.title,
        description=describe_funnel(chart),
        parts=parts,
        paper=look.paper,
    )
