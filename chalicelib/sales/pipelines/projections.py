"""What follows from a change of a pipeline: orders about the deals of what was removed, and the audit."""

from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.sales.pipelines import events, service
from chalicelib.sales.pipelines.records import PipelineRecord
from chalicelib.workspaces.audit.service import audited


def order(change: Change, into: Derivation) -> None:
    """The deals of a removed stage are moved; a deleted pipeline is looked at once more."""
    if change.old is None or change.new is None:
        return
    old, new = service.pipeline_of(change.old), service.pipeline_of(change.new)
    where, at = new.workspace_id, new.updated_at
    for stage_id, gone in new.removed.items():
        if not gone.done and (stage_id not in old.removed or old.removed[stage_id].done):
            into.fact(
                events.QUEUE, events.stage_removed(workspace_id=where, pipeline_id=new.id, stage_id=stage_id, at=at)
            )
    if new.deleted_at is not None and old.deleted_at is None:
        into.fact(events.QUEUE, events.pipeline_deleted(workspace_id=where, pipeline_id=new.id, at=at))


def _subject(record: PipelineRecord) -> str:
    return record.pipeline_id


_AUDITED = ("name", "stages", "lost_reasons", "currency", "position", "archived", "deleted_at")

PROJECTIONS: dict[str, list[Projection]] = {"pipeline": [order, audited("pipeline", fields=_AUDITED, subject=_subject)]}
