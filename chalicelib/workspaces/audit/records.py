"""The audit in the table."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Record, partition


class AuditRecord(Record, discriminator="audit"):
    """``W#w#AUDIT#day`` / ``time#id``; the day is UTC's; ``gsi2`` finds what was done to one thing. Written once; never changed, but
    for what it says of a person who was erased.
    """

    id = UnicodeAttribute()
    at = InstantAttribute()
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    before = JSONAttribute()
    after = JSONAttribute()


def subject_partition(workspace_id: str, subject_id: str) -> str:
    """What was done to one thing (``gsi2``), sorted by time and id."""
    return partition(workspace_id, "AUDIT", "SUBJECT", subject_id)


def day_partition(workspace_id: str, day: str) -> str:
    """One day's entries; ``day`` is ``2026-11-21``."""
    return partition(workspace_id, "AUDIT", day)
