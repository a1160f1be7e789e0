"""The item of a saved view, and its key."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Key, Record, partition

PREFIX = "VIEW#"


class ViewRecord(Record, discriminator="view"):
    """``W#w`` / ``VIEW#id`` for everybody's, ``W#w#VIEWS#<member>`` / ``VIEW#id`` for one's own."""

    view_kind = UnicodeAttribute()
    name = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    filter = CompactAttribute(null=True)
    sort = UnicodeAttribute()
    columns = CompactAttribute(null=True)
    shared = BooleanAttribute(null=True)
    pinned = BooleanAttribute(null=True)

    @property
    def view_id(self) -> str:
        """The view's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


def views_partition(workspace_id: str, owner_id: str) -> str:
    """The views of one member; everybody's when there is none."""
    return partition(workspace_id, "VIEWS", owner_id) if owner_id else partition(workspace_id)


def view_key(workspace_id: str, owner_id: str, view_id: str) -> Key:
    """Where a view stands; without an owner, among everybody's."""
    return Key(views_partition(workspace_id, owner_id), f"{PREFIX}{view_id}")
