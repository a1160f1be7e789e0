"""The audit in the table."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Record, partition


class AuditRecord(Record, discriminator="audit"):
    """``W#w#AUDIT#day`` / ``time#id``; the day is UTC's. Written once, never changed."""

    id = UnicodeAttribute()
    at = InstantAttribute()
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    before = JSONAttribute()
    after = JSONAttribute()


def day_partition(workspace_id: str, day: str) -> str:
    """One day's entries; ``day`` is ``2026-11-21``."""
    return partition(workspace_id, "AUDIT", day)
