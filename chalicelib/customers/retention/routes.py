"""The routes of retention."""

from chalicelib.customers.retention import service
from chalicelib.customers.retention.schemas import RetentionIn, RetentionOut
from chalicelib.foundation.http import Call, Routes

routes = Routes("retention", __name__)


@routes.get("/retention", permission="privacy:manage", returns=RetentionOut)
def get_retention(call: Call[None]) -> RetentionOut:
    """How long each kind is kept."""
    return RetentionOut.of(service.get_rules(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put("/retention", permission="privacy:manage", body=RetentionIn, returns=RetentionOut, present=RetentionOut.of)
def put_retention(call: Call[RetentionIn]) -> RetentionOut:
    """Replace the rules. They are applied every night, for the first time in the next one."""
    rules = service.put_rules(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        days=[(each.kind, each.days) for each in call.body.rules],
        version=call.body.version,
        changed_by=call.actor.reference,
    )
    return RetentionOut.of(rules)
