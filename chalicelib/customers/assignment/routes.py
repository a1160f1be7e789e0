"""The routes of assignment rules and of the response target."""

from chalicelib.customers.assignment import service
from chalicelib.customers.assignment.schemas import (
    AssignmentRulesIn,
    AssignmentRulesOut,
    ResponseTargetIn,
    ResponseTargetOut,
)
from chalicelib.foundation.http import Call, Routes

routes = Routes("assignment", __name__)


@routes.get("/assignment-rules", permission="leads:read", returns=AssignmentRulesOut)
def get_assignment_rules(call: Call[None]) -> AssignmentRulesOut:
    """The rules that say whose a new lead is."""
    return AssignmentRulesOut.of(service.get_rules(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put(
    "/assignment-rules",
    permission="workspace:write",
    body=AssignmentRulesIn,
    returns=AssignmentRulesOut,
    present=AssignmentRulesOut.of,
)
def set_assignment_rules(call: Call[AssignmentRulesIn]) -> AssignmentRulesOut:
    """Say whose a new lead is. Leads that are there stay with whom they are."""
    rules = service.set_rules(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        rules=call.body.wanted(call.runtime.new_id),
        changed_by=call.actor.reference,
    )
    return AssignmentRulesOut.of(rules)


@routes.get("/response-target", permission="leads:read", returns=ResponseTargetOut)
def get_response_target(call: Call[None]) -> ResponseTargetOut:
    """Within what time new leads are to be answered."""
    return ResponseTargetOut.of(service.get_target(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put(
    "/response-target",
    permission="workspace:write",
    body=ResponseTargetIn,
    returns=ResponseTargetOut,
    present=ResponseTargetOut.of,
)
def set_response_target(call: Call[ResponseTargetIn]) -> ResponseTargetOut:
    """Say within what time new leads are to be answered: those to come."""
    target = service.set_target(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        target=call.body.target(),
        changed_by=call.actor.reference,
    )
    return ResponseTargetOut.of(target)
