"""Facts about quotes, on the queues ``exports`` (what needs typesetting) and ``jobs`` (mails)."""

from datetime import datetime

from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.sales.quotes.domain import Quote

ISSUED = "quote.issued"
"""On ``exports``: the quote is to be put on paper, and mailed if its sender asked for it. ``data``: quote_id."""
MOVED = "quote.moved"
"""On ``jobs``: somebody is to be told of its new state. ``data``: quote_id, state."""
SWEEP = "quotes.sweep"
"""On ``jobs``: a deal is gone for good. ``data``: deal_id."""


def issued(quote: Quote, cause: str) -> Envelope:
    """The order for the paper of an issued quote."""
    at = quote.issued_at or quote.updated_at
    return Envelope(
        derived_id(at, ISSUED, quote.id), ISSUED, quote.workspace_id, at, {"quote_id": quote.id}, cause=cause
    )


def moved(quote: Quote, cause: str) -> Envelope:
    """The fact of a quote's new state."""
    identifier = derived_id(quote.updated_at, MOVED, quote.id, quote.state.value)
    data = {"quote_id": quote.id, "state": quote.state.value}
    return Envelope(identifier, MOVED, quote.workspace_id, quote.updated_at, data, cause=cause)


def sweep(workspace_id: str, deal_id: str, at: datetime, cause: str) -> Envelope:
    """The order to let go of a deal's quotes."""
    return Envelope(derived_id(at, SWEEP, deal_id), SWEEP, workspace_id, at, {"deal_id": deal_id}, cause=cause)
