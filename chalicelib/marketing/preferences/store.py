"""Topics in the table."""

from datetime import datetime

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Replace, Table
from chalicelib.marketing.preferences.domain import Topic, Topics
from chalicelib.marketing.preferences.records import TopicsRecord, topics_key


def read_topics(table: Table, workspace_id: str) -> Topics:
    """The workspace's topics as they certainly are."""
    record = table.get(TopicsRecord, topics_key(workspace_id), consistent=True)
    if record is None:
        return Topics()
    items = (Topic(key, name, description, bool(default)) for key, name, description, default in record.topics)
    return Topics(tuple(items), int(record.version))


def write_topics(table: Table, workspace_id: str, topics: Topics, now: datetime, *, by: str) -> None:
    """Write topics over the version they were read at; `ConflictError` with the present ones when that has moved on."""
    key = topics_key(workspace_id)
    record = TopicsRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=topics.version or 1,
        created_at=now,
        updated_at=now,
        changed_by=by or None,
        topics=[[each.key, dict(each.name), dict(each.description), int(each.default)] for each in topics.items],
    )
    try:
        table.write(Replace(record) if topics.version else Create(record))
    except ConflictError as conflict:
        raise ConflictError(current=read_topics(table, workspace_id)) from conflict
