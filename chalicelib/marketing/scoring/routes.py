"""The workspace's scoring rules."""

from chalicelib.foundation.http import Call, Routes
from chalicelib.marketing.scoring import service
from chalicelib.marketing.scoring.schemas import RulesIn, RulesOut

routes = Routes("scoring", __name__)


@routes.get("/scoring-rules", permission="scoring:read", returns=RulesOut)
def get_scoring_rules(call: Call[None]) -> RulesOut:
    """The rules that give points, and the grades."""
    return RulesOut.of(service.get_rules(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put("/scoring-rules", permission="scoring:write", body=RulesIn, returns=RulesOut, present=RulesOut.of)
def put_scoring_rules(call: Call[RulesIn]) -> RulesOut:
    """Replace the rules. They apply to what happens from now on."""
    ruleset = service.put_rules(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        ruleset=call.body.ruleset(),
        changed_by=call.actor.reference,
    )
    return RulesOut.of(ruleset)
