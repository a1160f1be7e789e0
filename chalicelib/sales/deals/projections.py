"""What follows from a change of a deal."""

from chalicelib.customers.search.service import index
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.sales.deals import service
from chalicelib.sales.deals.records import DealRecord
from chalicelib.workspaces.audit.service import audited

_AUDITED = (
    "title",
    "amount",
    "currency",
    "stage_id",
    "status",
    "contact_id",
    "company_id",
    "owner_id",
    "expected_close",
)


def note(change: Change, into: Derivation) -> None:
    """An entry in the contact's timeline for the deal, and for each stage it moves to."""
    if change.new is None:
        return
    deal = service.deal_of(change.new)
    old = service.deal_of(change.old) if change.old is not None else None
    if not deal.contact_id or (old is not None and old.stage_id == deal.stage_id and old.contact_id == deal.contact_id):
        return
    created = old is None or old.contact_id != deal.contact_id
    kind, at = ("deal_created", deal.created_at) if created else ("deal_stage_changed", deal.updated_at)
    data = {"deal_id": deal.id, "title": deal.title, "stage": deal.stage_id}
    if created:
        data |= {"amount": deal.amount_text, "currency": deal.currency}
    elif old is not None:
        data |= {"from": old.stage_id, "to": deal.stage_id}
    into.put(
        entry(
            workspace_id=deal.workspace_id,
            contact_id=deal.contact_id,
            at=at,
            kind=kind,
            id=derived_id(at, kind, deal.id, str(deal.version)),
            data=data,
            actor=deal.changed_by,
        )
    )


def keep_words(change: Change, into: Derivation) -> None:
    """The words by which the deal is found."""
    if not change.changed("title", "amount", "currency"):
        return
    record = change.record
    assert isinstance(record, DealRecord)
    current = into.current(DealRecord, record.key)
    texts_old = [image.title for image in (change.old, change.new) if isinstance(image, DealRecord)]
    texts = [current.title] if current is not None else []
    title, subtitle = "", ""
    if current is not None:
        deal = service.deal_of(current)
        title, subtitle = deal.title, f"{deal.amount_text} {deal.currency}" if deal.amount else ""
    index(into, record.workspace_id, "deal", record.deal_id, title, subtitle, texts_old, texts, at=record.created_at)


def _subject(record: DealRecord) -> str:
    return record.deal_id


PROJECTIONS: dict[str, list[Projection]] = {
    "deal": [note, keep_words, audited("deal", fields=_AUDITED, subject=_subject)]
}
