"""Deals as the API shows and takes them."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.lists.schemas import FilterText, SortText
from chalicelib.customers.schemas import LongText, Reference, ShortText
from chalicelib.foundation.http import PageQuery, Schema, Versioned
from chalicelib.foundation.http.schemas import Instant
from chalicelib.sales.deals.domain import Deal, DealStatus, StageChange
from chalicelib.sales.deals.finding import Wanted
from chalicelib.sales.schemas import Amount, Currency, LineIn, LineOut, TotalsOut, lines_out

DealTitle = Annotated[ShortText, Field(min_length=1)]
StageReference = Annotated[str, Field(min_length=1, max_length=40)]
Status = Literal["open", "won", "lost"]


class DealsQuery(PageQuery):
    """Which deals, and in which order: ``sort`` is created, title, amount, expected_close, owner or idle_since, with - backwards.
    Without ``sort``, ``filter``, ``q``, contact and company: pipeline by pipeline, the open ones as on the board, then the won
    and the lost, the last closed first. ``owner_id`` may be ``me`` or ``none``.
    """

    pipeline_id: Reference | None = None
    stage_id: StageReference | None = None
    status: Status | None = None
    owner_id: Reference | None = None
    contact_id: Reference | None = None
    company_id: Reference | None = None
    rotting: bool | None = None
    q: Annotated[str | None, Field(max_length=200)] = None
    sort: SortText | None = None
    filter: FilterText | None = None
    deleted: Annotated[bool, Field(description="Those in the bin, which can be restored.")] = False

    @property
    def as_on_boards(self) -> bool:
        """Whether nothing is asked for but what boards can give in their own order."""
        return not (self.sort or self.filter or self.q or self.contact_id or self.company_id)

    def narrowing(self) -> dict[str, str | None]:
        """What narrows the list by itself."""
        names = {"pipeline_id", "stage_id", "status", "owner_id", "contact_id", "company_id", "q"}
        return self.model_dump(include=names)

    def wanted(self, me: str) -> Wanted:
        """The same for the domain; ``me`` is the member who asks, empty for a key, which owns nothing."""
        return Wanted(
            pipeline_id=self.pipeline_id or "",
            stage_id=self.stage_id or "",
            status=DealStatus(self.status) if self.status else None,
            owner_id=((me or "=") if self.owner_id == "me" else self.owner_id) or "",
            rotting=self.rotting,
        )


class BoardQuery(Schema):
    """A board, of an owner's deals if one is given (``me``, ``none``); at most ``limit`` cards in each column. With
    ``stage_id`` and ``cursor`` only that column, from where a former page ended.
    """

    owner_id: Reference | None = None
    stage_id: StageReference | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[str | None, Field(max_length=4096)] = None


class DealDeletionQuery(Schema):
    """The version that was seen, if it matters."""

    version: Annotated[int, Field(ge=1)] | None = None


class DealFields(Schema):
    """What people fill in. Money is a decimal text, ``"1200.50"``; the amount is what the ``lines`` come to when there are any."""

    title: DealTitle | None = None
    description: LongText | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    contact_id: Reference | None = None
    company_id: Reference | None = None
    owner_id: Reference | None = None
    expected_close: date | None = None
    lines: Annotated[list[LineIn], Field(max_length=100)] | None = None
    custom: Annotated[dict[str, Any] | None, Field(description="The workspace's own fields, by their keys.")] = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        said = self.model_dump(exclude_unset=True, exclude={"version", "lines"})
        if "lines" in self.model_fields_set:
            said["lines"] = [line.values() for line in self.lines or []]
        return said


class DealIn(DealFields):
    """A new deal."""

    title: DealTitle
    pipeline_id: Reference | None = None
    stage_id: StageReference | None = None


class DealChange(Versioned, DealFields):
    """A change of a deal; what is left out stays and null empties."""


class DealMove(Versioned):
    """Where a deal goes: to a stage (of another pipeline), directly above the card ``before_id``, directly below ``after_id``, or
    on top.
    """

    stage_id: StageReference
    pipeline_id: Reference | None = None
    before_id: Reference | None = None
    after_id: Reference | None = None


class DealWon(Versioned):
    """Why it was won, if somebody says."""

    reason: ShortText | None = None


class DealLost(Versioned):
    """Why it was lost; the pipeline's ``lost_reasons`` are proposals."""

    reason: Annotated[ShortText, Field(min_length=1)]


