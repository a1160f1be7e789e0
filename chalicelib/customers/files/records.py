"""The item of a file, and its keys."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class FileRecord(Record, discriminator="file"):
    """``W#w#FILE#f`` / ``FILE``; ``gsi1`` are the ready files of one thing. One that never arrives expires."""

    about_kind = UnicodeAttribute()
    about_id = UnicodeAttribute()
    file_name = UnicodeAttribute()
    media_type = UnicodeAttribute()
    size = NumberAttribute()
    state = UnicodeAttribute()
    created_by = UnicodeAttribute()

    @property
    def file_id(self) -> str:
        """The file's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


def file_key(workspace_id: str, file_id: str) -> Key:
    """Where a file stands."""
    return Key(partition(workspace_id, "FILE", file_id), "FILE")


def files_partition(workspace_id: str, kind: str, thing_id: str) -> str:
    """The files of one thing (``gsi1``), sorted by id, which is by the time of creation."""
    return partition(workspace_id, "FILES", kind, thing_id)
