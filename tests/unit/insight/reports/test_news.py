from datetime import date
from decimal import Decimal

import pytest

from chalicelib.insight.reports.domain import (
    CampaignRow,
    DayCount,
    FunnelCount,
    FunnelStep,
    LeadFigures,
    ScoreFigures,
    SourceCount,
    WeeklyReport,
    week_of,
)
from chalicelib.insight.reports.news import change_note, headline, highlights

WEEK = week_of(date(2026, 11, 9), "America/Bogota")


def report(total, previous, **more):
    return WeeklyReport(WEEK, LeadFigures(total, previous, **more))


@pytest.mark.parametrize(
    ("total", "previous", "spanish", "english"),
    [
        (32, 27, "32 clientes potenciales nuevos, 19\u00a0% más que la semana anterior", "32 new leads, 19% more than the week before"),
        (20, 40, "20 clientes potenciales nuevos, 50\u00a0% menos que la semana anterior", "20 new leads, 50% less than the week before"),
        (3, 1, "3 clientes potenciales nuevos, 2 más que la semana anterior", "3 new leads, 2 more than the week before"),
        (1, 5, "1 cliente potencial nuevo, 4 menos que la semana anterior", "1 new lead, 4 fewer than the week before"),
        (1001, 1000, "1001 clientes potenciales nuevos, 1 más que la semana anterior", "1,001 new leads, 1 more than the week before"),
        (7, 7, "7 clientes potenciales nuevos, los mismos que la semana anterior", "7 new leads, the same as the week before"),
        (1, 1, "1 cliente potencial nuevo, el mismo número que la semana anterior", "1 new lead, the same as the week before"),
        (4, 0, "4 clientes potenciales nuevos, tras una semana sin ninguno", "4 new leads, after a week without any"),
        (0, 0, "Semana tranquila: ningún cliente potencial nuevo", "A quiet week: no new leads"),
        (0, 12, "Semana tranquila: ningún cliente potencial nuevo; la semana anterior hubo 12", "A quiet week: no new leads; the week before had 12"),
    ],
)  # fmt: skip
def test_the_headline_says_the_news(total, previous, spanish, english):
    assert headline(report(total, previous), "es") == spanish
    assert headline(report(total, previous), "en") == english


def test_a_week_without_leads_but_with_mail_is_not_called_quiet():
    busy = WeeklyReport(WEEK, LeadFigures(0, 0), campaigns=[CampaignRow("1", "x", sent=3)])
    assert headline(busy, "es") == "Ningún cliente potencial nuevo"
    submitted = WeeklyReport(
        WEEK, LeadFigures(0, 0), funnel=[FunnelCount(FunnelStep.SUBMISSIONS, 2)], scores=ScoreFigures(Decimal(1))
    )
    assert headline(submitted, "en") == "No new leads"


def test_changes_as_marks():
    assert change_note(report(32, 27).leads.comparison, "es") == "▲\u00a019\u00a0%"
    assert change_note(report(1, 3).leads.comparison, "en") == "▼\u00a02"
    assert change_note(report(3, 3).leads.comparison, "en") == "="
    assert change_note(report(3, 0).leads.comparison, "en") == ""


def test_highlights_name_the_best_of_each():
    rich = WeeklyReport(
        WEEK,
        LeadFigures(
            12,
            3,
            [SourceCount("", 9), SourceCount("google", 2), SourceCount("x", 1)],
            [DayCount(WEEK.days[0], 3), DayCount(WEEK.days[3], 9)],
        ),
        campaigns=[
            CampaignRow("1", "Rebajas", sent=10, delivered=8, opened=4),
            CampaignRow("2", "Otra", sent=10, opened=1),
        ],
    )
    assert highlights(rich, "es") == (
        "De google llegaron 2 (17\u00a0%).",
        "El mejor día fue el jueves, con 9.",
        "«Rebajas» se abrió en el 50\u00a0% de los correos entregados.",
    )
    assert len(highlights(rich, "en")) == 3


def test_there_is_no_best_among_equals():
    even = report(
        2, 0, by_source=[SourceCount("a", 1), SourceCount("b", 1)], by_day=[DayCount(day, 2) for day in WEEK.days]
    )
    assert highlights(even, "es") == ()
