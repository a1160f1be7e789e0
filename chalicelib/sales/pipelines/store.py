"""Pipelines in the table."""

from dataclasses import asdict
from typing import Any

from chalicelib.foundation.table import Table, partition
from chalicelib.sales.pipelines.domain import Pipeline, Removed, Stage
from chalicelib.sales.pipelines.records import PipelineRecord, pipeline_key


def read(table: Table, workspace_id: str, pipeline_id: str, *, consistent: bool = False) -> Pipeline | None:
    """The pipeline, deleted or not, or None."""
    record = table.get(PipelineRecord, pipeline_key(workspace_id, pipeline_id), consistent=consistent)
    return None if record is None else to_domain(record)


def read_all(table: Table, workspace_id: str, *, consistent: bool = False) -> list[Pipeline]:
    """The workspace's pipelines (a handful), deleted or not, by position and id."""
    found = table.query_all(PipelineRecord, partition(workspace_id), begins_with="PIPELINE#", consistent=consistent)
    return sorted((to_domain(record) for record in found), key=lambda each: (each.position, each.id))


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
        stages=[_stage(stage) for stage in pipeline.stages],
        lost_reasons=list(pipeline.lost_reasons) or None,
        currency=pipeline.currency or None,
        position=pipeline.position or None,
        archived=pipeline.archived or None,
        removed={stage_id: asdict(gone) for stage_id, gone in pipeline.removed.items()} or None,
        deleted_at=pipeline.deleted_at,
    )


def to_domain(record: PipelineRecord) -> Pipeline:
    """The pipeline in an item."""
    return Pipeline(
        workspace_id=record.workspace_id,
        id=record.pipeline_id,
        name=record.name,
        stages=tuple(
            Stage(
                each["id"],
                each["name"],
                int(each["probability"]),
                tuple(each.get("required_fields", ())),
                int(each.get("rotting_days", 0)),
                each.get("forecast", ""),
            )
            for each in record.stages
        ),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        changed_by=record.changed_by or "",
        lost_reasons=tuple(record.lost_reasons or ()),
        currency=record.currency or "",
        position=int(record.position or 0),
        archived=bool(record.archived),
        removed={stage_id: Removed(**gone) for stage_id, gone in (record.removed or {}).items()},
        deleted_at=record.deleted_at,
    )


def _stage(stage: Stage) -> dict[str, Any]:
    kept: dict[str, Any] = {"id": stage.id, "name": stage.name, "probability": stage.probability}
    if stage.required_fields:
        kept["required_fields"] = list(stage.required_fields)
    if stage.rotting_days:
        kept["rotting_days"] = stage.rotting_days
    if stage.forecast:
        kept["forecast"] = stage.forecast
    return kept
