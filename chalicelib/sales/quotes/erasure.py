"""What quotes keep of a person, shown and erased."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.timeline import erasure as timelines
from chalicelib.customers.timeline.domain import About, Activity
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.sales.money import amount_text
from chalicelib.sales.quotes import store
from chalicelib.sales.quotes.domain import NAMELESS, Party, Quote, QuoteState
from chalicelib.sales.quotes.records import quote_partition
from chalicelib.workspaces.audit import service as audit

_ATTEMPTS = 5


class _Quotes:
    """A quote that went out stays for the books: its number, amounts, days and state. Its title, the texts of its lines, terms, names,
    addresses and comments go, and so does the PDF. One that never went out goes whole.
    """

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The person's quotes, and what they answered."""
        return [_shown(quote) for quote in _quotes(runtime.table, workspace_id, contact)]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Take the person out of what went out; delete the rest."""
        table, count = runtime.table, 0
        found = _quotes(table, workspace_id, contact)
        for quote in found:
            runtime.files.delete(list(runtime.files.keys(f"{workspace_id}/quotes/{quote.id}/")))
            _forget_entries(table, quote)
            if not quote.was_issued:
                keys = table.keys(quote_partition(workspace_id, quote.id))
                table.write_many([], deletes=list(keys))
                count += 1
            elif quote.title != NAMELESS:
                _make_nameless(runtime, quote)
                count += 1
        ids = [quote.id for quote in found]
        audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        return count


def _quotes(table: Table, workspace_id: str, contact: Contact) -> list[Quote]:
    ids = [quote_id for contact_id in contact.all_ids for quote_id in store.of_contact(table, workspace_id, contact_id)]
    found = [store.read(table, workspace_id, quote_id) for quote_id in dict.fromkeys(ids)]
    return [quote for quote in found if quote is not None]


def _shown(quote: Quote) -> Mapping[str, Any]:
    return {
        "number": quote.number,
        "title": quote.title,
        "state": quote.state.value,
        "created_at": to_text(quote.created_at),
        "valid_until": quote.valid_until.isoformat(),
        "lines": [line.name for line in quote.lines],
        "total": amount_text(quote.totals.total, quote.currency),
        "currency": quote.currency,
        "terms": quote.terms,
        **(
            {
                "answered_at": to_text(quote.reply.at),
                "name": quote.reply.name,
                "ip": quote.reply.ip,
                "reason": quote.reply.reason,
            }
            if quote.reply is not None
            else {}
        ),
    }


def _make_nameless(runtime: Runtime, quote: Quote) -> None:
    table, now = runtime.table, runtime.clock.now()
    for _ in range(_ATTEMPTS):
        nameless = replace(
            quote,
            state=QuoteState.EXPIRED if quote.state is QuoteState.ISSUED else quote.state,
            title=NAMELESS,
            terms="",
            lines=tuple(replace(line, name=NAMELESS) for line in quote.lines),
            recipient=Party(),
            send_to="",
            message="",
            reply=replace(quote.reply, name=NAMELESS, ip="", reason="") if quote.reply is not None else None,
            changed_by=audit.ERASURE,
            updated_at=now,
        )
        try:
            table.replace(store.to_record(nameless))
        except ConflictError:
            present = store.read(table, quote.workspace_id, quote.id)
            if present is None:
                return
            quote = present
            continue
        break
    for record in store.comments(table, quote.workspace_id, quote.id):
        record.comment = None
        table.put(record)
    table.delete(store.paper_place(quote))


def _forget_entries(table: Table, quote: Quote) -> None:
    """What the timelines of the deal and the company say of the quote; the contact's own goes with the contact's."""
    found: list[Activity] = []
    for about in (About("deal", quote.deal_id), About("company", quote.company_id)):
        if about.id:
            found += [
                each
                for each in timelines.all_of(table, quote.workspace_id, about)
                if each.data.get("quote_id") == quote.id
            ]
    timelines.forget(table, quote.workspace_id, found)


ERASURE: PersonalData = _Quotes()
