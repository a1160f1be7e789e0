"""Imports in the table."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE = "DUE#imports"
"""Partition of the index ``due`` for imports at which somebody works; sorted by when their lease ends."""


class ImportRecord(Record, discriminator="import"):
    """``W#w#IMPORT#i`` / ``IMPORT``; ``gsi1`` lists by recency; ``due`` while there is work, by when it may be taken over.

    ``holder`` is the delivery that works on it until ``lease_until``; ``attempts`` counts take-overs without progress.
    """

    subject = UnicodeAttribute()
    file_name = UnicodeAttribute()
    mode = UnicodeAttribute()
    match_field = UnicodeAttribute()
    state = UnicodeAttribute()
    language = UnicodeAttribute()
    created_by = UnicodeAttribute()
    format = UnicodeAttribute(null=True)
    encoding = UnicodeAttribute(null=True)
    separator = UnicodeAttribute(null=True)
    sheet = UnicodeAttribute(null=True)
    profile = UnicodeAttribute(null=True)
    columns = CompactAttribute(null=True)
    mapping = CompactAttribute(null=True)
    rows = NumberAttribute(null=True)
    chunks = NumberAttribute(null=True)
    chunk = NumberAttribute(default=0)
    counts = CompactAttribute(null=True)
    dry_run = BooleanAttribute(null=True)
    wanted = BooleanAttribute(null=True)
    started_at = InstantAttribute(null=True)
    finished_at = InstantAttribute(null=True)
    error = UnicodeAttribute(null=True)
    verdict_key = UnicodeAttribute(null=True)
    undone = CompactAttribute(null=True)
    position = NumberAttribute(null=True)
    last_number = NumberAttribute(null=True)
    segment = CompactAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    lease_until = InstantAttribute(null=True)
    attempts = NumberAttribute(null=True)


class ChunkRecord(Record, discriminator="import_chunk"):
    """``W#w#IMPORT#i`` / ``CHUNK#<run>#<number>``: a piece whose rows have their verdict, in the file ``verdict``; ``seen`` is the
    file of what its rows took for themselves. Deleted after a fortnight.
    """

    verdict = UnicodeAttribute()
    seen = UnicodeAttribute()


def import_partition(workspace_id: str, import_id: str) -> str:
    """The partition of an import and its pieces."""
    return partition(workspace_id, "IMPORT", import_id)


def import_key(workspace_id: str, import_id: str) -> Key:
    """Where an import stands."""
    return Key(import_partition(workspace_id, import_id), "IMPORT")


def imports_partition(workspace_id: str) -> str:
    """The list of imports (``gsi1``), sorted by id."""
    return partition(workspace_id, "IMPORTS")


def chunk_prefix(run: str) -> str:
    """The pieces of one run: a trial and the import itself are two."""
    return f"CHUNK#{run}#"
