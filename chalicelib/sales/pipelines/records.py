"""The item of a pipeline, and its key."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class PipelineRecord(Record, discriminator="pipeline"):
    """``W#w`` / ``PIPELINE#p``."""

    name = UnicodeAttribute()
    stages = JSONAttribute()
    lost_reasons = JSONAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    position = NumberAttribute(null=True)
    archived = BooleanAttribute(null=True)
    removed = JSONAttribute(null=True)
    deleted_at = InstantAttribute(null=True)

    @property
    def pipeline_id(self) -> str:
        """The pipeline's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


def pipeline_key(workspace_id: str, pipeline_id: str) -> Key:
    """Where a pipeline stands."""
    return Key(partition(workspace_id), f"PIPELINE#{pipeline_id}")
