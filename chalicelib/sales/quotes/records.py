"""The items of quotes, and their keys."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE_SHARDS = 4


class QuoteRecord(Record, discriminator="quote"):
    """``W#w#Q#q`` / ``QUOTE``; ``gsi1`` lists a state's quotes by recency, ``gsi2`` a deal's; ``due`` while it can be accepted."""

    deal_id = UnicodeAttribute()
    title = UnicodeAttribute()
    currency = UnicodeAttribute()
    valid_until = UnicodeAttribute()
    state = UnicodeAttribute()
    number = UnicodeAttribute(null=True)
    base_number = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=1)
    revises = UnicodeAttribute(null=True)
    replaces = UnicodeAttribute(null=True)
    superseded_by = UnicodeAttribute(null=True)
    contact_id = UnicodeAttribute(null=True)
    company_id = UnicodeAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    lines = CompactAttribute(null=True)
    terms = UnicodeAttribute(null=True)
    language = UnicodeAttribute()
    needed = CompactAttribute(null=True)
    approver = UnicodeAttribute(null=True)
    submitted_by = UnicodeAttribute(null=True)
    issued_at = InstantAttribute(null=True)
    ends_at = InstantAttribute(null=True)
    sender = CompactAttribute(null=True)
    recipient = CompactAttribute(null=True)
    send_to = UnicodeAttribute(null=True)
    message = UnicodeAttribute(null=True)
    reply = CompactAttribute(null=True)

    @property
    def quote_id(self) -> str:
        """The quote's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class HistoryRecord(Record, discriminator="quote_history"):
    """``W#w#Q#q`` / ``APPROVAL#version``, of the quote's version that it was decided on: written once, never changed."""

    action = UnicodeAttribute()
    actor = UnicodeAttribute()
    comment = UnicodeAttribute(null=True)
    needed = CompactAttribute(null=True)


class PaperRecord(Record, discriminator="quote_paper"):
    """``W#w#Q#q`` / ``PDF``: that the issued quote is in S3, and under which key."""

    key_in_s3 = UnicodeAttribute()
    size = NumberAttribute()


class LinkRecord(Record, discriminator="quote_link"):
    """``W#w#C#c`` / ``QUOTE#q``: that a contact has a quote (derived)."""


class CountRecord(Record, discriminator="quote_count"):
    """``W#w`` / ``QUOTES#year``: how many quotes of the year have a number."""

    last = NumberAttribute()


def quote_partition(workspace_id: str, quote_id: str) -> str:
    """A quote, its history and its paper."""
    return partition(workspace_id, "Q", quote_id)


def quote_key(workspace_id: str, quote_id: str) -> Key:
    """Where a quote stands."""
    return Key(quote_partition(workspace_id, quote_id), "QUOTE")


def history_key(workspace_id: str, quote_id: str, version: int) -> Key:
    """Where a row of the history stands."""
    return Key(quote_partition(workspace_id, quote_id), f"APPROVAL#{version:06d}")


def paper_key(workspace_id: str, quote_id: str) -> Key:
    """Where it stands that there is a PDF."""
    return Key(quote_partition(workspace_id, quote_id), "PDF")


def link_key(workspace_id: str, contact_id: str, quote_id: str) -> Key:
    """Where it stands that a contact has a quote."""
    return Key(partition(workspace_id, "C", contact_id), f"QUOTE#{quote_id}")


def count_key(workspace_id: str, year: int) -> Key:
    """Where a year's numbers are counted."""
    return Key(partition(workspace_id), f"QUOTES#{year}")


def quotes_partition(workspace_id: str, state: str, shard: int) -> str:
    """One partition of the quotes in a state (``gsi1``), sorted by id, which is by the time of creation."""
    return partition(workspace_id, "QUOTES", state, str(shard))


def deal_partition(workspace_id: str, deal_id: str) -> str:
    """The quotes of a deal (``gsi2``)."""
    return partition(workspace_id, "D", deal_id, "QUOTES")


def due_partition(shard: int) -> str:
    """One partition of ``due`` of the quotes of all workspaces that will expire."""
    return f"DUE#quotes#{shard}"


def due_position(ends_at: str, quote_id: str) -> str:
    """Where a quote stands in it."""
    return f"{ends_at}#{quote_id}"


def due_before(now: str) -> str:
    """Where those end whose time is over."""
    return f"{now}#~"
