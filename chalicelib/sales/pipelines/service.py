"""Making, reading and changing pipelines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.ids import derived_id, is_id
from chalicelib.foundation.table import Record, Table
from chalicelib.sales.pipelines import store
from chalicelib.sales.pipelines.domain import (
    DEFAULT_LOST_REASONS,
    DEFAULT_NAMES,
    DEFAULT_STAGES,
    Pipeline,
    Stage,
    StageInUseError,
    check_lost_reasons,
    check_stages,
    with_stages,
)
from chalicelib.sales.pipelines.records import PipelineRecord
from chalicelib.workspaces.settings.domain import Workspace

InUse = Callable[[Pipeline, str], bool]
"""Whether there are open deals in a stage of a pipeline (``""``: in any)."""


def get_pipeline(*, table: Table, workspace_id: str, pipeline_id: str, consistent: bool = False) -> Pipeline:
    """The pipeline; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, pipeline_id, consistent=consistent) if is_id(pipeline_id) else None
    if found is None or found.deleted_at is not None:
        raise NotFoundError("There is no such pipeline.")
    return found


def list_pipelines(*, table: Table, clock: Clock, workspace: Workspace) -> list[Pipeline]:
    """The workspace's pipelines, by position, the oldest first. A workspace without any gets its default one here; that is
    harmless to repeat, for its id follows from the workspace.
    """
    found = [each for each in store.read_all(table, workspace.id) if each.deleted_at is None]
    return found or [ensure_default(table=table, clock=clock, workspace=workspace)]


def all_pipelines(*, table: Table, workspace_id: str) -> dict[str, Pipeline]:
    """Every pipeline by id, deleted ones too: what was won in them counts."""
    return {pipeline.id: pipeline for pipeline in store.read_all(table, workspace_id)}


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
        lost_reasons=DEFAULT_LOST_REASONS[language],
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
    lost_reasons: Iterable[str] = (),
    currency: str = "",
    position: int = 0,
    changed_by: str = "",
) -> Pipeline:
    """Make a pipeline; made again with the same id it is the one that is there."""
    now = clock.now()
    pipeline = Pipeline(
        workspace_id=workspace_id,
        id=pipeline_id,
        name=name,
        stages=check_stages(tuple(stages)),
        created_at=now,
        updated_at=now,
        changed_by=changed_by,
        lost_reasons=check_lost_reasons(tuple(lost_reasons)),
        currency=currency,
        position=position,
    )
    try:
        table.create(store.to_record(pipeline))
    except ConflictError as conflict:
        if not isinstance(conflict.current, PipelineRecord):
            raise
        return store.to_domain(conflict.current)
    return pipeline


def change_pipeline(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    pipeline_id: str,
    version: int,
    changes: Mapping[str, Any],
    in_use: InUse,
    changed_by: str = "",
) -> Pipeline:
    """Change name, ``stages`` (`Stage` each), lost_reasons, currency, position and archived of the pipeline as it was at
    ``version``; `ConflictError` with the present one when it has moved on.

    A stage that is left out is removed. If there are open deals in it, ``move_to`` has to say where they go, or else it is
    `StageInUseError`. They are moved by an order that the projector puts on a queue, and shown in their new stage from the
    beginning.
    """
    present = get_pipeline(table=table, workspace_id=workspace_id, pipeline_id=pipeline_id, consistent=True)
    if present.version != version:
        raise ConflictError(current=present)
    values = {name: value for name, value in changes.items() if name not in ("stages", "move_to")}
    if "lost_reasons" in values:
        values["lost_reasons"] = check_lost_reasons(values["lost_reasons"])
    changed = present
    gone: list[str] = []
    move_to = changes.get("move_to") or {}
    if "stages" in changes or move_to:
        changed, gone = with_stages(present, tuple(changes.get("stages", present.stages)), move_to)
    for stage_id in gone:
        if stage_id not in move_to and in_use(present, stage_id):
            name = changed.removed[stage_id].name
            message = f"The stage {name} ({stage_id}) has open deals: say in move_to.{stage_id} where they go."
            raise StageInUseError(message, current=present)
    changed = replace(changed, **values, updated_at=clock.now(), changed_by=changed_by)
    return _replace(table, changed)


def delete_pipeline(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    pipeline_id: str,
    in_use: InUse,
    version: int | None = None,
    changed_by: str = "",
) -> None:
    """Delete a pipeline without open deals (of ``version``, if it is given); what was won and lost in it stays in reports.
    `StageInUseError` while there are open deals in it, and for the last pipeline.
    """
    present = get_pipeline(table=table, workspace_id=workspace.id, pipeline_id=pipeline_id, consistent=True)
    if version is not None and present.version != version:
        raise ConflictError(current=present)
    if in_use(present, ""):
        raise StageInUseError(f"The pipeline {present.name} has open deals.", current=present)
    others = [each for each in list_pipelines(table=table, clock=clock, workspace=workspace) if each.id != pipeline_id]
    if not others:
        raise StageInUseError("The last pipeline stays.", current=present)
    now = clock.now()
    _replace(table, replace(present, deleted_at=now, updated_at=now, changed_by=changed_by))


def undelete_pipeline(*, table: Table, clock: Clock, workspace_id: str, pipeline_id: str) -> None:
    """Take a deletion back because there is an open deal after all. Repeated, it changes nothing."""
    present = store.read(table, workspace_id, pipeline_id, consistent=True)
    if present is not None and present.deleted_at is not None:
        _replace(table, replace(present, deleted_at=None, updated_at=clock.now(), changed_by="system"))


def stage_emptied(*, table: Table, clock: Clock, workspace_id: str, pipeline_id: str, stage_id: str) -> None:
    """Note that no open deal is left in a removed stage. Repeated, it changes nothing."""
    present = store.read(table, workspace_id, pipeline_id, consistent=True)
    gone = present.removed.get(stage_id) if present is not None else None
    if present is None or gone is None or gone.done:
        return
    removed = {**present.removed, stage_id: replace(gone, done=True)}
    _replace(table, replace(present, removed=removed, updated_at=clock.now()))


def pipeline_of(record: Record) -> Pipeline:
    """The pipeline in a changed item, for projections."""
    assert isinstance(record, PipelineRecord)
    return store.to_domain(record)


def _replace(table: Table, changed: Pipeline) -> Pipeline:
    try:
        table.replace(store.to_record(changed))
    except ConflictError as conflict:
        current = conflict.current
        shown = store.to_domain(current) if isinstance(current, PipelineRecord) else None
        raise ConflictError(current=shown) from conflict
    return replace(changed, version=changed.version + 1)
