"""Reading and changing a workspace's rules, and applying them to a contact."""

import time
from dataclasses import replace
from datetime import datetime
from weakref import WeakKeyDictionary

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ScoreEntry
from chalicelib.foundation import observability
from chalicelib.foundation.clock import Clock, from_text
from chalicelib.foundation.errors import ConflictError, NotFoundError, UnavailableError
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.table import Table
from chalicelib.marketing.scoring import store
from chalicelib.marketing.scoring.domain import (
    COOLING_DUE,
    TAKEN_BACK,
    Evaluator,
    Fact,
    Ruleset,
    check,
    default_rules,
    given_by,
)
from chalicelib.workspaces.settings import service as settings

_ATTEMPTS = 6
_evaluators: "WeakKeyDictionary[Table, Memory[str, Evaluator]]" = WeakKeyDictionary()


def get_rules(*, table: Table, workspace_id: str) -> Ruleset:
    """The workspace's rules; the default ones, as version 1, while it has not changed them."""
    found = store.read_rules(table, workspace_id, consistent=True)
    if found is not None:
        return found
    return default_rules(settings.get_workspace(table=table, workspace_id=workspace_id).language)


def put_rules(*, table: Table, clock: Clock, workspace_id: str, ruleset: Ruleset, changed_by: str = "") -> Ruleset:
    """Replace the rules that stood at ``ruleset.version``. They apply to what happens from now on; fit is looked at again when a
    contact next changes. `InvalidError` names what makes no sense; `ConflictError` carries the present rules.
    """
    check(ruleset)
    present = get_rules(table=table, workspace_id=workspace_id)
    if present.version != ruleset.version:
        raise ConflictError(current=present)
    try:
        store.write_rules(
            table, workspace_id, ruleset, first=present.version == 1, now=clock.now(), changed_by=changed_by
        )
    except ConflictError as conflict:
        raise ConflictError(current=get_rules(table=table, workspace_id=workspace_id)) from conflict
    _memory(table).forget(workspace_id)
    return replace(ruleset, version=ruleset.version + 1)


def score(*, table: Table, clock: Clock, workspace_id: str, contact_id: str, fact: Fact) -> int:
    """Apply the rules to one contact because of one fact; how many entries that gave. The same fact again gives none. What is
    heard of a contact that was merged into another counts for that one; a contact that is not there (any more) is no error.
    """
    evaluator = _evaluator(table, workspace_id)
    for attempt in range(_ATTEMPTS):
        try:
            contact = contacts.get_contact(
                table=table, workspace_id=workspace_id, contact_id=contact_id, consistent=True, follow=True
            )
        except NotFoundError:
            return 0
        contact_id = contact.id
        standing = store.read_standing(table, workspace_id, contact_id)
        if fact.type.endswith(TAKEN_BACK):
            if standing is None or fact.id in standing.facts:
                return 0
            of, at = str(fact.data["fact_id"]), from_text(str(fact.data["fact_at"]))
            given = given_by(of, at, contact_id, _history(table, workspace_id, contact_id, at))
            outcome = evaluator.take_back(standing, contact, fact, of, given)
        else:
            outcome = evaluator.evaluate(contact, standing, fact)
        if not outcome.entries and (standing is None or outcome.standing == standing):
            return 0
        kept = store.standing_operation(workspace_id, contact_id, outcome.standing, clock.now())
        try:
            if outcome.entries:
                contacts.add_points(
                    table=table,
                    workspace_id=workspace_id,
                    contact_id=contact_id,
                    entries=outcome.entries,
                    grade_of=evaluator.ruleset.grades.grade_of,
                    extra=[kept],
                )
            else:
                table.write(kept)
        except ConflictError:  # another fact about the same contact came between; look again
            contacts.pause(attempt)
        else:
            return len(outcome.entries)
    raise UnavailableError("The contact keeps being scored by others.")


def cool(*, table: Table, clock: Clock, limit: int = 25) -> int:
    """Bring down the engagement of contacts of whom nothing was heard for a week, at most ``limit`` per shard; how many."""
    now = clock.now()
    cooled = 0
    for shard in range(store.DUE_SHARDS):
        for workspace_id, contact_id in store.due(table, shard, now=now, limit=limit):
            if not _is_there(table, workspace_id, contact_id):
                store.rest(table, workspace_id, contact_id)
                continue
            fact = Fact(f"cooling:{contact_id}", COOLING_DUE, now)
            score(table=table, clock=clock, workspace_id=workspace_id, contact_id=contact_id, fact=fact)
            cooled += 1
    return cooled


def _history(table: Table, workspace_id: str, contact_id: str, at: datetime) -> list[ScoreEntry]:
    """What was written into the history at a moment."""
    found = contacts.scored_since(table=table, workspace_id=workspace_id, contact_id=contact_id, since=at, limit=50)
    return [change.entry for _, change in found]


def _is_there(table: Table, workspace_id: str, contact_id: str) -> bool:
    found = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=[contact_id], consistent=True)
    return contact_id in found


def _evaluator(table: Table, workspace_id: str) -> Evaluator:
    def ask() -> Evaluator:
        language = settings.get_workspace(table=table, workspace_id=workspace_id).language
        evaluator = Evaluator(store.read_rules(table, workspace_id) or default_rules(language), language)
        if evaluator.unread:
            facts = {"workspace_id": workspace_id, "rules": evaluator.unread}
            observability.logger().warning("scoring rules not read", extra=facts)
        return evaluator

    return _memory(table).get(workspace_id, time.monotonic(), ask)


def _memory(table: Table) -> Memory[str, Evaluator]:
    return _evaluators.setdefault(table, Memory(seconds=30))
