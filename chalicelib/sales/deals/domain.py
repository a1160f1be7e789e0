"""What a deal is: a possible sale, somewhere on its way through a pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.sales import money
from chalicelib.sales.pipelines.domain import Pipeline, Stage
from chalicelib.sales.totals import Line, Totals, totals

BIN = timedelta(days=30)
"""How long a deleted deal can be restored."""


class DealStatus(StrEnum):
    """Whether the deal is still on its way, or how it ended."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Deal:
    """A possible sale. ``amount`` is exact, in ``currency`` (ISO 4217), and what the ``lines`` come to when there are any;
    ``expected_close`` is a day without a zone; ``rank`` orders the cards of a stage (`chalicelib.sales.deals.ranks`);
    ``shard`` is the partition of the pipeline's lists it stands in. ``custom`` holds the workspace's own fields by their ids.

    ``last_activity_at`` is when somebody last called, met, wrote or noted something about the deal, as far as the timeline
    has been projected; ``stage_entered_at`` when it came to its stage. ``lead_id`` is the lead it was converted from. ``names``
    are those of its contact and company, where they have been read with it; they are not kept.
    """

    workspace_id: str
    id: str
    pipeline_id: str
    stage_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shard: int = 0
    amount: Decimal = Decimal(0)
    currency: str = ""
    contact_id: str = ""
    company_id: str = ""
    owner_id: str = ""
    expected_close: date | None = None
    status: DealStatus = DealStatus.OPEN
    changed_by: str = ""
    description: str = ""
    lines: tuple[Line, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    rank: str = ""
    won_reason: str = ""
    lost_reason: str = ""
    closed_at: datetime | None = None
    stage_entered_at: datetime | None = None
    last_activity_at: datetime | None = None
    lead_id: str = ""
    deleted_at: datetime | None = None
    deleted_by: str = ""
    names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def amount_text(self) -> str:
        """The amount in digits, with the currency's decimals at least."""
        return money.amount_text(self.amount, self.currency)

    @property
    def totals(self) -> Totals:
        """What the lines come to; without lines the amount, with neither discount nor tax."""
        if self.lines:
            return totals(self.lines, self.currency)
        return Totals(subtotal=self.amount, total=self.amount)

    @property
    def open(self) -> bool:
        """Whether it is on a board."""
        return self.status is DealStatus.OPEN and self.deleted_at is None

    @property
    def entered_at(self) -> datetime:
        """When it came to its stage."""
        return self.stage_entered_at or self.created_at

    @property
    def stirred_at(self) -> datetime:
        """When something last happened with it: an activity, or its coming to the stage."""
        return max(self.entered_at, self.last_activity_at or self.entered_at)

    def rotting(self, stage: Stage | None, now: datetime) -> bool:
        """Whether nothing has happened with the open deal for longer than its stage allows."""
        if stage is None or not stage.rotting_days or not self.open:
            return False
        return now - self.stirred_at > timedelta(days=stage.rotting_days)


What = Literal["created", "moved", "won", "lost", "reopened"]


@dataclass(frozen=True, slots=True)
class StageChange:
    """A row of a deal's history. ``id`` sorts by time and, within a moment, by the version it was made from. ``from_stage`` is empty for a new or reopened deal, ``to_stage`` for one that is closed;
    ``seconds`` were spent in ``from_stage``; ``forward`` says whether the move leads on in the pipeline (None: to another
    pipeline); ``age`` are the seconds since the deal was made, when it is closed.
    """

    workspace_id: str
    deal_id: str
    pipeline_id: str
    id: str
    at: datetime
    what: What
    status: DealStatus
    from_stage: str = ""
    to_stage: str = ""
    seconds: int = 0
    forward: bool | None = None
    age: int = 0
    actor: str = ""


def check_required(
    deal: Deal,
    stage: Stage,
    custom: Mapping[str, Any],
    *,
    field_prefix: str = "",
    names: Mapping[str, str] | None = None,
) -> None:
    """`InvalidError` names each field that the stage asks for and the deal does not have. ``custom`` are the workspace's own
    fields by their keys; ``names`` says what a field is called in the request, where that differs.
    """
    missing = []
    for name in stage.required_fields:
        value = custom.get(name.removeprefix("custom.")) if name.startswith("custom.") else getattr(deal, name)
        if not value and value is not False:
            shown = field_prefix + (names or {}).get(name, name)
            missing.append(FieldError(shown, f"The stage {stage.name} asks for this.", "required_by_stage"))
    if missing:
        raise InvalidError(fields=missing)


def moved(deal: Deal, *, to: Pipeline, stage: Stage, rank: str, at: datetime, by: str) -> Deal:
    """The deal at its new place; time in the stage starts anew when the stage is another."""
    same = to.id == deal.pipeline_id and stage.id == deal.stage_id
    return replace(
        deal,
        pipeline_id=to.id,
        stage_id=stage.id,
        rank=rank,
        stage_entered_at=deal.stage_entered_at if same else at,
        updated_at=at,
        changed_by=by,
    )
