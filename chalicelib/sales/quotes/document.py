"""A quote's content as people read it: the same for the paper and the page. Every text is plain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from chalicelib.sales.quotes import formats
from chalicelib.sales.quotes.domain import Party, Quote
from chalicelib.sales.quotes.words import WORDS
from chalicelib.sales.totals import line_totals


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what, how many, at which price, less and plus what, and what that comes to without tax."""

    name: str
    quantity: str
    price: str
    discount: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class Document:
    """A quote in one language. ``columns`` says whether any line has a discount and tax: otherwise there is no column of it.
    ``sums`` are label and amount, the total last.
    """

    language: str
    words: Mapping[str, str]
    number: str
    revision: int
    title: str
    date: str
    valid_until: str
    sender: Party
    recipient: Party
    rows: Sequence[Row]
    with_discount: bool
    with_tax: bool
    sums: Sequence[tuple[str, str]]
    total: str
    terms: str


def document_of(quote: Quote, *, language: str, zone: ZoneInfo) -> Document:
    """The quote as a document; days are those of the workspace's zone."""
    words, currency = WORDS[language], quote.currency
    rows = []
    for line in quote.lines:
        figures = line_totals(line, currency)
        rows.append(
            Row(
                name=line.name,
                quantity=formats.quantity(line.quantity, language),
                price=formats.money(line.unit_price, currency, language),
                discount=formats.percent(line.discount_percent, language) if line.discount_percent else "",
                tax=formats.percent(line.tax_percent, language) if line.tax_percent else "",
                amount=formats.money(figures.subtotal - figures.discount, currency, language),
            )
        )
    totals = quote.totals
    total = formats.money(totals.total, currency, language)
    sums = []
    if totals.discount or totals.tax:
        sums.append((words["subtotal"], formats.money(totals.subtotal, currency, language)))
    if totals.discount:
        sums.append((words["discount"], formats.money(-totals.discount, currency, language)))
    if totals.tax:
        sums.append((words["tax"], formats.money(totals.tax, currency, language)))
    sums.append((words["total"], total))
    issued_at = quote.issued_at or quote.created_at
    return Document(
        language=language,
        words=words,
        number=quote.number,
        revision=quote.revision,
        title=quote.title,
        date=formats.long_date(issued_at.astimezone(zone).date(), language),
        valid_until=formats.long_date(quote.valid_until, language),
        sender=quote.sender,
        recipient=quote.recipient,
        rows=rows,
        with_discount=any(row.discount for row in rows),
        with_tax=any(row.tax for row in rows),
        sums=sums,
        total=total,
        terms=quote.terms,
    )
