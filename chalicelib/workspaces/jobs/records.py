"""Jobs in the table."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class JobRecord(Record, discriminator="job"):
    """``W#w#JOB#id`` / ``JOB``; ``gsi1`` lists by recency; kept for 30 days."""

    id = UnicodeAttribute()
    job_kind = UnicodeAttribute()
    state = UnicodeAttribute()
    done = NumberAttribute(default=0)
    total = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    result = JSONAttribute(null=True)
    permission = UnicodeAttribute()
    created_by = UnicodeAttribute(null=True)
    cancel_asked = BooleanAttribute(null=True)


def job_key(workspace_id: str, job_id: str) -> Key:
    """Where a job stands."""
    return Key(partition(workspace_id, "JOB", job_id), "JOB")


def jobs_partition(workspace_id: str) -> str:
    """The list of jobs (``gsi1``), sorted by id, which is by the time of creation."""
    return partition(workspace_id, "JOBS")
