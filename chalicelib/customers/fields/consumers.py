"""What custom fields do from the queue ``jobs``: rows for lists, and taking values away. Harmless when repeated.

Each order works through some pages and puts the rest on the queue again; when all is done it is done once more a minute later,
for the functions that still believed the field to be as it was.
"""

from dataclasses import replace
from typing import Any

from chalicelib.customers.fields import service
from chalicelib.customers.fields.domain import Field
from chalicelib.customers.fields.events import INDEX, PURGE
from chalicelib.customers.lists import indexing
from chalicelib.customers.lists.service import Listing
from chalicelib.customers.records import CUSTOM
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record, Update
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

_PAGES = 10
_AGAIN = 60
_ATTEMPTS = 6


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Only ``field.index`` and ``field.purge``; others on this queue are left alone."""
    if envelope.type not in (INDEX, PURGE):
        return
    data, table, workspace_id = envelope.data, runtime.table, envelope.workspace_id
    catalogue = service.get_catalogue(table=table, workspace_id=workspace_id, fresh=True)
    field = catalogue.by_id().get(str(data["field_id"]))
    listing: Listing[Any] | None = runtime.parts("list").get(str(data["kind"]))
    if field is None or listing is None:
        return
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    following = _index(runtime, envelope, listing, workspace, field)
    if envelope.type == PURGE:
        following = _purge(runtime, envelope, listing, workspace, field)
    if following is not None:
        rest = replace(envelope, id=f"{envelope.id}:{following[-26:]}", data={**data, "start": following})
        runtime.queues.publish("jobs", [rest])
    elif not data.get("again"):
        again = {**data, "again": True, "start": None}
        runtime.queues.publish("jobs", [replace(envelope, id=f"{envelope.id}:again", data=again)], delay=_AGAIN)
    elif envelope.type == PURGE:
        service.remove_field(table=table, field=field, by=str(data.get("by", "")), at=runtime.clock.now())


def _index(
    runtime: Runtime, envelope: Envelope, listing: Listing[Any], workspace: Workspace, field: Field
) -> str | None:
    """Some pages of rows for a field that is filterable now, or all rows of one that is not."""
    index = f"custom.{field.id}"
    if not field.filterable or field.archived:
        if not envelope.data.get("start"):
            indexing.drop(runtime.table, workspace, listing, index)
        return None
    start: str | None = envelope.data.get("start") if envelope.type == INDEX else None
    for _ in range(_PAGES):
        start = indexing.index_page(runtime, listing, workspace, index=index, start=start)
        if start is None:
            break
    return start


def _purge(
    runtime: Runtime, envelope: Envelope, listing: Listing[Any], workspace: Workspace, field: Field
) -> str | None:
    """Take the field's values from some pages of records. A field that was taken into use again meanwhile keeps them."""
    if not field.archived:
        return None
    by = str(envelope.data.get("by", ""))

    def take(record: Any) -> None:
        for _ in range(_ATTEMPTS):
            if field.id not in record.custom:
                return
            kept = {field_id: value for field_id, value in record.custom.items() if field_id != field.id}
            try:
                runtime.table.write(
                    Update(
                        service.place_of(workspace.id, listing.kind, record.id),
                        [
                            CUSTOM.set(kept) if kept else CUSTOM.remove(),
                            Record.updated_at.set(runtime.clock.now()),
                            Record.changed_by.set(by),
                        ],
                        Record.version == record.version,
                    )
                )
            except ConflictError:
                found = listing.read_many(runtime.table, workspace.id, [record.id])
                if record.id not in found:
                    return
                record = found[record.id]
            else:
                return

    return indexing.each_record(runtime, listing, workspace, start=envelope.data.get("start"), pages=_PAGES, work=take)
