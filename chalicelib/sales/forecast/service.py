"""Reading the forecast from the sums that the projector keeps."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.table import Table
from chalicelib.sales import rollups
from chalicelib.sales.forecast.domain import Figures, Forecast, last_day, months_between
from chalicelib.sales.money import EXACT
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.pipelines.domain import Forecast as Category
from chalicelib.sales.pipelines.domain import Pipeline
from chalicelib.sales.rates import service as rates
from chalicelib.sales.rates.domain import ExchangeRates
from chalicelib.workspaces.settings.domain import Workspace

NOBODY = "none"


def get_forecast(
    *,
    table: Table,
    workspace: Workspace,
    first: str,
    last: str,
    today: date,
    owner_id: str = "",
    pipeline_id: str = "",
) -> Forecast:
    """The forecast of the months from ``first`` to ``last`` (``2026-11``), of one owner (`NOBODY`: of deals without one) and one
    pipeline if they are given. What it reads does not grow with the number of deals.
    """
    months = months_between(first, last)
    known = rates.get_rates(table=table, workspace=workspace)
    found = pipelines.all_pipelines(table=table, workspace_id=workspace.id)
    if pipeline_id and (pipeline_id not in found or found[pipeline_id].deleted_at is not None):
        raise InvalidError("There is no such pipeline.", field="pipeline_id", code="unknown")
    figures: dict[tuple[str, str], Figures] = defaultdict(Figures)
    undated, missing = Figures(), set[str]()
    for pipeline in [found[pipeline_id]] if pipeline_id else found.values():
        metric = rollups.forecast_metric(pipeline.id)
        sums = list(rollups.sums(table, workspace.id, metric, first=first, last=last))
        sums += rollups.sums(table, workspace.id, metric, first=rollups.UNDATED, last=rollups.UNDATED)
        for each in sums:
            owner = "" if each.parts[0] == rollups.NOBODY else each.parts[0]
            if owner_id and owner != ("" if owner_id == NOBODY else owner_id):
                continue
            dated = each.day != rollups.UNDATED
            counted = _counted(each, pipeline, known, last_day(each.day) if dated else today, missing)
            (figures[each.day, owner] if dated else undated).add(counted)
    return _laid_out(months, figures, undated, missing, known.base)


def _counted(each: rollups.Sum, pipeline: Pipeline, known: ExchangeRates, day: date, missing: set[str]) -> Figures:
    """What a sum counts for, in the base currency; nothing, and its currency among the missing, when there is no rate."""
    _, stage_id, currency = each.parts
    won = stage_id == rollups.WON
    stage = None if won else pipeline.find(stage_id)
    if not won and (stage is None or stage.category is Category.OMITTED):
        return Figures()
    amount = known.in_base(rollups.amount(each.value), currency, day)
    if amount is None:
        missing.add(currency)
        return Figures()
    if stage is None:
        return Figures(won=amount)
    zero = Decimal(0)
    committed = stage.category is Category.COMMIT
    return Figures(
        committed=amount if committed else zero,
        best_case=amount if committed or stage.category is Category.BEST_CASE else zero,
        weighted=EXACT.divide(EXACT.multiply(amount, Decimal(stage.probability)), Decimal(100)),
    )


def _laid_out(
    months: list[str],
    figures: dict[tuple[str, str], Figures],
    undated: Figures,
    missing: set[str],
    currency: str,
) -> Forecast:
    """The figures in their order, rounded; a month in which nothing is expected has a line of zeros."""
    shown: dict[tuple[str, str], Figures] = {}
    totals = Figures().rounded(currency)
    for month in months:
        owners = sorted(owner for each, owner in figures if each == month)
        for owner in owners or [""]:
            shown[month, owner] = figures.get((month, owner), Figures()).rounded(currency)
            totals.add(shown[month, owner])
    return Forecast(currency, shown, undated.rounded(currency), totals, tuple(sorted(missing)))
