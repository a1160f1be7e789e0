"""Quotes in the table."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.table import Key, Record, Table
from chalicelib.foundation.table.table import query_merged
from chalicelib.sales.approvals.domain import Need
from chalicelib.sales.quotes.domain import HistoryEntry, Party, Quote, QuoteState, Reply
from chalicelib.sales.quotes.records import (
    DUE_SHARDS,
    CountRecord,
    HistoryRecord,
    LinkRecord,
    PaperRecord,
    QuoteRecord,
    count_key,
    deal_partition,
    due_before,
    due_partition,
    due_position,
    history_key,
    link_key,
    paper_key,
    quote_key,
    quote_partition,
    quotes_partition,
)
from chalicelib.sales.totals import from_plain, to_plain


def read(table: Table, workspace_id: str, quote_id: str) -> Quote | None:
    """The quote, consistent; None without one."""
    record = table.get(QuoteRecord, quote_key(workspace_id, quote_id), consistent=True)
    return None if record is None else to_domain(record)


def read_whole(
    table: Table, workspace_id: str, quote_id: str
) -> tuple[Quote | None, list[HistoryEntry], PaperRecord | None]:
    """The quote, its history and its paper, consistent: one query of its partition."""
    quote, history, paper = None, [], None
    for record in table.query_all(Record, quote_partition(workspace_id, quote_id), consistent=True):
        if isinstance(record, QuoteRecord):
            quote = to_domain(record)
        elif isinstance(record, HistoryRecord):
            history.append(to_entry(record))
        elif isinstance(record, PaperRecord):
            paper = record
    return quote, history, paper


def newest(
    table: Table, workspace_id: str, states: Sequence[QuoteState], *, shards: int, before: str, limit: int
) -> list[Quote]:
    """The newest quotes in these states; those before the one of this id, if one is given."""

    def of(state: QuoteState, shard: int) -> Any:
        return lambda most: table.query(
            QuoteRecord,
            quotes_partition(workspace_id, state.value, shard),
            index="gsi1",
            before=before,
            newest_first=True,
            limit=most,
        )

    pages = [of(state, shard) for state in states for shard in range(shards)]
    found = query_merged(pages, limit=limit, position=lambda record: record.gsi1sk)
    return [to_domain(record) for record in found]


def of_deal(table: Table, workspace_id: str, deal_id: str, *, before: str, limit: int) -> list[Quote]:
    """A deal's quotes, the newest first; those before the one of this id, if one is given."""
    page = table.query(
        QuoteRecord,
        deal_partition(workspace_id, deal_id),
        index="gsi2",
        before=before,
        newest_first=True,
        limit=limit,
    )
    return [to_domain(record) for record in page.items]


def all_of_deal(table: Table, workspace_id: str, deal_id: str) -> list[Quote]:
    """Every quote of a deal."""
    found = table.query_all(QuoteRecord, deal_partition(workspace_id, deal_id), index="gsi2")
    return [to_domain(record) for record in found]


def due(table: Table, now: datetime, *, limit: int) -> list[Quote]:
    """Issued quotes of all workspaces whose time is over, some of them."""
    found: list[Quote] = []
    for shard in range(DUE_SHARDS):
        page = table.query(
            QuoteRecord, due_partition(shard), index="due", before=due_before(clock.to_text(now)), limit=limit
        )
        found += [to_domain(record) for record in page.items]
    return found


def of_contact(table: Table, workspace_id: str, contact_id: str) -> list[str]:
    """The ids of a contact's quotes, consistent."""
    pk, begin = link_key(workspace_id, contact_id, "")
    rows = table.query_all(LinkRecord, pk, begins_with=begin, consistent=True)
    return [record.sk.removeprefix(begin) for record in rows]


def comments(table: Table, workspace_id: str, quote_id: str) -> list[HistoryRecord]:
    """The rows of a quote's history that say something."""
    rows = table.query_all(HistoryRecord, quote_partition(workspace_id, quote_id), begins_with="APPROVAL#")
    return [record for record in rows if record.comment]


def paper_place(quote: Quote) -> Key:
    """Where it stands that there is a PDF."""
    return paper_key(quote.workspace_id, quote.id)


def link_record(quote: Quote, contact_id: str) -> LinkRecord:
    """That a contact has this quote."""
    key = link_key(quote.workspace_id, contact_id, quote.id)
    return LinkRecord(pk=key.pk, sk=key.sk, workspace_id=quote.workspace_id, created_at=quote.created_at)


def last_number(table: Table, workspace_id: str, year: int) -> int:
    """How many quotes of the year have a number, consistent."""
    record = table.get(CountRecord, count_key(workspace_id, year), consistent=True)
    return int(record.last) if record is not None else 0


