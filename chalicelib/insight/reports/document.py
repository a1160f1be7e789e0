"""A weekly report as people get it: subject, HTML mail with charts, plain text, and the figures as CSV.

The HTML is written for mail clients: tables, styles on the elements, 600 px that shrink to a phone, colours that survive a dark
theme. Charts are PNG pictures inside the message (``cid:``), each with its figures in words as alternative text.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.foundation.safe_csv import Cell, write_rows
from chalicelib.insight import charts
from chalicelib.insight.charts import formats
from chalicelib.insight.charts.formats import Language
from chalicelib.insight.reports import news
from chalicelib.insight.reports.domain import CampaignRow, WeeklyReport
from chalicelib.insight.reports.words import WORDS

if TYPE_CHECKING:
    from jinja2 import Environment

RenderPng = Callable[[str, float], bytes]
_PNG_SCALE = 2.0
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a report says besides its figures. Links are absolute; an empty one is left out."""

    workspace_name: str
    report_url: str = ""
    settings_url: str = ""


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A PNG inside the message, referred to as ``cid:{content_id}``. Sizes in px as shown."""

    content_id: str
    filename: str
    content: bytes
    alt: str
    width: int


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A rendered report. ``csv`` is the text of a file named ``csv_filename``."""

    subject: str
    html: str
    text: str
    csv: str
    csv_filename: str
    images: Sequence[InlineImage]

    def standalone_html(self) -> str:
        """The same page with its pictures inside, to be kept as one file and opened in a browser."""
        page = self.html
        for image in self.images:
            data = base64.b64encode(image.content).decode("ascii")
            page = page.replace(f'src="cid:{image.content_id}"', f'src="data:image/png;base64,{data}"')
        return page


@dataclass(frozen=True, slots=True)
class _Card:
    """A figure in large letters with a note; ``tone`` good, bad or even colours its change."""

    label: str
    value: str
    note: str
    change: str = ""
    tone: str = "even"


@dataclass(frozen=True, slots=True)
class _Figure:
    """A section with a chart."""

    heading: str
    image: InlineImage


def render(
    report: WeeklyReport, *, language: Language, letterhead: Letterhead, to_png: RenderPng = charts.to_png
) -> ReportDocument:
    """The report in one language. Every text from outside (names, sources) is escaped for where it stands."""
    words = WORDS[language]
    figures = [
        _Figure(chart.title, _image(name, chart, to_png)) for name, chart in _charts(report, language, words).items()
    ]
    trend = _trend(report, language, words, to_png)
    headline = news.headline(report, language)
    context: dict[str, Any] = {
        "language": language,
        "words": words,
        "workspace": letterhead.workspace_name,
        "report_url": letterhead.report_url,
        "settings_url": letterhead.settings_url,
        "headline": headline,
        "highlights": news.highlights(report, language),
        "period": formats.day_range(report.period.start, report.period.end, language),
        "zone_note": words["days_of"].format(zone=report.period.time_zone.replace("_", " ")),
        "why": words["why"].format(workspace=letterhead.workspace_name),
        "cards": _cards(report, language, words),
        "trend": trend,
        "figures": figures,
        "campaigns": [_campaign(campaign, language, words) for campaign in report.campaigns],
        "days": [
            (f"{formats.weekday(day.day, language, short=True)} {formats.short_day(day.day, language)}", day)
            for day in report.leads.by_day
        ],
        "sources": _source_rows(report, language, words),
        "steps": [(words[row.step.value], formats.whole(row.count, language)) for row in report.funnel],
        "grades": [(row.grade, formats.whole(row.count, language)) for row in report.scores.by_grade],
    }
    images = [figure.image for figure in figures] + ([trend.image] if trend else [])
    return ReportDocument(
        subject=_one_line(f"{letterhead.workspace_name}: {headline}" if letterhead.workspace_name else headline),
        html=_environment(escape=True).get_template("weekly/body.html").render(context),
        text=_environment(escape=False).get_template("weekly/body.txt").render(context),
        csv=to_csv(report, language=language),
        csv_filename=f"clientela-{'informe' if language == 'es' else 'report'}-{report.period.start:%Y-%m-%d}.csv",
        images=images,
    )


def to_csv(report: WeeklyReport, *, language: Language) -> str:
    """Every figure as one row ``section, item, measure, value``: long, so that any tool can pivot it. Dates are ISO 8601."""
    words = WORDS[language]
    leads, scores, count = report.leads, report.scores, words["count"]
    rows: list[tuple[Cell, Cell, Cell, Cell]] = [
        (words["section"], words["item"], words["measure"], words["value"]),
        (words["period"], words["start"], "", report.period.start.isoformat()),
        (words["period"], words["end"], "", report.period.end.isoformat()),
        (words["period"], words["time_zone"], "", report.period.time_zone),
        (words["leads"], words["total"], count, leads.total),
        (words["leads"], words["total"], words["previous"], leads.previous_total),
    ]
    rows += [(words["by_source"], row.source, count, row.count) for row in leads.by_source]
    for day in leads.by_day:
        rows.append((words["by_day"], day.day.isoformat(), count, day.count))
        rows.append((words["by_day"], day.day.isoformat(), words["previous"], day.previous_count))
    rows += [(words["funnel"], words[row.step.value], count, row.count) for row in report.funnel]
    rows.append((words["score"], words["total"], words["average"], scores.average))
    rows += [(words["grades"], row.grade, count, row.count) for row in scores.by_grade]
    for campaign in report.campaigns:
        rows += [
            (words["campaigns"], campaign.name, words[measure], getattr(campaign, measure)) for measure in _MEASURES
        ]
    return write_rows(rows)


