"""Pipelines and their stages by name, for conditions on what somebody buys; see `chalicelib.marketing.segments.names`."""

from collections.abc import Collection, Mapping

from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.pipelines import service
from chalicelib.sales.pipelines.domain import Pipeline


def stage_name(pipeline_id: str, stage_id: str) -> str:
    """How a stage is named among those of all pipelines."""
    return f"{pipeline_id}/{stage_id}"


class _Pipelines:
    def names(self, runtime: Runtime, workspace_id: str, ids: Collection[str]) -> Mapping[str, str]:
        """The names of those that exist."""
        return {each.id: each.name for each in _present(runtime, workspace_id) if each.id in ids}

    def choices(self, runtime: Runtime, workspace_id: str) -> Mapping[str, str]:
        """All that are in use."""
        return {each.id: each.name for each in _present(runtime, workspace_id)}


class _Stages:
    """A stage's id is its pipeline's, ``/`` and its own."""

    def names(self, runtime: Runtime, workspace_id: str, ids: Collection[str]) -> Mapping[str, str]:
        """The names of those that exist."""
        return {id_: name for id_, name in self.choices(runtime, workspace_id).items() if id_ in ids}

    def choices(self, runtime: Runtime, workspace_id: str) -> Mapping[str, str]:
        """All of the pipelines in use; the pipeline is named where there are several."""
        pipelines = _present(runtime, workspace_id)
        return {
            stage_name(pipeline.id, stage.id): f"{pipeline.name}: {stage.name}" if len(pipelines) > 1 else stage.name
            for pipeline in pipelines
            for stage in pipeline.stages
        }


def _present(runtime: Runtime, workspace_id: str) -> list[Pipeline]:
    found = service.all_pipelines(table=runtime.table, workspace_id=workspace_id)
    return [pipeline for pipeline in found.values() if pipeline.deleted_at is None]


PIPELINES, STAGES = _Pipelines(), _Stages()
