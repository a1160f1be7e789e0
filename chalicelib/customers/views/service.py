"""Making, changing and deleting saved views."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.customers.lists.service import Listing
from chalicelib.customers.views import store
from chalicelib.customers.views.domain import VIEWS_LIMIT, View
from chalicelib.customers.views.records import ViewRecord
from chalicelib.foundation.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Create, Delete, Record
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit.service import deletion


def list_views(*, runtime: Runtime, workspace_id: str, owner_id: str, kind: str = "") -> list[View]:
    """A member's own views and everybody's, of one kind or all: pinned ones first, then by name."""
    found = [each for each in store.read_all(runtime.table, workspace_id, owner_id) if kind in ("", each.kind)]
    return sorted(found, key=lambda view: (not view.pinned, view.name.casefold(), view.id))


def get_view(*, runtime: Runtime, workspace_id: str, owner_id: str, view_id: str) -> View:
    """A view that this member sees; `NotFoundError` when there is none."""
    found = store.read(runtime.table, workspace_id, owner_id, view_id) if is_id(view_id) else None
    if found is None:
        raise NotFoundError("There is no such view.")
    return found


def create_view(
    *, runtime: Runtime, workspace_id: str, owner_id: str, view_id: str, values: Mapping[str, Any], changed_by: str
) -> View:
    """Save a view of ``kind``, ``name``, ``filter``, ``sort``, ``columns``, ``shared`` and ``pinned``. `InvalidError` names what is
    wrong with it; making the same id again gives the view that is there.
    """
    now = runtime.clock.now()
    view = View(
        workspace_id=workspace_id,
        id=view_id,
        owner_id=owner_id,
        created_at=now,
        updated_at=now,
        changed_by=changed_by,
        **_cleaned(values),
    )
    _check(runtime, view)
    present = store.read_all(runtime.table, workspace_id, owner_id)
    if sum(each.shared == view.shared for each in present if each.id != view_id) >= VIEWS_LIMIT:
        raise InvalidError(f"At most {VIEWS_LIMIT} views.", field="name", code="too_many")
    try:
        runtime.table.create(store.to_record(view))
    except ConflictError as conflict:
        if isinstance(conflict.current, ViewRecord):
            return store.to_domain(conflict.current)
        raise
    return view


def change_view(
    *,
    runtime: Runtime,
    workspace_id: str,
    owner_id: str,
    may_all: bool,
    view_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str,
) -> View:
    """Change a view as it was at ``version``; `ConflictError` with the present `View` when it has moved on. Everybody's are
    changed by who made them, and by those who ``may_all``.
    """
    present = _owned(runtime, workspace_id, owner_id, may_all, view_id)
    if present.version != version:
        raise ConflictError(current=present)
    changed = replace(present, updated_at=runtime.clock.now(), changed_by=changed_by, **_cleaned(changes))
    _check(runtime, changed)
    following = replace(changed, version=version + 1)
    try:
        if changed.shared == present.shared:
            runtime.table.replace(store.to_record(changed))
        else:  # it stands elsewhere then
            runtime.table.transact(
                [
                    Delete(store.key_of(present), Record.version == version),
                    Create(store.to_record(following)),
                ]
            )
    except TransactionConflictError as conflict:
        raise ConflictError from conflict
    except ConflictError as conflict:
        current = conflict.current
        shown = store.to_domain(current) if isinstance(current, ViewRecord) else None
        raise ConflictError(current=shown) from conflict
    return following


def delete_view(
    *, runtime: Runtime, workspace_id: str, owner_id: str, may_all: bool, view_id: str, deleted_by: str
) -> None:
    """Delete a view, as `change_view` may."""
    present = _owned(runtime, workspace_id, owner_id, may_all, view_id)
    removal = deletion(
        workspace_id=workspace_id,
        at=runtime.clock.now(),
        actor=deleted_by,
        action="view.deleted",
        subject_id=view_id,
        before={"name": present.name, "kind": present.kind, "shared": present.shared},
    )
    runtime.table.transact([Delete(store.key_of(present)), removal])


def _owned(runtime: Runtime, workspace_id: str, owner_id: str, may_all: bool, view_id: str) -> View:
    view = get_view(runtime=runtime, workspace_id=workspace_id, owner_id=owner_id, view_id=view_id)
    if view.owner_id != owner_id and not may_all:
        raise ForbiddenError("Somebody else shared this view.")
    return view


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in values.items() if value is not None}
    for name in ("filter", "columns"):
        if name in found:
            found[name] = tuple(found[name])
    return found


def _check(runtime: Runtime, view: View) -> None:
    """A view asks what its list can answer."""
    listing: Listing[Any] | None = runtime.parts("list").get(view.kind)
    if listing is None:
        raise InvalidError("There is no such list.", field="kind", code="unknown")
    listing.conditions(runtime, view.workspace_id, list(view.filter), me=view.owner_id)
    if view.sort.removeprefix("-") != "created":
        listing.sortable(view.sort.removeprefix("-"))