_MEASURES = ("sent", "delivered", "opened", "clicked", "unsubscribed", "bounced")


def _charts(report: WeeklyReport, language: Language, words: Mapping[str, str]) -> dict[str, charts.Chart]:
    """The charts that have something to show, in the order of reading. A quiet week has none: empty axes inform nobody."""
    drawn: dict[str, charts.Chart] = {}
    leads = report.leads
    if any(day.count or day.previous_count for day in leads.by_day):
        days = [charts.DayValue(day.day, day.count, day.previous_count) for day in leads.by_day]
        drawn["leads-by-day"] = charts.DayChart(words["by_day"], days, language)
    if any(row.count for row in leads.by_source):
        bars = [charts.Bar(row.source.strip() or words["source_unknown"], row.count) for row in leads.by_source]
        drawn["leads-by-source"] = charts.BarChart(words["by_source"], bars, language)
    if any(row.count for row in report.funnel):
        steps = [charts.Step(words[row.step.value], row.count) for row in report.funnel]
        drawn["funnel"] = charts.FunnelChart(words["funnel"], steps, language)
    if any(row.count for row in report.scores.by_grade):
        grades = [charts.Grade(row.grade, row.count) for row in report.scores.by_grade]
        drawn["grades"] = charts.GradeChart(words["grades"], grades, language)
    return drawn


def _source_rows(report: WeeklyReport, language: Language, words: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Sources for reading: name, count, share; the largest first."""
    rows = sorted(report.leads.by_source, key=lambda row: (-row.count, row.source.casefold()))
    return [
        (
            row.source.strip() or words["source_unknown"],
            formats.whole(row.count, language),
            formats.percent(formats.share(row.count, report.leads.total), language),
        )
        for row in rows
    ]


def _image(name: str, chart: charts.Chart, to_png: RenderPng) -> InlineImage:
    return InlineImage(
        content_id=name,
        filename=f"{name}.png",
        content=to_png(charts.draw(chart), _PNG_SCALE),
        alt=f"{chart.title}. {charts.describe(chart)}",
        width=chart.width,
    )


def _trend(report: WeeklyReport, language: Language, words: Mapping[str, str], to_png: RenderPng) -> _Figure | None:
    values = report.leads.trend
    if len(values) < 3 or not any(values):
        return None
    title = words["trend"].format(count=len(values))
    return _Figure(title, _image("trend", charts.Sparkline(title, values, language), to_png))


def _cards(report: WeeklyReport, language: Language, words: Mapping[str, str]) -> list[_Card]:
    leads, scores = report.leads, report.scores
    sent = sum(campaign.sent for campaign in report.campaigns)
    reached = sum(campaign.delivered or campaign.sent for campaign in report.campaigns)
    opened = sum(campaign.opened for campaign in report.campaigns)
    scored = sum(row.count for row in scores.by_grade)
    difference = leads.comparison.difference
    mail_note = words["mail_none"]
    if sent:
        mail_note = words["mail_opened"].format(share=formats.percent(formats.share(opened, reached), language))
    return [
        _Card(
            label=words["leads"],
            value=formats.whole(leads.total, language),
            note=words["week_before"].format(count=formats.whole(leads.previous_total, language)),
            change=news.change_note(leads.comparison, language),
            tone="good" if difference > 0 else "bad" if difference < 0 else "even",
        ),
        _Card(
            label=words["score"],
            value=_decimal_or_dash(scores.average, language),
            note=words["score_of"].format(count=formats.whole(scored, language)) if scored else words["score_none"],
        ),
        _Card(label=words["mail"], value=formats.whole(sent, language), note=mail_note),
    ]


def _decimal_or_dash(value: Decimal | None, language: Language) -> str:
    return formats.EN_DASH if value is None else formats.decimal(value, language)


def _campaign(campaign: CampaignRow, language: Language, words: Mapping[str, str]) -> dict[str, Any]:
    reached = campaign.delivered or campaign.sent

    def rate(count: int) -> str:
        return formats.percent(formats.share(count, reached), language, places=0 if count * 10 >= reached else 1)

    return {
        "name": campaign.name,
        "figures": [
            (words["sent"], formats.whole(campaign.sent, language)),
            (words["opened"], rate(campaign.opened)),
            (words["clicked"], rate(campaign.clicked)),
            (words["unsubscribed"], formats.whole(campaign.unsubscribed, language)),
            (words["bounced"], formats.whole(campaign.bounced, language)),
        ],
    }


def period_label(start: date, end: date, language: Language) -> str:
    """A week for a heading or a list: ``9–15 nov 2026``."""
    return formats.day_range(start, end, language)


def _one_line(text: str) -> str:
    """Fit for a header: no line breaks or control characters, spaces single."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split(" ")).strip()


@cache
def _environment(*, escape: bool) -> "Environment":
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=escape,  # noqa: S701 - off only for the plain text
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
