"""What assignment does about a new lead, and the audit of its settings."""

from chalicelib.customers.assignment import events, store
from chalicelib.customers.assignment.records import (
    AssignmentRulesRecord,
    ResponseTargetRecord,
    rules_key,
    target_key,
)
from chalicelib.customers.leads.domain import LeadStatus
from chalicelib.customers.leads.records import LeadRecord
from chalicelib.customers.leads.service import lead_of
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited


def tell_of_new(change: Change, into: Derivation) -> None:
    """The fact ``lead.created``, in a workspace that has a rule or a response target."""
    if change.old is not None or not isinstance(change.new, LeadRecord):
        return
    lead = lead_of(change.new)
    if lead.status is not LeadStatus.NEW or (lead.owner_id and lead.respond_by):
        return
    rules = into.current(AssignmentRulesRecord, rules_key(lead.workspace_id))
    target = into.current(ResponseTargetRecord, target_key(lead.workspace_id))
    wanted = not lead.owner_id and rules is not None and any(rule.enabled for rule in store.rules_of(rules).rules)
    if wanted or (target is not None and target.enabled):
        into.fact(events.QUEUE, events.lead_created(lead.workspace_id, lead.id, lead.created_at, cause=change.id))


def _workspace(record: AssignmentRulesRecord | ResponseTargetRecord) -> str:
    return str(record.workspace_id)


PROJECTIONS: dict[str, list[Projection]] = {
    "lead": [tell_of_new],
    "assignment_rules": [audited("assignment_rules", fields=("rules",), subject=_workspace)],
    "response_target": [
        audited("response_target", fields=("minutes", "enabled", "working_hours", "holidays"), subject=_workspace)
    ],
}
