"""Feeds and agendas in the table."""

from datetime import datetime

from chalicelib.customers.calendar.domain import Feed, Meeting
from chalicelib.customers.calendar.records import (
    AgendaRecord,
    FeedRecord,
    agenda_key,
    agenda_partition,
    digest_partition,
    feed_key,
)
from chalicelib.foundation import clock
from chalicelib.foundation.clock import from_text
from chalicelib.foundation.table import Table


def read(table: Table, workspace_id: str, user_id: str) -> Feed | None:
    """A member's feed as it is now, or None."""
    record = table.get(FeedRecord, feed_key(workspace_id, user_id), consistent=True)
    return None if record is None else to_domain(record)


def find(table: Table, digest: str) -> Feed | None:
    """The feed whose secret has this digest, or None; as it is now, for the index may be behind."""
    found = table.query(FeedRecord, digest_partition(digest), index="gsi1", limit=1).items
    feed = read(table, found[0].workspace_id, found[0].user_id) if found else None
    return feed if feed is not None and feed.digest == digest else None


def write(table: Table, feed: Feed, *, changed_by: str) -> None:
    """Write the feed in place of a former one, whose secret opens nothing any more."""
    key = feed_key(feed.workspace_id, feed.user_id)
    table.put(
        FeedRecord(
            pk=key.pk,
            sk=key.sk,
            gsi1pk=digest_partition(feed.digest),
            gsi1sk="CALENDAR",
            workspace_id=feed.workspace_id,
            created_at=feed.created_at,
            changed_by=changed_by or None,
            user_id=feed.user_id,
            nonce=feed.nonce,
            digest=feed.digest,
        )
    )


def remove(table: Table, workspace_id: str, user_id: str) -> None:
    """Take the feed away; none is fine."""
    table.delete(feed_key(workspace_id, user_id))


def meetings(
    table: Table, workspace_id: str, user_id: str, *, since: datetime, until: datetime, limit: int
) -> list[Meeting]:
    """A member's planned meetings that begin between the two, in order."""
    page = table.query(
        AgendaRecord,
        agenda_partition(workspace_id, user_id),
        between=(clock.to_text(since), clock.to_text(until) + "#~"),
        limit=limit,
    )
    return [to_meeting(record) for record in page.items]


def agenda_row(user_id: str, meeting: Meeting) -> AgendaRecord:
    """A meeting's row in a member's agenda."""
    key = agenda_key(meeting.workspace_id, user_id, clock.to_text(meeting.at), meeting.id)
    return AgendaRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=meeting.workspace_id,
        created_at=meeting.changed_at,
        what=meeting.kind,
        ends_at=meeting.ends_at,
        subject=meeting.subject or None,
        about_kind=meeting.about_kind,
        about_id=meeting.about_id,
        contact_id=meeting.contact_id or None,
    )


def to_domain(record: FeedRecord) -> Feed:
    """The feed in an item."""
    return Feed(record.workspace_id, record.user_id, record.nonce, record.digest, record.created_at)


def to_meeting(record: AgendaRecord) -> Meeting:
    """The meeting in a row."""
    at, _, activity_id = record.sk.partition("#")
    return Meeting(
        workspace_id=record.workspace_id,
        id=activity_id,
        kind=record.what,
        at=from_text(at),
        ends_at=record.ends_at,
        subject=record.subject or "",
        about_kind=record.about_kind,
        about_id=record.about_id,
        contact_id=record.contact_id or "",
        changed_at=record.created_at,
    )
