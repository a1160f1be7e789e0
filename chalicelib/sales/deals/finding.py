"""Deals in the order of the boards, and the bin. Any other order is `chalicelib.sales.deals.listing`'s."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.table import Table
from chalicelib.sales.deals import store
from chalicelib.sales.deals.domain import BIN, Deal, DealStatus
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.pipelines.domain import Pipeline
from chalicelib.workspaces.settings.domain import Workspace

NOBODY = "none"
_EXAMINED = 1000  # deals read for one page of a filtered list, at most; then the cursor goes on from there
_SECTIONS = (DealStatus.OPEN, DealStatus.WON, DealStatus.LOST)
Position = list[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deals; what is empty asks nothing. ``owner_id`` may be `NOBODY`."""

    pipeline_id: str = ""
    stage_id: str = ""
    status: DealStatus | None = None
    owner_id: str = ""
    rotting: bool | None = None

    def takes(self, deal: Deal, found_in: Mapping[str, Pipeline], now: datetime) -> bool:
        """Whether it is one of them."""
        pipeline = found_in.get(deal.pipeline_id)
        stage = pipeline.find(deal.stage_id) if pipeline is not None else None
        return (
            (not self.pipeline_id or deal.pipeline_id == self.pipeline_id)
            and (not self.stage_id or self.stage_id in (deal.stage_id, stage.id if stage else ""))
            and (self.status is None or deal.status is self.status)
            and (not self.owner_id or deal.owner_id == ("" if self.owner_id == NOBODY else self.owner_id))
            and (self.rotting is None or deal.rotting(stage, now) is self.rotting)
        )


@dataclass(frozen=True, slots=True)
class DealsPage:
    """Some deals, and the position after which the next page starts (None after the last). A filtered page may be short."""

    items: list[Deal]
    next: Position | None


def find_deals(
    *, table: Table, clock: Clock, workspace: Workspace, wanted: Wanted, position: Position | None, limit: int
) -> DealsPage:
    """The deals that are wanted, pipeline by pipeline: the open ones as on the board, then the won and the lost, the last closed
    first.
    """
    found_in = {each.id: each for each in pipelines.list_pipelines(table=table, clock=clock, workspace=workspace)}
    now = clock.now()

    def takes(deal: Deal) -> bool:
        return wanted.takes(deal, found_in, now)

    if wanted.pipeline_id and wanted.pipeline_id not in found_in:
        raise InvalidError("There is no such pipeline.", field="pipeline_id", code="unknown")
    asked = [wanted.pipeline_id] if wanted.pipeline_id else list(found_in)
    sections = [(each, status) for each in asked for status in ([wanted.status] if wanted.status else _SECTIONS)]
    return _by_sections(table, workspace, sections, takes, wanted.stage_id, found_in, position, limit)


def deleted_deals(*, table: Table, clock: Clock, workspace_id: str, position: Position | None, limit: int) -> DealsPage:
    """The deals that can be restored, the last deleted first."""
    now = clock.now()

    def read(before: str, limit: int) -> list[tuple[str, Deal]]:
        return store.deleted(table, workspace_id, before=before, limit=limit)

    def takes(deal: Deal) -> bool:
        return deal.deleted_at is not None and deal.deleted_at + BIN > now

    found, after, _ = _page(read, takes, position[0] if position else "", limit, 0)
    return DealsPage(found, [after] if after else None)


def board_column(
    *,
    table: Table,
    workspace: Workspace,
    pipeline: Pipeline,
    stage_id: str,
    owner_id: str = "",
    after: str = "",
    limit: int,
) -> tuple[list[Deal], str]:
    """The open deals of a stage (of an owner) in their order, and where the next page starts (``""`` after the last). Deals of
    a removed stage that are still on their way here are among them.
    """
    wanted = Wanted(owner_id=owner_id)
    standing, shards = pipeline.standing_for(stage_id), workspace.shards_of("deals")

    def read(after: str, limit: int) -> list[tuple[str, Deal]]:
        rank = after.partition("#")[2]
        found = []
        for each in standing:
            start = f"{each}#{rank}" if rank else ""
            found += store.board(
                table, workspace.id, pipeline.id, shards=shards, after=start, limit=limit, stage_id=each
            )
        ordered = sorted(found, key=lambda card: card[1].rank)[:limit]
        return [(f"{stage_id}#{deal.rank}", deal) for _, deal in ordered]

    def takes(deal: Deal) -> bool:
        return deal.open and wanted.takes(deal, {}, deal.updated_at)

    found, after, _ = _page(read, takes, after, limit, 0)
    return found, after


def _by_sections(
    table: Table,
    workspace: Workspace,
    sections: list[tuple[str, DealStatus]],
    takes: Callable[[Deal], bool],
    stage_id: str,
    found_in: Mapping[str, Pipeline],
    position: Position | None,
    limit: int,
) -> DealsPage:
    """One list after the other; a position names the list it is in."""
    shards = workspace.shards_of("deals")
    after, examined = "", 0
    found: list[Deal] = []
    if position is not None:
        names = [[pipeline_id, status.value] for pipeline_id, status in sections]
        start = names.index(position[:2]) if position[:2] in names else len(sections)
        sections, after = sections[start:], position[2]
    for pipeline_id, status in sections:

        def read(after: str, limit: int, pipeline_id: str = pipeline_id, status: DealStatus = status) -> list:  # type: ignore[type-arg]
            if status is not DealStatus.OPEN:
                return store.closed(table, workspace.id, pipeline_id, status, shards=shards, before=after, limit=limit)
            # a stage that others are being emptied into is found by looking at all
            alone = stage_id if stage_id and found_in[pipeline_id].standing_for(stage_id) == [stage_id] else ""
            return store.board(
                table, workspace.id, pipeline_id, shards=shards, after=after, limit=limit, stage_id=alone
            )

        def one_of(deal: Deal, status: DealStatus = status) -> bool:
            return deal.status is status and takes(deal)

        page, after, examined = _page(read, one_of, after, limit - len(found), examined)
        found += page
        if after:
            return DealsPage(found, [pipeline_id, status.value, after])
    return DealsPage(found, None)


def _page(
    read: Callable[[str, int], list[tuple[str, Deal]]],
    takes: Callable[[Deal], bool],
    after: str,
    limit: int,
    examined: int,
) -> tuple[list[Deal], str, int]:
    """Deals of one list that are wanted, where it goes on (``""``: nowhere), and how many were read for it in all."""
    found: list[Deal] = []
    size = limit
    while True:
        page = read(after, size)
        for position, deal in page:
            after = position
            if takes(deal):
                found.append(deal)
                if len(found) == limit:
                    return found, after, examined
        examined += len(page)
        if len(page) < size:
            return found, "", examined
        if examined >= _EXAMINED:
            return found, after, examined
        size = 100
