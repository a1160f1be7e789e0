"""What follows from a change of a quote: timelines, the paper, mails, the audit."""

from chalicelib.customers.timeline.domain import About
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.sales.money import amount_text
from chalicelib.sales.quotes import events, service, store
from chalicelib.sales.quotes.domain import Quote, QuoteState
from chalicelib.sales.quotes.records import QuoteRecord
from chalicelib.workspaces.audit.service import audited

_NOTED = {
    QuoteState.ISSUED: "quote_issued",
    QuoteState.ACCEPTED: "quote_accepted",
    QuoteState.DECLINED: "quote_declined",
}
_TOLD = (QuoteState.PENDING, QuoteState.APPROVED, QuoteState.REJECTED, QuoteState.ACCEPTED, QuoteState.DECLINED)
_AUDITED = (
    "deal_id", "title", "state", "number", "currency", "lines", "valid_until", "terms", "contact_id", "company_id", "owner_id",
)  # fmt: skip


def note(change: Change, into: Derivation) -> None:
    """An entry in the timelines of the contact, the company and the deal when it goes out and when it is answered."""
    quote = _newly(change)
    if quote is None or quote.state not in _NOTED:
        return
    kind = _NOTED[quote.state]
    data = {
        "quote_id": quote.id,
        "number": quote.number,
        "title": quote.title,
        "total": amount_text(quote.totals.total, quote.currency),
        "currency": quote.currency,
        "deal_id": quote.deal_id,
    }
    if quote.reply is not None:
        data |= {"name": quote.reply.name, "reason": quote.reply.reason}
    for about in _abouts(quote):
        into.put(
            entry(
                workspace_id=quote.workspace_id,
                about=about,
                at=quote.updated_at,
                kind=kind,
                id=derived_id(quote.updated_at, kind, quote.id),
                data={name: value for name, value in data.items() if value},
                actor=quote.changed_by,
            )
        )


def link(change: Change, into: Derivation) -> None:
    """A row in the contact's partition, by which the contact's quotes are found."""
    if not change.changed("contact_id"):
        return
    record = change.record
    current = into.current(QuoteRecord, record.key)
    quote = service.quote_of(record)
    for image in (change.old, change.new):
        if isinstance(image, QuoteRecord) and image.contact_id:
            row = store.link_record(quote, image.contact_id)
            if current is not None and current.contact_id == image.contact_id:
                into.put(row)
            else:
                into.delete(row.key)


def order(change: Change, into: Derivation) -> None:
    """An issued quote is put on paper; people are told of what waits for them, of decisions that were needed, and of answers."""
    quote = _newly(change)
    if quote is None:
        return
    if quote.state is QuoteState.ISSUED:
        into.fact("exports", events.issued(quote, change.id))
    elif quote.state in _TOLD and (quote.needed or quote.reply is not None):
        into.fact("jobs", events.moved(quote, change.id))


def sweep(change: Change, into: Derivation) -> None:
    """When a deal is gone for good (not into the bin), its quotes that never went out go."""
    if change.new is None:
        record = change.record
        deal_id = record.pk.rpartition("#")[2]
        into.fact("jobs", events.sweep(record.workspace_id, deal_id, record.created_at, change.id))


def _newly(change: Change) -> Quote | None:
    """The quote, when it has just come to its state."""
    if change.new is None or not change.changed("state"):
        return None
    return service.quote_of(change.new)


def _abouts(quote: Quote) -> list[About]:
    things = (
        About("deal", quote.deal_id),
        About("contact", quote.contact_id),
        About("company", quote.company_id),
    )
    return [about for about in things if about.id]


def _subject(record: QuoteRecord) -> str:
    return record.quote_id


PROJECTIONS: dict[str, list[Projection]] = {
    "quote": [note, link, order, audited("quote", fields=_AUDITED, subject=_subject)],
    "deal": [sweep],
}
