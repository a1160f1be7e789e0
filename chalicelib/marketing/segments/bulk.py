"""Static segments, as bulk actions put contacts into them."""

from collections.abc import Sequence

from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.segments import memberships, service


class _Static:
    def check(self, runtime: Runtime, workspace_id: str, segment_id: str) -> None:
        """It is there, and filled by hand."""
        try:
            segment = service.get_segment(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id)
        except NotFoundError as error:
            raise InvalidError("There is no such segment.", field="action.segment_id", code="unknown") from error
        if segment.kind != "static":
            message = "A dynamic segment follows its conditions."
            raise InvalidError(message, field="action.segment_id", code="dynamic")

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


STATIC = _Static()
