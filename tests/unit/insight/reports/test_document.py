"""The mail's structure: what a mail client, a screen reader and a spreadsheet get."""

from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from chalicelib.foundation.safe_csv import read_rows
from chalicelib.insight.reports.document import Letterhead, render
from chalicelib.insight.reports.domain import (
    CampaignRow,
    DayCount,
    FunnelCount,
    FunnelStep,
    GradeCount,
    LeadFigures,
    ScoreFigures,
    SourceCount,
    WeeklyReport,
    week_of,
)

WEEK = week_of(date(2026, 11, 9), "America/Bogota")
HOSTILE = "<img src=x onerror=alert(1)> =1+1 \"'&"
HEAD = Letterhead("Estudio Ceiba", "https://crm.example/#/reports?a=1&b=2", "https://crm.example/#/reports/schedule")


def full(name="Rebajas", source="google"):
    return WeeklyReport(
        WEEK,
        LeadFigures(
            32,
            27,
            [SourceCount(source, 20), SourceCount("", 12)],
            [DayCount(day, count, 1) for day, count in zip(WEEK.days, (4, 7, 3, 9, 6, 0, 3), strict=True)],
            trend=(12, 9, 31, 27, 32),
        ),
        [FunnelCount(step, count) for step, count in zip(FunnelStep, (40, 32, 18, 7), strict=True)],
        ScoreFigures(Decimal("41.5"), [GradeCount("A1", 20), GradeCount("B2", 12)]),
        [CampaignRow("1", name, 1234, 1220, 540, 121, 3, 14)],
    )


QUIET = WeeklyReport(WEEK, LeadFigures(0, 0, (), [DayCount(day, 0) for day in WEEK.days]))


def fake_png(svg, scale):
    assert svg.startswith("<svg")
    return f"png@{scale}".encode()


def rendered(report, language="es", head=HEAD):
    return render(report, language=language, letterhead=head, to_png=fake_png)


class Page(HTMLParser):
    VOID = frozenset({"meta", "img", "br", "link", "hr"})

    def __init__(self, text):
        super().__init__()
        self.images, self.links, self.tags, self.open = [], [], [], []
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        assert not any(name.startswith("on") for name in values)
        if tag == "img":
            self.images.append(values)
        if tag == "a":
            self.links.append(values["href"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_picture_is_attached_and_described(language):
    document = rendered(full(), language)
    page = Page(document.html)
    assert [image["src"] for image in page.images] == [
        "cid:trend", "cid:leads-by-day", "cid:leads-by-source", "cid:funnel", "cid:grades",
    ]  # fmt: skip
    assert {image["src"] for image in page.images} == {f"cid:{image.content_id}" for image in document.images}
    assert all(len(image["alt"]) > 20 and image.get("width") for image in page.images)
    assert all(image.content == b"png@2.0" for image in document.images)


def test_the_news_is_the_subject_the_title_and_the_heading():
    document = rendered(full())
    news = "32 clientes potenciales nuevos, 19\u00a0% más que la semana anterior"
    assert document.subject.replace("\u00a0", " ") == f"Estudio Ceiba: {news}".replace("\u00a0", " ")
    assert f"<title>{news}</title>" in document.html
    assert document.text.splitlines()[2] == news
    assert 'lang="es"' in document.html
    assert Page(document.html).links == [HEAD.report_url, HEAD.settings_url]


def test_it_is_written_for_mail_clients():
    document = rendered(full())
    page = Page(document.html)
    assert not {"script", "link", "svg", "form", "iframe"} & set(page.tags)
    assert "max-width:600px" in document.html
    assert 'content="light dark"' in document.html
    assert "prefers-color-scheme: dark" in document.html
    # Gmail cuts a message off beyond 102 KB of HTML.
    assert len(document.html.encode()) < 60_000
    # Only the campaign's table holds data; all others are for layout and say so. One more hides in a comment for Outlook.
    assert document.html.count('role="presentation"') - 1 == page.tags.count("table") - 1


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_quiet_week_has_no_empty_axes(language):
    document = rendered(QUIET, language)
    page = Page(document.html)
    assert not document.images
    assert not page.images
    assert ("Semana tranquila" if language == "es" else "A quiet week") in document.subject
    assert ("Ninguna campaña" if language == "es" else "No campaign sent") in document.text


def test_texts_from_outside_are_only_text():
    document = rendered(full(name=HOSTILE, source=HOSTILE), head=Letterhead(HOSTILE))
    page = Page(document.html)
    assert "<img src=x" not in document.html
    assert len(page.images) == 5
    assert HOSTILE in document.text
    assert not page.links


def test_no_line_break_reaches_the_subject():
    subject = rendered(full(), head=Letterhead("Ceiba\r\nBcc: x@example.com\u2028\x00")).subject
    assert subject.isprintable() or "\u00a0" in subject
    assert not set("\r\n\x00\u2028\u0085") & set(subject)


def test_the_kept_page_carries_its_pictures():
    page = Page(rendered(full()).standalone_html())
    assert len(page.images) == 5
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.images)


def test_the_csv_has_every_figure_and_no_formula():
    document = rendered(full(name="=1+1", source="@SUM(A1)"), "en")
    assert '"=1+1"' not in document.csv
    rows = read_rows(document.csv)
    assert document.csv_filename == "clientela-report-2026-11-09.csv"
    assert rows[0] == ["section", "item", "measure", "value"]
    assert ["Leads", "total", "count", "32"] in rows
    assert ["Where they came from", "@SUM(A1)", "count", "20"] in rows
    assert ["Leads by day", "2026-11-12", "week before", "1"] in rows
    assert ["Average score", "total", "average", "41.5"] in rows
    assert ["Campaigns", "=1+1", "Opened", "540"] in rows
    assert {len(row) for row in rows} == {4}


def test_rates_of_a_campaign_are_of_what_arrived():
    text = rendered(full(), "en").text
    assert "Rebajas: sent 1,234, opened 44%, clicked 9.9%, opt-outs 3, bounced 14" in text


def test_the_real_renderer_makes_the_pictures():
    document = render(full(), language="es", letterhead=HEAD)
    assert all(image.content.startswith(b"\x89PNG") for image in document.images)
    assert sum(len(image.content) for image in document.images) < 200_000
