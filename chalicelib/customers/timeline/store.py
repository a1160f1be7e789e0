"""Activities in the table."""

from chalicelib.customers.timeline.domain import About, Activity
from chalicelib.customers.timeline.records import ActivityRecord, activity_key, timeline_partition
from chalicelib.foundation.table import Table


def newest(table: Table, workspace_id: str, about: About, *, before: str, limit: int) -> list[tuple[str, Activity]]:
    """The newest activities, each with its position; those before a position, if one is given."""
    page = table.query(
        ActivityRecord,
        timeline_partition(workspace_id, about),
        between=("ACT#", before or "ACT#~"),
        newest_first=True,
        limit=limit + 1 if before else limit,
    )
    return [(record.sk, to_domain(record)) for record in page.items if record.sk != before][:limit]


def to_record(activity: Activity) -> ActivityRecord:
    """The item of an activity."""
    key = activity_key(activity.workspace_id, activity.about, activity.at, activity.id)
    return ActivityRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=activity.workspace_id,
        created_at=activity.at,
        changed_by=activity.actor or None,
        what=activity.kind,
        data=dict(activity.data) or None,
    )


def to_domain(record: ActivityRecord) -> Activity:
    """The activity in an item."""
    return Activity(
        id=record.sk.rpartition("#")[2],
        workspace_id=record.workspace_id,
        about=record.about,
        at=record.at,
        kind=record.what,
        data=record.data or {},
        actor=record.changed_by or "",
    )
