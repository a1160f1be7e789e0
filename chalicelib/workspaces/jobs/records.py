"""Jobs in the table."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class JobRecord(Record, discriminator="job"):
    """``W#w#JOB#id`` / ``JOB``; kept for 30 days."""

    id = UnicodeAttribute()
    job_kind = UnicodeAttribute()
    state = UnicodeAttribute()
    done = NumberAttribute(default=0)
    total = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    result = JSONAttribute(null=True)
    permission = UnicodeAttribute()
    created_by = UnicodeAttribute(null=True)


def job_key(workspace_id: str, job_id: str) -> Key:
    """Where a job stands."""
    return Key(partition(workspace_id, "JOB", job_id), "JOB")
