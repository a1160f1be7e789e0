"""What segments do when two contacts become one: a static list that had the other has the survivor."""

from collections.abc import Iterator, Sequence

from chalicelib.customers.merges.domain import Follower
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.segments import memberships, store
from chalicelib.marketing.segments.domain import Segment

_PAGE = 100
_ADDED = "+"
"""Behind the id of a segment that the survivor was not in before."""


class _Lists:
    """Dynamic segments follow from the contacts themselves."""

    def places(self, workspace_id: str, contact_id: str) -> Sequence[Key]:
        """None."""
        return []

    def merged(self, runtime: Runtime, workspace_id: str, survivor_id: str, other_id: str) -> list[str]:
        """The survivor takes the other's place in the static segments. Repeated, it finds nobody to replace."""
        moved = []
        for segment in static_segments(runtime.table, workspace_id):
            if memberships.is_member(runtime.table, segment, other_id):
                added = memberships.add_members(runtime.table, segment, [survivor_id], runtime.clock.now())
                moved.append(segment.id + (_ADDED if added else ""))
                memberships.remove_members(runtime.table, segment, [other_id], runtime.clock.now())
        return moved

    def undone(
        self, runtime: Runtime, workspace_id: str, survivor_id: str, other_id: str, moved: Sequence[str]
    ) -> None:
        """The other takes its places again."""
        table, now = runtime.table, runtime.clock.now()
        present = store.read_many(table, workspace_id, [each.removesuffix(_ADDED) for each in moved])
        for each in moved:
            segment = present.get(each.removesuffix(_ADDED))
            if segment is None:
                continue
            try:
                memberships.add_members(table, segment, [other_id], now)
                if each.endswith(_ADDED):
                    memberships.remove_members(table, segment, [survivor_id], now)
            except NotFoundError:
                continue  # deleted this moment


def static_segments(table: Table, workspace_id: str) -> Iterator[Segment]:
    """The segments whose members were chosen one by one."""
    before = ""
    while True:
        page = store.recent(table, workspace_id, before=before, limit=_PAGE)
        yield from (segment for segment in page if segment.conditions is None)
        if len(page) < _PAGE:
            return
        before = page[-1].id


FOLLOWER: Follower = _Lists()
