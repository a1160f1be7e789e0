"""The routes of the policy of approval."""

from chalicelib.foundation.http import Call, Routes
from chalicelib.sales.approvals import service
from chalicelib.sales.approvals.schemas import ApprovalPolicyIn, ApprovalPolicyOut

routes = Routes("approvals", __name__)


@routes.get("/approval-policy", permission="quotes:read", returns=ApprovalPolicyOut)
def get_approval_policy(call: Call[None]) -> ApprovalPolicyOut:
    """Which quotes have to be approved, and by whom."""
    return ApprovalPolicyOut.of(service.get_policy(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put(
    "/approval-policy",
    permission="workspace:write",
    body=ApprovalPolicyIn,
    returns=ApprovalPolicyOut,
    present=ApprovalPolicyOut.of,
)
def set_approval_policy(call: Call[ApprovalPolicyIn]) -> ApprovalPolicyOut:
    """Say which quotes have to be approved, and by whom."""
    policy = service.set_policy(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        enabled=call.body.enabled,
        limits=call.body.amounts(),
        discount_above=call.body.discount_above_percent,
        role=call.body.role,
        version=call.body.version,
        changed_by=call.actor.reference,
    )
    return ApprovalPolicyOut.of(policy)
