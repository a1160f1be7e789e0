"""The items of pictures and their keys."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class ImageRecord(Record, discriminator="mail_image"):
    """``W#w#IMG#i`` / ``IMAGE``; ``gsi1`` lists the workspace's ready ones by age. One that did not arrive is forgotten after a day."""

    file_name = UnicodeAttribute()
    media_type = UnicodeAttribute()
    size = NumberAttribute()
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    alt = UnicodeAttribute(null=True)
    key_in_files = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    created_by = UnicodeAttribute(null=True)

    @property
    def image_id(self) -> str:
        """The picture's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


def image_key(workspace_id: str, image_id: str) -> Key:
    """Where a picture stands."""
    return Key(partition(workspace_id, "IMG", image_id), "IMAGE")


def images_partition(workspace_id: str) -> str:
    """The list of pictures (``gsi1``), sorted by id, which is by age."""
    return partition(workspace_id, "IMAGES")
