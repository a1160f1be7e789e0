"""Work in the table."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE = "DUE#work"


class WorkRecord(Record, discriminator="work"):
    """``W#w#JOB#id`` / ``WORK``, beside its job; ``due`` until it has ended, by when it may be taken over."""

    what = UnicodeAttribute()
    queue = UnicodeAttribute()
    data = CompactAttribute()
    stage = UnicodeAttribute(null=True)
    chunk = NumberAttribute(default=0)
    chunks = NumberAttribute(null=True)
    counts = CompactAttribute(null=True)
    position = CompactAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    lease_until = InstantAttribute(null=True)
    attempts = NumberAttribute(null=True)
    undone_by = UnicodeAttribute(null=True)


def work_key(workspace_id: str, job_id: str) -> Key:
    """Where the work of a job stands."""
    return Key(partition(workspace_id, "JOB", job_id), "WORK")
