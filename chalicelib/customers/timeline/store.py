"""Activities in the table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.timeline.domain import About, Activity, Mention
from chalicelib.customers.timeline.records import (
    ActivityRecord,
    MentionRecord,
    PinsRecord,
    PlaceRecord,
    about_of,
    activity_key,
    mention_key,
    pins_key,
    place_key,
    timeline_partition,
)
from chalicelib.foundation.ids import made_at
from chalicelib.foundation.table import Key, Record, Table, partition
from chalicelib.foundation.table.table import query_merged


def newest(
    table: Table, workspace_id: str, abouts: Sequence[About], *, before: str, limit: int
) -> list[tuple[str, Activity]]:
    """The newest activities of a thing (and of those merged into it), each with its position; those before a position, if one
    is given.
    """

    def of(about: About):  # type: ignore[no-untyped-def]
        return lambda most: table.query(
            ActivityRecord,
            timeline_partition(workspace_id, about),
            between=("ACT#", before or "ACT#~"),
            newest_first=True,
            limit=most,
        )

    most = limit + 1 if before else limit
    records = query_merged([of(about) for about in abouts], limit=most, position=lambda record: record.sk)
    return [(record.sk, to_domain(record)) for record in records if record.sk != before][:limit]


def find(table: Table, workspace_id: str, abouts: Sequence[About], activity_id: str) -> Activity | None:
    """The activity of this id in one of these timelines, consistent; None without one."""
    at = made_at(activity_id)
    places = {place_key(workspace_id, about, activity_id): about for about in abouts}
    keys = [activity_key(workspace_id, about, at, activity_id) for about in abouts]
    found = table.get_many(Record, [*keys, *places], consistent=True)
    for key, record in found.items():
        if isinstance(record, ActivityRecord):
            return to_domain(record)
        if isinstance(record, PlaceRecord):
            moved = table.get(
                ActivityRecord, activity_key(workspace_id, places[key], record.at, activity_id), consistent=True
            )
            if moved is not None:
                return to_domain(moved)
    return None


def read_many(table: Table, keys: Sequence[Key]) -> dict[Key, Activity]:
    """Those of the activities that exist."""
    return {key: to_domain(record) for key, record in table.get_many(ActivityRecord, keys).items()}


def pins(
    table: Table, workspace_id: str, abouts: Sequence[About], *, consistent: bool = False
) -> dict[About, PinsRecord]:
    """What is pinned in these timelines, where something is."""
    found = table.get_many(PinsRecord, [pins_key(workspace_id, about) for about in abouts], consistent=consistent)
    return {about_of(record.pk): record for record in found.values()}


def mentions(table: Table, workspace_id: str, user_id: str, *, before: str, limit: int) -> list[tuple[str, Mention]]:
    """The newest mentions of a member, each with its position."""
    page = table.query(
        MentionRecord,
        partition(workspace_id, "MENTIONS", user_id),
        before=before,
        newest_first=True,
        limit=limit,
    )
    return [(record.sk, to_mention(record)) for record in page.items]


def to_record(activity: Activity) -> ActivityRecord:
    """The item of an activity."""
    key = activity_key(activity.workspace_id, activity.about, activity.at, activity.id)
    return ActivityRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=activity.workspace_id,
        version=activity.version,
        created_at=activity.at if not activity.written else made_at(activity.id),
        updated_at=activity.edited_at,
        changed_by=(activity.changed_by or activity.actor) or None,
        what=activity.kind,
        data=dict(activity.data) or None,
        written=True if activity.written else None,
        planned=True if activity.planned else None,
        author=activity.actor if activity.changed_by and activity.changed_by != activity.actor else None,
        original=timeline_partition(activity.workspace_id, activity.original) if activity.original else None,
    )


def to_domain(record: ActivityRecord) -> Activity:
    """The activity in an item."""
    return Activity(
        id=record.activity_id,
        workspace_id=record.workspace_id,
        about=record.about,
        at=record.at,
        kind=record.what,
        data=record.data or {},
        actor=record.author or record.changed_by or "",
        version=int(record.version),
        written=bool(record.written),
        planned=bool(record.planned),
        edited_at=record.updated_at,
        changed_by=record.changed_by or "",
        original=about_of(record.original) if record.original else None,
    )


def copy_of(activity: Activity, about: About) -> ActivityRecord:
    """The activity as it stands in another thing's timeline."""
    return to_record(replace(activity, about=about, original=activity.about))


def place_of(activity: Activity) -> PlaceRecord | None:
    """Where the activity's time is kept; None when its id says it."""
    if activity.at == made_at(activity.id):
        return None
    key = place_key(activity.workspace_id, activity.about, activity.id)
    return PlaceRecord(
        pk=key.pk, sk=key.sk, workspace_id=activity.workspace_id, created_at=made_at(activity.id), at=activity.at
    )


def pins_record(workspace_id: str, about: About, pinned: Sequence[str], at: datetime) -> PinsRecord:
    """A thing's pinned activities, none before."""
    key = pins_key(workspace_id, about)
    return PinsRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=at, pinned=list(pinned))


def mention_record(mention: Mention, *, expires_at: int) -> MentionRecord:
    """The item of a mention."""
    key = mention_key(mention.workspace_id, mention.user_id, mention.activity_id)
    return MentionRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=mention.workspace_id,
        created_at=mention.at,
        changed_by=mention.by,
        expires_at=expires_at,
        about_kind=mention.about.kind,
        about_id=mention.about.id,
        activity_at=mention.activity_at,
        by=mention.by,
    )


def to_mention(record: MentionRecord) -> Mention:
    """The mention in an item."""
    return Mention(
        workspace_id=record.workspace_id,
        user_id=record.user_id,
        activity_id=record.sk,
        about=About(record.about_kind, record.about_id),  # type: ignore[arg-type]
        activity_at=record.activity_at,
        at=record.created_at,
        by=record.by,
    )