def to_record(quote: Quote) -> QuoteRecord:
    """The item of a quote."""
    key = quote_key(quote.workspace_id, quote.id)
    waiting = quote.state is QuoteState.ISSUED and quote.ends_at is not None
    return QuoteRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=quote.workspace_id,
        version=quote.version,
        created_at=quote.created_at,
        updated_at=quote.updated_at,
        changed_by=quote.changed_by or None,
        gsi1pk=quotes_partition(quote.workspace_id, quote.state.value, quote.shard),
        gsi1sk=quote.id,
        gsi2pk=deal_partition(quote.workspace_id, quote.deal_id),
        gsi2sk=quote.id,
        duepk=due_partition(sum(map(ord, quote.id[-6:])) % DUE_SHARDS) if waiting else None,
        duesk=due_position(clock.to_text(quote.ends_at), quote.id) if waiting and quote.ends_at else None,
        deal_id=quote.deal_id,
        title=quote.title,
        currency=quote.currency,
        valid_until=quote.valid_until.isoformat(),
        state=quote.state.value,
        number=quote.number or None,
        base_number=quote.base_number or None,
        revision=quote.revision,
        revises=quote.revises or None,
        replaces=quote.replaces or None,
        superseded_by=quote.superseded_by or None,
        contact_id=quote.contact_id or None,
        company_id=quote.company_id or None,
        owner_id=quote.owner_id or None,
        lines=to_plain(quote.lines) or None,
        terms=quote.terms or None,
        language=quote.language,
        needed=_from_needs(quote.needed),
        approver=quote.approver or None,
        submitted_by=quote.submitted_by or None,
        issued_at=quote.issued_at,
        ends_at=quote.ends_at,
        sender=_from_party(quote.sender),
        recipient=_from_party(quote.recipient),
        send_to=quote.send_to or None,
        message=quote.message or None,
        reply=_from_reply(quote.reply),
    )


def to_domain(record: QuoteRecord) -> Quote:
    """The quote in an item."""
    return Quote(
        workspace_id=record.workspace_id,
        id=record.quote_id,
        deal_id=record.deal_id,
        title=record.title,
        currency=record.currency,
        valid_until=date.fromisoformat(record.valid_until),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        shard=int((record.gsi1pk or "#0").rpartition("#")[2]),
        state=QuoteState(record.state),
        number=record.number or "",
        base_number=record.base_number or "",
        revision=int(record.revision),
        revises=record.revises or "",
        replaces=record.replaces or "",
        superseded_by=record.superseded_by or "",
        contact_id=record.contact_id or "",
        company_id=record.company_id or "",
        owner_id=record.owner_id or "",
        lines=from_plain(record.lines),
        terms=record.terms or "",
        language=record.language,
        needed=_to_needs(record.needed),
        approver=record.approver or "",
        submitted_by=record.submitted_by or "",
        issued_at=record.issued_at,
        ends_at=record.ends_at,
        sender=_to_party(record.sender),
        recipient=_to_party(record.recipient),
        send_to=record.send_to or "",
        message=record.message or "",
        reply=_to_reply(record.reply),
        changed_by=record.changed_by or "",
    )


def entry_record(quote: Quote, entry: HistoryEntry) -> HistoryRecord:
    """The item of a row of the history."""
    key = history_key(quote.workspace_id, quote.id, entry.version)
    return HistoryRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=quote.workspace_id,
        created_at=entry.at,
        changed_by=entry.actor,
        action=entry.action,
        actor=entry.actor,
        comment=entry.comment or None,
        needed=_from_needs(entry.needed),
    )


def to_entry(record: HistoryRecord) -> HistoryEntry:
    """The row of the history in an item."""
    return HistoryEntry(
        version=int(record.sk.rpartition("#")[2]),
        at=record.created_at,
        actor=record.actor,
        action=record.action,  # type: ignore[arg-type]
        comment=record.comment or "",
        needed=_to_needs(record.needed),
    )


def paper_record(quote: Quote, *, key_in_s3: str, size: int, at: datetime) -> PaperRecord:
    """The item that says that there is a PDF."""
    key = paper_key(quote.workspace_id, quote.id)
    return PaperRecord(
        pk=key.pk, sk=key.sk, workspace_id=quote.workspace_id, created_at=at, key_in_s3=key_in_s3, size=size
    )


def count_record(workspace_id: str, year: int, at: datetime) -> CountRecord:
    """The first number of a year."""
    key = count_key(workspace_id, year)
    return CountRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=at, last=1)


def _from_needs(needed: Sequence[Need]) -> list[list[str]] | None:
    return [[need.reason, need.limit] for need in needed] or None


def _to_needs(kept: Sequence[Sequence[str]] | None) -> tuple[Need, ...]:
    return tuple(Need(reason, limit) for reason, limit in kept or ())  # type: ignore[arg-type]


def _from_party(party: Party) -> list[str] | None:
    return [party.name, *party.lines] if party.name or party.lines else None


def _to_party(kept: Sequence[str] | None) -> Party:
    return Party(kept[0], tuple(kept[1:])) if kept else Party()


def _from_reply(reply: Reply | None) -> dict[str, str] | None:
    if reply is None:
        return None
    return {"at": clock.to_text(reply.at), "name": reply.name, "ip": reply.ip, "reason": reply.reason}


def _to_reply(kept: Mapping[str, str] | None) -> Reply | None:
    if kept is None:
        return None
    return Reply(clock.from_text(kept["at"]), kept["name"], kept["ip"], kept["reason"])
