"""The sentences that say what is new, so that nobody has to read a chart to know."""

from decimal import Decimal

from chalicelib.insight.charts.formats import Language, percent, share, weekday, whole
from chalicelib.insight.reports.domain import Comparison, WeeklyReport

_FEW = 10
"""Below this count a percentage says less than the plain difference: 3 after 1 is "2 more", not "200 % more"."""


def headline(report: WeeklyReport, language: Language) -> str:
    """The week in one line: ``32 clientes potenciales nuevos, 18 % más que la semana anterior``."""
    leads = report.leads.comparison
    if language == "es":
        return _spanish_headline(report, leads)
    return _english_headline(report, leads)


def _spanish_headline(report: WeeklyReport, leads: Comparison) -> str:
    if not leads.current:
        start = "Semana tranquila: ningún cliente potencial nuevo" if report.quiet else "Ningún cliente potencial nuevo"
        if not leads.previous:
            return start
        return f"{start}; la semana anterior hubo {whole(leads.previous, 'es')}"
    noun = "cliente potencial nuevo" if leads.current == 1 else "clientes potenciales nuevos"
    start = f"{whole(leads.current, 'es')} {noun}"
    if not leads.previous:
        return f"{start}, tras una semana sin ninguno"
    if not leads.difference:
        return f"{start}, {'el mismo número' if leads.current == 1 else 'los mismos'} que la semana anterior"
    return f"{start}, {_amount(leads, 'es')} {'más' if leads.difference > 0 else 'menos'} que la semana anterior"


def _english_headline(report: WeeklyReport, leads: Comparison) -> str:
    if not leads.current:
        start = "A quiet week: no new leads" if report.quiet else "No new leads"
        if not leads.previous:
            return start
        return f"{start}; the week before had {whole(leads.previous, 'en')}"
    start = f"{whole(leads.current, 'en')} new {'lead' if leads.current == 1 else 'leads'}"
    if not leads.previous:
        return f"{start}, after a week without any"
    if not leads.difference:
        return f"{start}, the same as the week before"
    more = "more" if leads.difference > 0 else ("less" if _by_share(leads) else "fewer")
    return f"{start}, {_amount(leads, 'en')} {more} than the week before"


def _by_share(leads: Comparison) -> bool:
    # A change that rounds to 0 % is told in numbers as well.
    return leads.previous >= _FEW and leads.change is not None and abs(leads.change) >= Decimal("0.005")


def _amount(leads: Comparison, language: Language) -> str:
    if _by_share(leads) and leads.change is not None:
        return percent(abs(leads.change), language)
    return whole(abs(leads.difference), language)


def change_note(leads: Comparison, language: Language) -> str:
    """The change as a small mark: ``▲ 18 %``, ``▼ 3``, ``=``; empty where there is nothing to compare with."""
    if not leads.previous:
        return ""
    if not leads.difference:
        return "="
    return f"{'▲' if leads.difference > 0 else '▼'}\u00a0{_amount(leads, language)}"


def highlights(report: WeeklyReport, language: Language) -> tuple[str, ...]:
    """Up to three sentences worth knowing; only what the figures say without doubt (no "best" among equals)."""
    found = (_best_source(report, language), _best_day(report, language), _best_campaign(report, language))
    return tuple(sentence for sentence in found if sentence)


def _best_source(report: WeeklyReport, language: Language) -> str:
    named = [row for row in report.leads.by_source if row.source.strip()]
    named.sort(key=lambda row: -row.count)
    if not named or not named[0].count or (len(named) > 1 and named[1].count == named[0].count):
        return ""
    best = named[0]
    part = percent(share(best.count, report.leads.total), language)
    if language == "es":
        return f"De {best.source} llegaron {whole(best.count, 'es')} ({part})."
    return f"{whole(best.count, 'en')} came from {best.source} ({part})."


def _best_day(report: WeeklyReport, language: Language) -> str:
    days = sorted(report.leads.by_day, key=lambda row: -row.count)
    if len(days) < 2 or days[0].count < 2 or days[1].count == days[0].count:
        return ""
    name, count = weekday(days[0].day, language), whole(days[0].count, language)
    return (
        f"El mejor día fue el {name}, con {count}." if language == "es" else f"The best day was {name}, with {count}."
    )


def _best_campaign(report: WeeklyReport, language: Language) -> str:
    sent = [campaign for campaign in report.campaigns if campaign.sent and campaign.opened]
    if not sent:
        return ""
    best = max(sent, key=lambda campaign: share(campaign.opened, campaign.delivered or campaign.sent))
    rate = percent(share(best.opened, best.delivered or best.sent), language)
    if language == "es":
        return f"«{best.name}» se abrió en el {rate} de los correos entregados."
    return f"“{best.name}” was opened in {rate} of the emails delivered."
