"""Pipelines in the table."""

from chalicelib.foundation.table import Table, partition
from chalicelib.sales.pipelines.domain import Pipeline, Stage
from chalicelib.sales.pipelines.records import PipelineRecord, pipeline_key


def read(table: Table, workspace_id: str, pipeline_id: str) -> Pipeline | None:
    """The pipeline, or None."""
    record = table.get(PipelineRecord, pipeline_key(workspace_id, pipeline_id))
    return None if record is None else to_domain(record)


def read_all(table: Table, workspace_id: str, *, consistent: bool = False) -> list[Pipeline]:
    """The workspace's pipelines (a handful), by id."""
    found = table.query_all(PipelineRecord, partition(workspace_id), begins_with="PIPELINE#", consistent=consistent)
    return [to_domain(record) for record in found]


def to_record(pipeline: Pipeline) -> PipelineRecord:
    """The item of a pipeline."""
    key = pipeline_key(pipeline.workspace_id, pipeline.id)
    return PipelineRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=pipeline.workspace_id,
        version=pipeline.version,
        created_at=pipeline.created_at,
        updated_at=pipeline.updated_at,
        changed_by=pipeline.changed_by or None,
        name=pipeline.name,
        stages=[{"id": each.id, "name": each.name, "probability": each.probability} for each in pipeline.stages],
    )


def to_domain(record: PipelineRecord) -> Pipeline:
    """The pipeline in an item."""
    return Pipeline(
        workspace_id=record.workspace_id,
        id=record.pipeline_id,
        name=record.name,
        stages=tuple(Stage(each["id"], each["name"], int(each["probability"])) for each in record.stages),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        changed_by=record.changed_by or "",
    )
