"""Saved views in the table."""

from chalicelib.customers.views.domain import View
from chalicelib.customers.views.records import PREFIX, ViewRecord, view_key, views_partition
from chalicelib.foundation.table import Key, Table


def read(table: Table, workspace_id: str, owner_id: str, view_id: str) -> View | None:
    """The view that somebody sees under an id: an own one, or everybody's."""
    keys = [view_key(workspace_id, owner, view_id) for owner in (owner_id, "")]
    found = table.get_many(ViewRecord, keys, consistent=True)
    record = next((found[key] for key in keys if key in found), None)
    return None if record is None else to_domain(record)


def read_all(table: Table, workspace_id: str, owner_id: str) -> list[View]:
    """A member's own views and everybody's."""
    return [
        to_domain(record)
        for owner in (owner_id, "")
        for record in table.query_all(
            ViewRecord, views_partition(workspace_id, owner), begins_with=PREFIX, consistent=True
        )
    ]


def key_of(view: View) -> Key:
    """Where a view stands."""
    return view_key(view.workspace_id, "" if view.shared else view.owner_id, view.id)


def to_record(view: View) -> ViewRecord:
    """The item of a view."""
    key = key_of(view)
    return ViewRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=view.workspace_id,
        version=view.version,
        created_at=view.created_at,
        updated_at=view.updated_at,
        changed_by=view.changed_by or None,
        view_kind=view.kind,
        name=view.name,
        owner_id=view.owner_id,
        filter=[dict(each) for each in view.filter] or None,
        sort=view.sort,
        columns=list(view.columns) or None,
        shared=view.shared or None,
        pinned=view.pinned or None,
    )


def to_domain(record: ViewRecord) -> View:
    """The view in an item."""
    return View(
        workspace_id=record.workspace_id,
        id=record.view_id,
        kind=record.view_kind,
        name=record.name,
        owner_id=record.owner_id,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        filter=tuple(record.filter or ()),
        sort=record.sort,
        columns=tuple(record.columns or ()),
        shared=bool(record.shared),
        pinned=bool(record.pinned),
        changed_by=record.changed_by or "",
    )
