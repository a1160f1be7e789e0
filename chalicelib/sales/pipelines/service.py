"""Making and reading pipelines."""

from collections.abc import Sequence

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.ids import derived_id, is_id
from chalicelib.foundation.table import Table
from chalicelib.sales.pipelines import store
from chalicelib.sales.pipelines.domain import DEFAULT_NAMES, DEFAULT_STAGES, Pipeline, Stage, check_stages
from chalicelib.sales.pipelines.records import PipelineRecord
from chalicelib.workspaces.settings.domain import Workspace


def get_pipeline(*, table: Table, workspace_id: str, pipeline_id: str) -> Pipeline:
    """The pipeline; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, pipeline_id) if is_id(pipeline_id) else None
    if found is None:
        raise NotFoundError("There is no such pipeline.")
    return found


def list_pipelines(*, table: Table, clock: Clock, workspace: Workspace) -> list[Pipeline]:
    """The workspace's pipelines, the oldest first. A workspace without any gets its default one here; that is harmless to
    repeat, for its id follows from the workspace.
    """
    found = store.read_all(table, workspace.id)
    return found or [ensure_default(table=table, clock=clock, workspace=workspace)]


def ensure_default(*, table: Table, clock: Clock, workspace: Workspace) -> Pipeline:
    """The pipeline that a workspace starts with, in its language, made if it is not there."""
    language = workspace.language if workspace.language in DEFAULT_STAGES else "en"
    return create_pipeline(
        table=table,
        clock=clock,
        workspace_id=workspace.id,
        pipeline_id=derived_id(workspace.created_at, "pipeline", workspace.id),
        name=DEFAULT_NAMES[language],
        stages=[Stage(*stage) for stage in DEFAULT_STAGES[language]],
        changed_by="system",
    )


def create_pipeline(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    pipeline_id: str,
    name: str,
    stages: Sequence[Stage],
    changed_by: str = "",
) -> Pipeline:
    """Make a pipeline; made again with the same id it is the one that is there."""
    now = clock.now()
    pipeline = Pipeline(workspace_id, pipeline_id, name, check_stages(tuple(stages)), now, now, changed_by=changed_by)
    try:
        table.create(store.to_record(pipeline))
    except ConflictError as conflict:
        if not isinstance(conflict.current, PipelineRecord):
            raise
        return store.to_domain(conflict.current)
    return pipeline
