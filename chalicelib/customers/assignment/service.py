"""Giving new leads their owners and the time to answer them by.

How many open leads a member has is a number of its own (`chalicelib.customers.leads.records.LoadRecord`), written in the
transaction of each lead that gets or loses an owner, is opened, closed, deleted or restored. An assignment reads the numbers, chooses, and
writes only if the rule's turn and the chosen member's number are still as they were read; so two at once never count on the same state,
and whoever loses looks again.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.customers.assignment import store
from chalicelib.customers.assignment.domain import (
    FIELDS,
    AssignmentRule,
    AssignmentRules,
    ResponseTarget,
    Strategy,
    choose,
    respond_by,
)
from chalicelib.customers.assignment.records import AssignmentRulesRecord, ResponseTargetRecord
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.fields import service as fields
from chalicelib.customers.leads import service as leads
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.table import Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.settings.domain import Workspace

PERMISSION = "leads:write"
"""What a member needs to be given leads."""
_ATTEMPTS = 20


def get_rules(*, table: Table, workspace_id: str) -> AssignmentRules:
    """The workspace's rules, none and version 0 until it has some."""
    return store.read_rules(table, workspace_id, consistent=True)


def set_rules(
    *, table: Table, clock: Clock, workspace_id: str, rules: AssignmentRules, changed_by: str
) -> AssignmentRules:
    """Keep these rules in place of those of their ``version``; `ConflictError` with the present `AssignmentRules` when they have moved
    on. `InvalidError` names ``rules.0.members.0`` when that is no member who may have leads.
    """
    may = _eligible(table, workspace_id)
    keys = fields.get_catalogue(table=table, workspace_id=workspace_id, fresh=True)
    known = {*FIELDS, *(f"custom.{key}" for kind in ("lead", "contact") for key in keys.by_key(kind))}
    for number, rule in enumerate(rules.rules):
        if rule.id in {other.id for other in rules.rules[:number]}:
            raise InvalidError("Another rule has this id.", field=f"rules.{number}.id", code="repeated")
        for place, member_id in enumerate(rule.members):
            if member_id not in may:
                message = "There is no such member, or they may not have leads."
                raise InvalidError(message, field=f"rules.{number}.members.{place}", code="unknown")
        for place, condition in enumerate(rule.when):
            if condition.field not in known:
                message = "There is no such field."
                raise InvalidError(message, field=f"rules.{number}.when.{place}.field", code="unknown")
    try:
        store.write_rules(table, workspace_id, rules, now=clock.now(), changed_by=changed_by)
    except ConflictError as conflict:
        current = conflict.current
        shown = store.rules_of(current) if isinstance(current, AssignmentRulesRecord) else AssignmentRules()
        raise ConflictError(current=shown) from conflict
    return replace(rules, version=rules.version + 1)


def get_target(*, table: Table, workspace_id: str) -> ResponseTarget:
    """Within what time new leads are to be answered; not enabled and version 0 until somebody says."""
    return store.read_target(table, workspace_id, consistent=True)


def set_target(
    *, table: Table, clock: Clock, workspace_id: str, target: ResponseTarget, changed_by: str
) -> ResponseTarget:
    """Keep this target, for leads to come, in place of that of its ``version``; `ConflictError` with the present `ResponseTarget`
    when it has moved on.
    """
    try:
        store.write_target(table, workspace_id, target, now=clock.now(), changed_by=changed_by)
    except ConflictError as conflict:
        current = conflict.current
        shown = store.target_of(current) if isinstance(current, ResponseTargetRecord) else ResponseTarget()
        raise ConflictError(current=shown) from conflict
    return replace(target, version=target.version + 1)


def assign_lead(*, table: Table, clock: Clock, workspace: Workspace, lead_id: str) -> Lead | None:
    """Give a new lead its owner, if it has none and a rule fits, and the time to answer it by, if it has none: both at once, and
    once however often this is asked. Returns the lead as it is then; None when there is none.
    """
    for attempt in range(_ATTEMPTS):
        found = leads.get_leads(table=table, workspace_id=workspace.id, lead_ids=[lead_id], consistent=True)
        lead = found.get(lead_id)
        if lead is None or lead.status is not LeadStatus.NEW:
            return lead
        try:
            if not _assigned(table, clock, workspace, lead):
                return lead
        except TransactionConflictError:
            contacts.pause(attempt)  # somebody took this turn, or changed the lead: look again
    raise UnavailableError("Others keep taking the turns of the rule.")


def _assigned(table: Table, clock: Clock, workspace: Workspace, lead: Lead) -> bool:
    """Whether something was written; with nothing to write the lead is as it should be."""
    target = store.read_target(table, workspace.id)
    until = None
    if target.enabled and lead.respond_by is None and lead.first_response_at is None:
        until = respond_by(lead.created_at, target, workspace.zone)
    rule, eligible = (None, []) if lead.owner_id else _rule(table, workspace.id, lead)
    now = clock.now()
    if rule is None:
        if until is not None:
            leads.assign(table=table, lead=lead, owner_id="", rule_id="", respond_by=until, now=now, beside=[])
        return until is not None
    turn = store.read_turn(table, workspace.id, rule.id)
    loads: Mapping[str, int] = {}
    if rule.strategy is Strategy.LEAST_LOADED:
        loads = leads.loads_of(table=table, workspace_id=workspace.id, owner_ids=eligible)
    owner_id = choose(rule, eligible=eligible, turn=turn, loads=loads)
    leads.assign(
        table=table,
        lead=lead,
        owner_id=owner_id,
        rule_id=rule.id,
        respond_by=until,
        now=now,
        load=loads.get(owner_id),
        beside=[store.take_turn(workspace.id, rule.id, turn, now)],
    )
    return True


def _rule(table: Table, workspace_id: str, lead: Lead) -> tuple[AssignmentRule | None, list[str]]:
    """The first rule that fits and has somebody, and who that may be."""
    rules = store.read_rules(table, workspace_id).rules
    if not any(rule.enabled for rule in rules):
        return None, []
    facts = _facts(table, workspace_id, lead)
    may: set[str] | None = None
    for rule in rules:
        if not rule.fits(facts):
            continue
        may = _eligible(table, workspace_id) if may is None else may
        eligible = [member for member in rule.members if member in may]
        if eligible:
            return rule, eligible
    return None, []


def _facts(table: Table, workspace_id: str, lead: Lead) -> dict[str, Any]:
    """What conditions may look at."""
    found: dict[str, Any] = {name: getattr(lead, name) for name in ("source", "medium", "campaign", "form_id")}
    custom = dict(lead.custom)
    try:
        contact = contacts.get_contact(
            table=table, workspace_id=workspace_id, contact_id=lead.contact_id, consistent=True, follow=True
        )
    except NotFoundError:
        contact = None
    if contact is not None:
        found |= {"country": contact.country, "language": contact.language.partition("-")[0]}
        found["company"] = contact.company_name
        custom = {**contact.custom, **custom}
    shown = fields.shown(table=table, workspace_id=workspace_id, values=custom)
    return found | {f"custom.{key}": value for key, value in shown.items()}


def _eligible(table: Table, workspace_id: str) -> set[str]:
    """The members who may have leads, as they are now."""
    return {
        member.user_id
        for member in members.all_members(table=table, workspace_id=workspace_id)
        if PERMISSION in member.permissions
    }