class DealReopened(Versioned):
    """Back to its stage."""


class DealOut(Schema):
    """A deal, with the names of its contact and company. ``rotting`` says that nothing has happened with it for longer than its
    stage allows.
    """

    id: str
    title: str
    description: str
    amount: str
    currency: str
    pipeline_id: str
    stage_id: str
    status: Status
    contact_id: str | None
    contact_name: str | None
    company_id: str | None
    company_name: str | None
    owner_id: str | None
    expected_close: date | None
    lines: list[LineOut]
    totals: TotalsOut
    custom: dict[str, Any]
    rank: str
    won_reason: str | None
    lost_reason: str | None
    closed_at: Instant | None
    stage_entered_at: Instant
    last_activity_at: Instant | None
    rotting: bool
    lead_id: str | None
    deleted_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(
        cls,
        deal: Deal,
        *,
        stage_id: str = "",
        contact: tuple[str, str] = ("", ""),
        company: tuple[str, str] = ("", ""),
        custom: dict[str, Any] | None = None,
        rotting: bool = False,
    ) -> Self:
        """The deal as shown; ``contact`` and ``company`` are id and name, of who is left after a merge."""
        return cls(
            id=deal.id,
            title=deal.title,
            description=deal.description,
            amount=deal.amount_text,
            currency=deal.currency,
            pipeline_id=deal.pipeline_id,
            stage_id=stage_id or deal.stage_id,
            status=deal.status.value,
            contact_id=contact[0] or deal.contact_id or None,
            contact_name=contact[1] or None,
            company_id=company[0] or deal.company_id or None,
            company_name=company[1] or None,
            owner_id=deal.owner_id or None,
            expected_close=deal.expected_close,
            lines=lines_out(deal.lines, deal.currency),
            totals=TotalsOut.of(deal.totals, deal.currency),
            custom=custom or {},
            rank=deal.rank,
            won_reason=deal.won_reason or None,
            lost_reason=deal.lost_reason or None,
            closed_at=deal.closed_at,
            stage_entered_at=deal.entered_at,
            last_activity_at=deal.last_activity_at,
            rotting=rotting,
            lead_id=deal.lead_id or None,
            deleted_at=deal.deleted_at,
            created_at=deal.created_at,
            updated_at=deal.updated_at,
            version=deal.version,
        )


class MoneyTotalOut(Schema):
    """What a column's deals in one currency are worth, and that times the chance that its stage gives. Decimal texts."""

    currency: str
    amount: str
    weighted: str


class BoardColumnOut(Schema):
    """A stage's open deals: how many, worth what, and the first of them in their order."""

    stage_id: str
    count: int
    totals: list[MoneyTotalOut]
    deals: list[DealOut]
    next_cursor: str | None


class BoardOut(Schema):
    """A pipeline's board."""

    pipeline_id: str
    columns: list[BoardColumnOut]


class StageChangeOut(Schema):
    """A step of a deal's way: ``seconds`` were spent in ``from_stage_id``; ``to_stage_id`` is null when the deal was closed."""

    id: str
    at: Instant
    what: Literal["created", "moved", "won", "lost", "reopened"]
    pipeline_id: str
    from_stage_id: str | None
    to_stage_id: str | None
    status: Status
    seconds: int | None
    actor: str | None

    @classmethod
    def of(cls, change: StageChange) -> Self:
        """The step as shown."""
        return cls(
            id=change.id,
            at=change.at,
            what=change.what,
            pipeline_id=change.pipeline_id,
            from_stage_id=change.from_stage or None,
            to_stage_id=change.to_stage or None,
            status=change.status.value,
            seconds=change.seconds if change.from_stage else None,
            actor=change.actor or None,
        )
