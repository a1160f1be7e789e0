"""Where a card comes to stand in its column: its neighbours as they are now, and a rank between them."""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.sales.deals import ranks, store
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.pipelines.domain import Pipeline
from chalicelib.workspaces.settings.service import get_workspace

_AROUND = 45  # cards on either side that are spread out together: a transaction takes a hundred
_TRANSACTION = 90
_COLUMN = 5000  # cards that are put closer together at once, at most
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Column:
    """The cards of a stage but for the one that is being moved."""

    table: Table
    deal: Deal
    pipeline_id: str
    stage_id: str
    shards: int

    def beside(self, rank: str, *, above: bool, limit: int = 1) -> list[Deal]:
        """The cards above or below a rank (``""``: all of them from the end on), nearest first."""
        found = store.beside(
            self.table,
            self.deal.workspace_id,
            self.pipeline_id,
            self.stage_id,
            rank,
            shards=self.shards,
            above=above,
            limit=limit + 1,
        )
        return [each for each in found if each.id != self.deal.id][:limit]


def rank_for(
    table: Table, deal: Deal, pipeline: Pipeline, stage_id: str, now: datetime, *, before_id: str, after_id: str
) -> str:
    """The rank for a card that comes to a stage. Cards that stand too close are spread out first."""
    if not before_id and not after_id:
        return ranks.top(now, deal.id)
    neighbour = _neighbour(table, deal, pipeline, stage_id, before_id, after_id)
    shards = get_workspace(table=table, workspace_id=deal.workspace_id).shards_of("deals")
    column = _Column(table, deal, pipeline.id, stage_id, shards)
    if neighbour is None:
        if before_id:
            return ranks.top(now, deal.id)
        cards = column.beside("", above=True)
        return ranks.bottom(now, deal.id, cards[0].rank if cards else "")
    for attempt in range(_ATTEMPTS):
        found = column.beside(neighbour.rank, above=bool(before_id))
        other = found[0].rank if found else ""
        if before_id:
            rank = ranks.between(other, neighbour.rank, deal.id) if other else ranks.top(now, deal.id, neighbour.rank)
        else:
            rank = (
                ranks.between(neighbour.rank, other, deal.id) if other else ranks.bottom(now, deal.id, neighbour.rank)
            )
        if not ranks.is_long(rank):
            break
        make_room = _spread if attempt == 0 else _restack
        neighbour = make_room(column, neighbour, now)
    return rank


def _neighbour(
    table: Table, deal: Deal, pipeline: Pipeline, stage_id: str, before_id: str, after_id: str
) -> Deal | None:
    """The card that another is to stand next to, as it is now; None when it has left the stage."""
    field, neighbour_id = ("before_id", before_id) if before_id else ("after_id", after_id)
    found = None
    if is_id(neighbour_id) and neighbour_id != deal.id:
        found = store.read(table, deal.workspace_id, neighbour_id, consistent=True, deleted=True)
    if found is None:
        raise InvalidError("There is no such deal to stand next to.", field=field, code="unknown")
    stage = pipeline.find(found.stage_id) if found.open and found.pipeline_id == pipeline.id else None
    return found if stage is not None and stage.id == stage_id else None


def _spread(column: _Column, middle: Deal, now: datetime) -> Deal:
    """Give the cards around one new ranks with room between them; that card as it is then, also when others moved some of them
    meanwhile and nothing was done.
    """
    above, below = (column.beside(middle.rank, above=up, limit=_AROUND + 1) for up in (True, False))
    cards = [*reversed(above[:_AROUND]), middle, *below[:_AROUND]]
    low = above[_AROUND].rank if len(above) > _AROUND else ranks.top(now, column.deal.id, cards[0].rank)
    high = below[_AROUND].rank if len(below) > _AROUND else ranks.bottom(now, column.deal.id, cards[-1].rank)
    spread = ranks.spread(low, high, [card.id for card in cards])
    if any(map(ranks.is_long, spread)):  # there is no room between the two either
        return _restack(column, middle, now)
    return _placed(column, list(zip(cards, spread, strict=True)), middle)


def _restack(column: _Column, middle: Deal, now: datetime) -> Deal:
    """Give all cards of the column the shortest ranks, from the first on, so that the order is right all the time; for columns
    in which many hundred cards were put between the same two.
    """
    cards = column.beside("", above=False, limit=_COLUMN)
    new = ranks.restacked(now, [card.id for card in cards], cards[0].rank)
    placed = list(zip(cards, new, strict=True))
    for begin in range(0, len(placed), _TRANSACTION):
        middle = _placed(column, placed[begin : begin + _TRANSACTION], middle)
    return middle


def _placed(column: _Column, cards: list[tuple[Deal, str]], middle: Deal) -> Deal:
    """The cards get these ranks, if all of them still have the ones they had; the one in the middle as it is then."""
    try:
        column.table.transact([store.place(card, rank) for card, rank in cards])
    except TransactionConflictError:
        present = store.read(column.table, middle.workspace_id, middle.id, consistent=True)
        return middle if present is None else present
    return next((replace(card, rank=rank) for card, rank in cards if card.id == middle.id), middle)
