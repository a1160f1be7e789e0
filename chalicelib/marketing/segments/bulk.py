"""Static segments, as bulk actions and imports put contacts into them."""

import contextlib
from collections.abc import Sequence

from chalicelib.customers.bulk.domain import PutIn, StaticSegments
from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Check
from chalicelib.marketing.segments import memberships, service


class _Static:
    def check(self, runtime: Runtime, workspace_id: str, segment_id: str, *, field: str) -> str:
        """It is there, and filled by hand; its name."""
        try:
            segment = service.get_segment(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id)
        except NotFoundError as error:
            raise InvalidError("There is no such segment.", field=field, code="unknown") from error
        if segment.kind != "static":
            raise InvalidError("A dynamic segment follows its conditions.", field=field, code="dynamic")
        return segment.name

    def outside(self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str]) -> list[str]:
        """Who is not in it."""
        segment = service.get_segment(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id)
        inside = memberships.members_among(runtime.table, segment, contact_ids)
        return [contact_id for contact_id in contact_ids if contact_id not in inside]

    def add(self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str]) -> None:
        """Who is in already stays. A segment that has been deleted meanwhile takes nobody."""
        try:
            segment = service.get_segment(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id)
            memberships.add_members(runtime.table, segment, contact_ids, runtime.clock.now())
        except NotFoundError:
            return

    def remove(self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str]) -> None:
        """Who is not in does not matter."""
        try:
            segment = service.get_segment(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id)
            memberships.remove_members(runtime.table, segment, contact_ids, runtime.clock.now())
        except NotFoundError:
            return

    def make(self, runtime: Runtime, workspace_id: str, segment_id: str, name: str, *, by: str) -> None:
        """Make it, unless it is there; somebody may delete it at once."""
        with contextlib.suppress(NotFoundError):
            service.create_static(
                table=runtime.table,
                clock=runtime.clock,
                workspace_id=workspace_id,
                segment_id=segment_id,
                name=name,
                changed_by=by,
            )

    def put_in(
        self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str], *, by: str, guard: Check
    ) -> PutIn | None:
        """What a membership notes is what is counted: somebody who was put in a moment ago, by this very doing, is ``added``."""
        table = runtime.table
        try:
            segment = service.get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
            inside = memberships.members_by(table, segment, contact_ids)
            new = [contact_id for contact_id in contact_ids if contact_id not in inside]
            added = memberships.add_members(table, segment, new, runtime.clock.now(), by=by, guard=guard)
        except NotFoundError:
            return None
        if added < len(new):  # others were there first, or the answer to our own write was lost
            inside |= memberships.members_by(table, segment, new)
            new = []
        added = len(new) + sum(each == by for each in inside.values())
        return PutIn(added, len(contact_ids) - added)

    def take_out(
        self, runtime: Runtime, workspace_id: str, segment_id: str, contact_ids: Sequence[str], *, by: str
    ) -> None:
        """Read first: a transaction that asks for whom is not in any more costs as much as one that takes out."""
        try:
            segment = service.get_segment(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id)
            inside = memberships.members_by(runtime.table, segment, contact_ids)
            ours = [contact_id for contact_id, doing in inside.items() if doing == by]
            memberships.remove_members(runtime.table, segment, ours, runtime.clock.now(), by=by)
        except NotFoundError:
            return


STATIC: StaticSegments = _Static()
