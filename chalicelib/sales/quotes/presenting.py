"""Quotes as a caller of the API sees them: with names, links, and what the caller may do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Call
from chalicelib.sales.approvals.domain import may_decide
from chalicelib.sales.quotes import service
from chalicelib.sales.quotes.domain import Quote, QuoteState
from chalicelib.sales.quotes.schemas import (
    QuoteApprovalOut,
    QuoteDeliveryOut,
    QuoteHistoryOut,
    QuoteListed,
    QuoteNeedOut,
    QuoteOut,
)
from chalicelib.sales.quotes.service import Whole
from chalicelib.sales.quotes.tokens import make_token
from chalicelib.workspaces.notices import service as notices

PDF_SECONDS = 3600


@contextmanager
def current(call: Call[Any]) -> Iterator[None]:
    """A conflict within carries the present quote as the caller sees it."""
    try:
        yield
    except ConflictError as conflict:
        if isinstance(conflict.current, Quote):
            conflict.current = shown(call, conflict.current.id)
        raise


def listed(call: Call[Any], quotes: Sequence[Quote]) -> list[QuoteListed]:
    """Quotes for a list, with the names of their contacts and companies."""
    names, now = _names(call, quotes), call.runtime.clock.now()
    return [QuoteListed.of(quote, names[quote.id], now) for quote in quotes]


def shown(call: Call[Any], quote_id: str) -> QuoteOut:
    """One quote with all that belongs to it, as it is now."""
    return whole(call, service.get_whole(table=call.runtime.table, workspace_id=call.workspace_id, quote_id=quote_id))


def whole(call: Call[Any], found: Whole) -> QuoteOut:
    """One quote with all that belongs to it."""
    quote, now = found.quote, call.runtime.clock.now()
    fields = QuoteListed.fields(quote, _names(call, [quote])[quote.id], now)
    return QuoteOut(
        **fields,
        **QuoteOut.more(quote),
        approval=_approval(call, found),
        delivery=_delivery(call, quote),
        pdf_url=pdf_link(call, found) or None,
        accept_url=page_link(call, quote) if quote.was_issued else None,
    )


def page_link(call: Call[Any], quote: Quote) -> str:
    """The customer's page."""
    return f"{call.runtime.public_url}/q/{make_token(call.runtime.signer, quote.workspace_id, quote.id)}"


def pdf_link(call: Call[Any], found: Whole) -> str:
    """A signed address of the PDF; empty while there is none."""
    if not found.paper_key:
        return ""
    name = f"{found.quote.number}.pdf"
    return call.runtime.files.link(found.paper_key, seconds=PDF_SECONDS, file_name=name)


def _names(call: Call[Any], quotes: Sequence[Quote]) -> dict[str, tuple[str, str]]:
    table, workspace_id = call.runtime.table, call.workspace_id
    people = contacts.get_contacts(
        table=table, workspace_id=workspace_id, contact_ids={quote.contact_id for quote in quotes} - {""}, follow=True
    )
    firms = companies.get_companies(
        table=table, workspace_id=workspace_id, company_ids={quote.company_id for quote in quotes} - {""}
    )
    return {
        quote.id: (
            people[quote.contact_id].display_name if quote.contact_id in people else "",
            firms[quote.company_id].name if quote.company_id in firms else "",
        )
        for quote in quotes
    }


def _approval(call: Call[Any], found: Whole) -> QuoteApprovalOut:
    quote, actor = found.quote, call.actor
    own = quote.submitted_by == actor.reference
    return QuoteApprovalOut(
        needed=[QuoteNeedOut.of(need) for need in quote.needed],
        role=quote.approver or None,  # type: ignore[arg-type]
        history=[QuoteHistoryOut.of(entry) for entry in found.history],
        may_decide=quote.state is QuoteState.PENDING
        and actor.may("quotes:approve")
        and may_decide(role=actor.role, asked=quote.approver, own=own),
    )


def _delivery(call: Call[Any], quote: Quote) -> QuoteDeliveryOut | None:
    if not quote.send_to:
        return None
    state = notices.state_of(
        table=call.runtime.table, workspace_id=quote.workspace_id, notice_id=service.mail_id(quote)
    )
    return QuoteDeliveryOut(to=quote.send_to, state=state.value if state is not None else "waiting")


def present(quote: QuoteOut) -> QuoteOut:
    """What a conflict carries is shown as it is."""
    return quote
