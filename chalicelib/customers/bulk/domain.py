"""What a bulk action is, and what it needs to know of a kind of record.

Each kind registers a `BulkPart` in ``wiring.PARTS["bulk"]``: ``{"contact": "customers.bulk.contacts:PART", "deal":
"sales.deals.bulk:PART", …}``. A part says how one record changes; reading pages of ids, keeping before-images, writing
conditionally and exactly once, progress, cancel and undo are done here for all kinds (`chalicelib.customers.bulk.service`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Check, Operation, Record
from chalicelib.workspaces.settings.domain import Workspace

TAG, UNTAG, ASSIGN, EDIT, DELETE, ADD_TO_SEGMENT = "tag", "untag", "assign", "edit", "delete", "add_to_segment"


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What is done to each record: ``tag``, ``untag`` (``values = {"tags": […]}``), ``assign`` (``{"owner_id": id | ""}``), ``edit``
    (``{"fields": {name: value}}`` by the API's names), ``delete`` (``{}``), ``add_to_segment`` (``{"segment_id": id}``), or a
    name of the kind's own (a task's ``complete``).
    """

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Sided(Protocol):
    """How records of one kind may be written by hand: shared by bulk actions, imports and their undo."""

    record: type[Record]
    """The class of the records."""
    ours: frozenset[str]
    """Attributes that the product writes by itself (scores, links, the rank of a card): a change in them is no edit by a person,
    and an undo leaves them as they are. The writer adds ``version``, ``updated_at`` and ``changed_by``."""

    def beside(self, workspace_id: str, old: Record | None, new: Record | None, now: datetime) -> Sequence[Operation]:
        """What must be written in the same transaction when the record goes from ``old`` to ``new`` (None: it is not there):
        claims made and given up, the contact's ``open_lead_id``. A deleted record (``deleted_at``) holds no claims. Pure;
        at most twenty operations, none on the record itself.
        """
        ...


class BulkPart(Sided, Protocol):
    """One kind's part in bulk actions."""

    permission: str
    """What one needs to change records of this kind (``contacts:write``)."""
    actions: frozenset[str]
    """The names of actions that this kind knows."""

    def check(self, runtime: Runtime, workspace: Workspace, action: BulkAction) -> BulkAction:
        """The action with its values cleaned as the API would (tags normalised, the owner a member, the fields of an edit valid
        and among those that can be edited for many at once). `InvalidError` names ``action.tags``, ``action.fields.city``, …
        """
        ...

    def read(self, runtime: Runtime, workspace: Workspace, ids: Sequence[str]) -> Mapping[str, Record]:
        """Those of the records (at most 100) that exist and are not deleted or merged away, by id, read consistently."""
        ...

    def changed(
        self, workspace: Workspace, record: Record, action: BulkAction, *, now: datetime, changed_by: str
    ) -> Record | None:
        """The record as the action leaves it (a new object with ``updated_at`` and ``changed_by`` set, its ``version`` as it was
        read), or None when it is so already. `InvalidError` says why this record cannot be changed so. Pure.
        """
        ...


@dataclass(frozen=True, slots=True)
class PutIn:
    """Who of some contacts is in a segment by somebody's doing (``added``), and how many were in without it (``present``)."""

    added: int
    present: int


class StaticSegments(Protocol):
    """Static segments, for putting people into them in bulk and by imports; registered as ``wiring.PARTS["segment"]["static"]``."""

    def check(self, runtime: Runtime, workspace_id: str, segment_id: str, *, field: str) -> str:
        """The segment's name; `InvalidError` names ``field`` when it is no static segment."""
        ...

    def outside(self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str]) -> list[str]:
        """Those of the contacts that are not in it."""
        ...

    def add(self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str]) -> None:
        """Put these in; who is in already stays."""
        ...

    def remove(self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str]) -> None:
        """Take these out; who is not in does not matter."""
        ...

    def make(self, runtime: Runtime, workspace_id: str, segment_id: str, name: str, *, by: str) -> None:
        """Make an empty one, unless it is there."""
        ...

    def put_in(
        self,
        runtime: Runtime,
        workspace_id: str,
        segment_id: str,
        contact_ids: Sequence[str],
        *,
        by: str,
        guard: Check,
    ) -> PutIn | None:
        """Put these in, and note on each of them ``by`` whom; None when there is no such segment any more. Doing it again changes
        nothing and gives the same answer. `ConflictError` when ``guard`` does not hold: nobody is put in from then on.
        """
        ...

    def take_out(
        self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str], *, by: str
    ) -> None:
        """Take out those of these contacts who are in by this doing; who was put in otherwise stays."""
        ...
