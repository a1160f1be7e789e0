"""Merges and their images in the table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.customers.merges.domain import CONTACT, Merge, MergeState
from chalicelib.customers.merges.records import (
    ImagesRecord,
    MergeRecord,
    MovedRecord,
    images_key,
    merge_key,
    merge_partition,
    merges_partition,
    moved_key,
    survivor_partition,
)
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Delete, Key, Operation, Record, Restore, Table, Update

RawItem = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Images:
    """The raw items before a merge (``this``, ``other``), the survivor's ``after`` it, and the ``rows`` beside them."""

    this: RawItem
    other: RawItem
    after: RawItem
    rows: Mapping[Key, RawItem | None]


def read(table: Table, workspace_id: str, merge_id: str) -> Merge | None:
    """The merge, or None."""
    record = table.get(MergeRecord, merge_key(workspace_id, merge_id), consistent=True)
    return None if record is None else to_domain(record)


def read_images(table: Table, workspace_id: str, merge_id: str) -> Images | None:
    """What is needed to take it back, or None when that is over."""
    record = table.get(ImagesRecord, images_key(workspace_id, merge_id), consistent=True)
    if record is None:
        return None
    rows = {Key(pk, sk): image for pk, sk, image in json.loads(record.rows)}
    return Images(json.loads(record.this), json.loads(record.other), json.loads(record.after), rows)


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Merge]:
    """The last merges, newest first."""
    page = table.query(
        MergeRecord, merges_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )
    return [to_domain(record) for record in page.items]


def survived(table: Table, workspace_id: str, contact_id: str) -> list[Merge]:
    """The merges that a contact survived, newest first."""
    rows = table.query_all(MergeRecord, survivor_partition(workspace_id, contact_id), index="gsi2", newest_first=True)
    return [to_domain(record) for record in rows]


def create(merge: Merge, images: Images) -> list[Operation]:
    """The operations that write down a merge and what is needed to take it back."""
    key, kept = merge_key(merge.workspace_id, merge.id), images_key(merge.workspace_id, merge.id)
    record = MergeRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=merge.workspace_id,
        created_at=merge.at,
        changed_by=merge.actor or None,
        gsi1pk=merges_partition(merge.workspace_id),
        gsi1sk=merge.id,
        gsi2pk=survivor_partition(merge.workspace_id, merge.survivor_id, merge.what),
        gsi2sk=merge.id,
        actor=merge.actor or None,
        what=merge.what if merge.what != CONTACT else None,
        survivor_id=merge.survivor_id,
        other_id=merge.other_id,
        state=merge.state.value,
        until=merge.until,
    )
    beside = ImagesRecord(
        pk=kept.pk,
        sk=kept.sk,
        workspace_id=merge.workspace_id,
        created_at=merge.at,
        expires_at=int(merge.until.timestamp()),
        this=_text(images.this),
        other=_text(images.other),
        after=_text(images.after),
        rows=_text([[key.pk, key.sk, image] for key, image in images.rows.items()]),
    )
    return [Create(record), Create(beside)]


def undone(merge: Merge, at: datetime, *, by: str, forgotten: Sequence[Sequence[str]]) -> list[Operation]:
    """The operations that write down that it was taken back."""
    actions = [
        MergeRecord.state.set(MergeState.UNDONE.value),
        MergeRecord.undone_at.set(at),
        MergeRecord.updated_at.set(at),
        MergeRecord.undone_by.set(by),
        MergeRecord.changed_by.set(by),
        MergeRecord.forgotten.set([list(each) for each in forgotten]),
    ]
    stands = MergeRecord.state == MergeState.DONE.value
    return [
        Update(merge_key(merge.workspace_id, merge.id), actions, stands),
        Delete(images_key(merge.workspace_id, merge.id)),
    ]


def deletions(keys: Sequence[Key]) -> list[Operation]:
    """The operations that take away the rows beside the one who is merged away."""
    return [Delete(key) for key in keys]


def rows_back(images: Images) -> list[Operation]:
    """The operations that bring back the rows beside the contacts."""
    return [Delete(key) if image is None else Restore(image) for key, image in images.rows.items()]


def note_moved(table: Table, merge: Merge, moved: Mapping[str, Sequence[str]], now: datetime) -> bool:
    """Write down what followed a merge; False when it has been taken back meanwhile."""
    actions = [
        MergeRecord.moved.set({name: list(things) for name, things in moved.items()}),
        MergeRecord.updated_at.set(now),
    ]
    try:
        table.update(
            MergeRecord,
            merge_key(merge.workspace_id, merge.id),
            actions,
            condition=MergeRecord.state == MergeState.DONE.value,
        )
    except ConflictError:
        return False
    return True


def followed(table: Table, workspace_id: str, merge_id: str) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """What followed a merge, by feature, and the rows (``pk``, ``sk``) that went when it was taken back."""
    record = table.get(MergeRecord, merge_key(workspace_id, merge_id), consistent=True)
    if record is None:
        return {}, []
    return dict(record.moved or {}), [(pk, sk) for pk, sk in record.forgotten or ()]


def note_contact(table: Table, merge: Merge, contact_id: str, now: datetime) -> None:
    """Note that a contact is given the survivor of a merge of companies."""
    key = moved_key(merge.workspace_id, merge.id, contact_id)
    table.put(MovedRecord(pk=key.pk, sk=key.sk, workspace_id=merge.workspace_id, created_at=now))


def noted_contacts(table: Table, merge: Merge, *, limit: int) -> list[str]:
    """Contacts that were given the survivor."""
    pk = merge_partition(merge.workspace_id, merge.id)
    page = table.query(MovedRecord, pk, begins_with="C#", limit=limit, consistent=True)
    return [record.sk.removeprefix("C#") for record in page.items]


def forget_contacts(table: Table, merge: Merge, contact_ids: Sequence[str]) -> None:
    """They have gone back."""
    table.write_many([], deletes=[moved_key(merge.workspace_id, merge.id, each) for each in contact_ids])


def places(workspace_id: str, merge_id: str) -> list[Key]:
    """All rows of a merge, for its erasure."""
    return [merge_key(workspace_id, merge_id), images_key(workspace_id, merge_id)]


def to_domain(record: MergeRecord) -> Merge:
    """The merge in an item."""
    return Merge(
        workspace_id=record.workspace_id,
        id=record.merge_id,
        survivor_id=record.survivor_id,
        other_id=record.other_id,
        at=record.created_at,
        actor=record.actor or "",
        state=MergeState(record.state),
        until=record.until,
        undone_at=record.undone_at,
        undone_by=record.undone_by or "",
        version=int(record.version),
        what=record.what or CONTACT,
    )


def merge_in(record: Record) -> Merge:
    """The merge in a changed item, for projections."""
    assert isinstance(record, MergeRecord)
    return to_domain(record)


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
