"""Deals in the profiles of the contacts they are with, so that segments can ask what somebody buys."""

from dataclasses import dataclass

from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Record
from chalicelib.marketing.segments.mirroring import Source, mirror
from chalicelib.marketing.segments.profile import DealSeen, Profile, seconds
from chalicelib.sales.deals import service as deals
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.pipelines.named import stage_name


def bought(change: Change, into: Derivation) -> None:
    """A deal's contact, and the one it was with before, have what the deal is now."""
    sides = [deals.deal_of(each) if each is not None else None for each in (change.old, change.new)]
    if _seen(sides[0]) == _seen(sides[1]):
        return
    record = change.record
    for deal in sides:
        if deal is not None and deal.contact_id:
            mirror(into, Source(deal.workspace_id, deal.contact_id, record.key, _Shows(deal.id)))


def _seen(deal: Deal | None) -> tuple[str, DealSeen] | None:
    if deal is None or deal.deleted_at is not None or not deal.contact_id:
        return None
    stage = stage_name(deal.pipeline_id, deal.stage_id)
    made, closed = seconds(deal.created_at), seconds(deal.closed_at)
    amount = format(deal.amount, "f")
    return deal.contact_id, [deal.status.value, deal.pipeline_id, stage, amount, deal.currency, made, closed]


@dataclass(frozen=True, slots=True)
class _Shows:
    deal_id: str

    def __call__(self, profile: Profile, contact_id: str, record: Record | None) -> Profile:
        seen = _seen(deals.deal_of(record)) if record is not None else None
        return profile.with_deal(self.deal_id, seen[1] if seen and seen[0] == contact_id else None)


PROJECTIONS: dict[str, list[Projection]] = {"deal": [bought]}
