"""Work on deals that follows from what was removed: stages, pipelines, and deals whose time in the bin is over."""

from typing import Any

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.messaging.envelope import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals import events, service
from chalicelib.sales.pipelines import events as orders
from chalicelib.sales.pipelines import service as pipelines

_AT_ONCE = 200


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """One order; others' are left alone."""
    if envelope.type == orders.STAGE_REMOVED:
        _empty_stage(runtime, envelope)
    elif envelope.type == orders.PIPELINE_DELETED:
        _look_again(runtime, envelope)
    elif envelope.type == events.DEAL_GONE:
        _sweep(runtime, envelope)


def _empty_stage(runtime: Runtime, envelope: Envelope) -> None:
    """Move some of the open deals of a removed stage, and order what is left; take a last look a minute later."""
    where, pipeline_id = envelope.workspace_id, str(envelope.data["pipeline_id"])
    stage_id, last, page = str(envelope.data["stage_id"]), bool(envelope.data["last"]), int(envelope.data["page"])
    here: dict[str, Any] = {
        "table": runtime.table,
        "clock": runtime.clock,
        "workspace_id": where,
        "pipeline_id": pipeline_id,
    }
    more = service.empty_stage(**here, stage_id=stage_id, limit=_AT_ONCE)
    about: dict[str, Any] = {"workspace_id": where, "pipeline_id": pipeline_id, "stage_id": stage_id, "at": envelope.at}
    if more:
        runtime.queues.publish(orders.QUEUE, [orders.stage_removed(**about, last=last, page=page + 1)])
    elif not last:
        runtime.queues.publish(orders.QUEUE, [orders.stage_removed(**about, last=True)], delay=orders.LATER)
    else:
        pipelines.stage_emptied(**here, stage_id=stage_id)


def _look_again(runtime: Runtime, envelope: Envelope) -> None:
    """A deal that came into a pipeline while it was being deleted brings it back."""
    where, pipeline_id = envelope.workspace_id, str(envelope.data["pipeline_id"])
    pipeline = pipelines.all_pipelines(table=runtime.table, workspace_id=where).get(pipeline_id)
    if pipeline is None or pipeline.deleted_at is None:
        return
    if service.holds_open_deals(runtime.table, where)(pipeline, ""):
        pipelines.undelete_pipeline(
            table=runtime.table, clock=runtime.clock, workspace_id=where, pipeline_id=pipeline_id
        )
    elif not envelope.data["last"]:
        later = orders.pipeline_deleted(workspace_id=where, pipeline_id=pipeline_id, at=envelope.at, last=True)
        runtime.queues.publish(orders.QUEUE, [later], delay=orders.LATER)


def _sweep(runtime: Runtime, envelope: Envelope) -> None:
    """Delete what hung on a deal that is no more, unless it was made anew meanwhile."""
    where, deal_id = envelope.workspace_id, str(envelope.data["deal_id"])
    try:
        service.get_deal(table=runtime.table, workspace_id=where, deal_id=deal_id, deleted=True)
    except NotFoundError:
        if service.forget_partition(table=runtime.table, workspace_id=where, deal_id=deal_id):
            page = int(envelope.data["page"]) + 1
            more = events.deal_gone(workspace_id=where, deal_id=deal_id, at=envelope.at, page=page)
            runtime.queues.publish(events.QUEUE, [more])
