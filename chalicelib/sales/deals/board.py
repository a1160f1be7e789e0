"""A pipeline's board: its columns with their first cards, how many there are and what they are worth."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.foundation.table import Table
from chalicelib.sales import rollups
from chalicelib.sales.deals import finding
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.money import EXACT, rounded
from chalicelib.sales.pipelines.domain import Pipeline, Stage
from chalicelib.workspaces.settings.domain import Workspace


@dataclass(frozen=True, slots=True)
class Column:
    """A stage's cards: the first of them (or the next page), how many there are in all, what they are worth by currency, and the
    position where the next page starts (``""`` after the last).
    """

    stage: Stage
    count: int
    totals: dict[str, Decimal]
    deals: list[Deal]
    next: str

    def weighted(self, currency: str) -> Decimal:
        """What the deals in a currency are worth, times the chance of winning them here."""
        return weighted(self.totals[currency], self.stage.probability, currency)


def weighted(amount: Decimal, probability: int, currency: str) -> Decimal:
    """An amount times a chance in percent, in the currency's minor units."""
    return rounded(EXACT.divide(EXACT.multiply(amount, Decimal(probability)), Decimal(100)), currency)


def board(
    *,
    table: Table,
    workspace: Workspace,
    pipeline: Pipeline,
    owner_id: str = "",
    limit: int = 25,
    stage_id: str = "",
    after: str = "",
) -> list[Column]:
    """The columns of a board, of one owner's deals if one is given (`finding.NOBODY` for those of nobody); only one column, from
    a position on, with ``stage_id``.

    A column that is read to its end is counted card by card, so that the figures are exactly those of what is shown; a longer
    one by the sums that the projector keeps, which follow within moments.
    """
    stages = [pipeline.stage(stage_id)] if stage_id else list(pipeline.stages)
    columns = []
    counted: dict[str, tuple[int, dict[str, Decimal]]] | None = None
    for stage in stages:
        cards, following = finding.board_column(
            table=table,
            workspace=workspace,
            pipeline=pipeline,
            stage_id=stage.id,
            owner_id=owner_id,
            after=after,
            limit=limit,
        )
        if not after and not following:
            count, totals = len(cards), _worth(cards)
        else:
            if counted is None:
                counted = _counted(table, workspace.id, pipeline, owner_id)
            count, totals = counted.get(stage.id, (0, {}))
            count = max(count, len(cards))
        columns.append(Column(stage, count, totals, cards, following))
    return columns


def _worth(cards: list[Deal]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for deal in cards:
        totals[deal.currency] += deal.amount
    return dict(sorted(totals.items()))


def _counted(
    table: Table, workspace_id: str, pipeline: Pipeline, owner_id: str
) -> dict[str, tuple[int, dict[str, Decimal]]]:
    counts: dict[str, int] = defaultdict(int)
    totals: dict[str, dict[str, Decimal]] = defaultdict(dict)
    wanted = rollups.NOBODY if owner_id == finding.NOBODY else owner_id
    for each in rollups.sums(table, workspace_id, rollups.board_metric(pipeline.id)):
        owner, currency, what = each.parts
        stage = pipeline.find(each.day)
        if stage is None or (wanted and owner != wanted):
            continue
        if what == "n":
            counts[stage.id] += each.value
        else:
            kept = totals[stage.id]
            kept[currency] = kept.get(currency, Decimal(0)) + rollups.amount(each.value)
    return {stage_id: (counts[stage_id], dict(sorted(totals[stage_id].items()))) for stage_id in counts}
