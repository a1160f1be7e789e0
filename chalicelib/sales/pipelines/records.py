"""The item of a pipeline, and its key."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class PipelineRecord(Record, discriminator="pipeline"):
    """``W#w`` / ``PIPELINE#p``."""

    name = UnicodeAttribute()
    stages = JSONAttribute()

    @property
    def pipeline_id(self) -> str:
        """The pipeline's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


def pipeline_key(workspace_id: str, pipeline_id: str) -> Key:
    """Where a pipeline stands."""
    return Key(partition(workspace_id), f"PIPELINE#{pipeline_id}")
