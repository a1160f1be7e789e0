"""Deciding which segments contacts are in, and writing it down.

What was last decided about a contact stands in its `BelongingRecord`; a decision is one transaction that writes it over the version it
was made from, together with the membership rows and counts that follow. That membership is right in the end, whatever happens at once,
rests on four rules:

- the belonging is read before everything that the decision is made from, so of two decisions the one made from older facts loses;
- whoever decides because of something else than a change of the contact or of its profile (a fill, a moment that has come, a company)
  checks in the transaction that these two are as they were read: their own changes come one after another, through the stream;
- what changed outside of the contact (a company, a list, the time) is decided with a *fence*: the belonging is written even if nothing
  moves, so that no decision made from the older facts can be written after it;
- after writing, the catalogue is read again: what was decided by a former one is decided anew.
"""

import contextlib
import random
import time
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation import clock as clocks
from chalicelib.foundation.errors import ConflictError, UnavailableError
from chalicelib.foundation.table import Check, Create, Delete, Key, Operation, Record, Replace, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.segments import memberships, store
from chalicelib.marketing.segments.domain import SHARDS
from chalicelib.marketing.segments.language.times import NEVER, When, instant_of
from chalicelib.marketing.segments.records import BelongingRecord, MemberRecord, belonging_key, due_of, member_key
from chalicelib.marketing.segments.rules import Known, Rules, contact_keys, know, rules_of

_ATTEMPTS = 10
_MOVES = 40
_OPERATIONS = 90
_CONTACTS = 20


def evaluate(
    table: Table,
    now: datetime,
    workspace_id: str,
    contact_ids: Iterable[str],
    *,
    own_change: bool = False,
    fence: bool = False,
    given: Mapping[str, Contact] | None = None,
    filling: bool = False,
) -> int:
    """Decide about these contacts as they are now; how many moved. ``own_change`` is for what the stream tells of the contacts or
    their profiles, in order; ``fence`` for what changed elsewhere; ``given`` are contacts that have just been read, by somebody who is
    ``filling`` a segment.
    """
    moved, wrote = 0, False
    everybody = list(dict.fromkeys(contact_ids))
    survivors: set[str] = set()
    waiting, read = everybody, dict(given or {})
    for attempt in range(_ATTEMPTS):
        catalogue = store.catalogue(table, workspace_id)
        if catalogue is None:
            return moved  # there has never been a dynamic segment
        rules = rules_of(table, workspace_id, catalogue)
        run = _Run(
            table, now, workspace_id, rules, own_change=own_change, fence=fence, survivors=survivors, filling=filling
        )
        plans = run.plans(waiting, read)
        done, again = run.carry_out(plans)
        moved, wrote = moved + done, wrote or any(not plan.quiet for plan in plans.values())
        more = {plan.survivor for plan in plans.values() if plan.survivor} - set(everybody)
        survivors |= more
        everybody, again = [*everybody, *sorted(more)], [*again, *sorted(more)]
        if not again:
            if not wrote or store.catalogue_version(table, workspace_id) == rules.version:
                return moved
            again = everybody
        waiting, read = again, {}
        if attempt:
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise UnavailableError("The contacts keep being changed by others.")


@dataclass(slots=True)
class _Plan:
    """What is to be written about one contact: the belonging as it was, and where the contact goes in and out."""

    contact_id: str
    present: BelongingRecord | None
    inside: frozenset[str]
    due: datetime | None
    entering: list[str]
    leaving: list[str]
    checks: list[Operation]
    gone: bool
    quiet: bool  # nothing to write: only its survivor is to be looked at
    survivor: str = ""
    have: set[str] = field(default_factory=set)  # rows that are there or missing already: not written
    lost: set[str] = field(default_factory=set)  # segments that are no more

    @property
    def moves(self) -> list[str]:
        return [each for each in (*self.entering, *self.leaving) if each not in self.lost]


class _Run:
    """One attempt, with one state of the catalogue."""

    def __init__(
        self,
        table: Table,
        now: datetime,
        workspace_id: str,
        rules: Rules,
        *,
        own_change: bool,
        fence: bool,
        survivors: Set[str],
        filling: bool,
    ):
        self.table, self.now, self.workspace_id, self.rules = table, now, workspace_id, rules
        self.own_change, self.fence, self.survivors, self.filling = own_change, fence, survivors, filling
        self.when = When(now, rules.compiled.zone)

    def plans(self, contact_ids: Sequence[str], given: Mapping[str, Contact]) -> dict[str, _Plan]:
        """Who has to be written: read the belongings first, then everything else."""
        keys = {belonging_key(self.workspace_id, each): each for each in contact_ids}
        found = self.table.get_many(BelongingRecord, keys, consistent=True) if keys else {}
        present = {keys[key]: record for key, record in found.items()}
        if self.rules.by_rows:
            present |= self.adopted([each for each in contact_ids if each not in present])
        known = know(self.table, self.workspace_id, self.rules.compiled, contact_ids, given=given)
        plans = {each: self.plan(each, present.get(each), known[each]) for each in contact_ids}
        return {each: plan for each, plan in plans.items() if plan is not None}

    def adopted(self, contact_ids: Sequence[str]) -> dict[str, BelongingRecord]:
        """Of contacts without a belonging, those whom rows of a former version put into segments: their belonging is written as the rows
        say, which is no news, and goes on from there.
        """
        rows = {
            member_key(self.workspace_id, segment_id, each, SHARDS): (each, segment_id)
            for each in contact_ids
            for segment_id in self.rules.by_rows
        }
        inside: dict[str, set[str]] = {}
        for key in self.table.get_many(MemberRecord, rows, consistent=True) if rows else ():
            contact_id, segment_id = rows[key]
            inside.setdefault(contact_id, set()).add(segment_id)
        for contact_id, segments in inside.items():
            key = belonging_key(self.workspace_id, contact_id)
            record = BelongingRecord(
                pk=key.pk, sk=key.sk, workspace_id=self.workspace_id, created_at=self.now, inside=segments, filled=True
            )
            with contextlib.suppress(ConflictError):  # somebody else has just written it
                self.table.write(Create(record))
        keys = {belonging_key(self.workspace_id, each): each for each in inside}
        found = self.table.get_many(BelongingRecord, keys, consistent=True) if keys else {}
        return {keys[key]: record for key, record in found.items()}

    def plan(self, contact_id: str, present: BelongingRecord | None, known: Known) -> _Plan | None:
        compiled, contact = self.rules.compiled, known.contact
        before = frozenset(present.inside or ()) & frozenset(compiled.names) if present else frozenset[str]()
        after, turn = frozenset[str](), NEVER
        if contact is not None and not contact.gone and known.subject is not None:
            verdict = compiled.verdict(known.subject, self.when)
            after = frozenset(name for name, holds in zip(compiled.names, verdict, strict=True) if holds)
            turn = compiled.turns(known.subject, self.when)
        due = None if turn == NEVER else instant_of(turn)
        survivor = contact.merged_into if contact is not None else ""
        beside = self.fence or contact_id in self.survivors
        quiet = before == after and not self._sooner(present, due) and not beside
        if (contact is None and present is None) or (quiet and contact is not None and not survivor):
            return None
        return _Plan(
            contact_id=contact_id,
            present=present,
            inside=after,
            due=due,
            entering=sorted(after - before),
            leaving=sorted(before - after),
            checks=[] if self.own_change and contact_id not in self.survivors else self._checks(contact_id, known),
            gone=contact is None,
            quiet=quiet and contact is not None,
            survivor=survivor,
        )

    def _sooner(self, present: BelongingRecord | None, due: datetime | None) -> bool:
        """Whether a decision is due before the one that is written down. A later one need not be written: it is found then."""
        if due is None:
            return False
        written = present.duesk.partition("#")[0] if present is not None and present.duesk else ""
        return not written or clocks.to_text(due) < written

    def _checks(self, contact_id: str, known: Known) -> list[Operation]:
        key = contact_keys(self.workspace_id, [contact_id])[contact_id]
        if known.contact is None:
            return [Check(key, Record.pk.does_not_exist())]
        checks: list[Operation] = [Check(key, Record.version == known.contact.version)]
        for place, version in list(known.profile_versions.items())[:5]:
            unchanged = Record.pk.does_not_exist() if version is None else Record.version == version
            checks.append(Check(place, unchanged))
        return checks

    # Writing

    def carry_out(self, plans: Mapping[str, _Plan]) -> tuple[int, list[str]]:
        """Write the plans, several in one transaction; how many contacts moved, and who has to be looked at again."""
        moved, again = 0, list[str]()
        waiting = [plan for plan in plans.values() if not plan.quiet]
        while waiting:
            group, size = list[_Plan](), 0
            while waiting and len(group) < _CONTACTS and (not group or size + _size(waiting[0]) <= _OPERATIONS):
                plan = waiting.pop(0)
                size += _size(plan)
                group.append(plan)
            written, failed = self._write(group)
            moved += written
            again += failed
        return moved, again

    def _write(self, group: list[_Plan]) -> tuple[int, list[str]]:
        """One transaction; what it stumbles over is taken out of it, and the rest tried again."""
        moved, again = 0, list[str]()
        while group:
            parts = [(plan, plan.moves[:_MOVES]) for plan in group]
            operations, owners = self._operations(parts)
            try:
                self.table.transact(operations)
            except TransactionConflictError as conflict:
                failed = [owners[position] for position in conflict.failed]
                if not failed:
                    return moved, again + [plan.contact_id for plan in group]
                stale = {plan.contact_id for plan, segment_id in failed if plan is not None and not segment_id}
                for plan, segment_id in failed:
                    if plan is None:  # the count of a segment that was deleted this moment
                        for each in group:
                            each.lost.add(segment_id)
                    elif segment_id:
                        plan.have.add(segment_id)
                again += [plan.contact_id for plan in group if plan.contact_id in stale]
                group = [plan for plan in group if plan.contact_id not in stale]
            else:
                moved += sum(1 for _, moves in parts if moves)
                more = [plan for plan, moves in parts if len(moves) < len(plan.moves)]
                again += [plan.contact_id for plan in more]
                group = []
        return moved, again

    def _operations(
        self, parts: Sequence[tuple[_Plan, list[str]]]
    ) -> tuple[list[Operation], list[tuple[_Plan | None, str]]]:
        """The transaction of some plans, and whose each operation is: (plan, segment), without a segment for the belonging and
        checks, without a plan for counts.
        """
        operations: list[Operation] = []
        owners: list[tuple[_Plan | None, str]] = []
        counts: dict[str, int] = {}
        for plan, moves in parts:
            entering = set(plan.entering)
            for segment_id in moves:
                if segment_id in plan.have:
                    continue
                enters = segment_id in entering
                operations.append(self._row(plan.contact_id, segment_id, enters=enters))
                owners.append((plan, segment_id))
                counts[segment_id] = counts.get(segment_id, 0) + (1 if enters else -1)
            for operation in (*self._belonging(plan, moves), *plan.checks):
                operations.append(operation)
                owners.append((plan, ""))
        for segment_id, amount in counts.items():
            operations.append(memberships.counted(self.workspace_id, segment_id, amount, self.now))
            owners.append((None, segment_id))
        return operations, owners

    def _row(self, contact_id: str, segment_id: str, *, enters: bool) -> Operation:
        if enters:
            return Create(memberships.member(self.workspace_id, segment_id, contact_id, SHARDS, self.now))
        return Delete(member_key(self.workspace_id, segment_id, contact_id, SHARDS), Record.pk.exists())

    def _belonging(self, plan: _Plan, moves: Sequence[str]) -> list[Operation]:
        key: Key = belonging_key(self.workspace_id, plan.contact_id)
        rest = set(plan.moves) - set(moves)
        before = set(plan.present.inside or ()) if plan.present else set[str]()
        inside = ((set(plan.inside) - rest) | (rest & before)) - plan.lost
        if plan.gone and not inside:
            return [Delete(key, Record.version == plan.present.version)] if plan.present else []
        record = BelongingRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=self.workspace_id,
            version=plan.present.version if plan.present else 1,
            created_at=plan.present.created_at if plan.present else self.now,
            updated_at=self.now if plan.present else None,
            inside=inside or None,
            filled=self.filling or None,
        )
        if plan.due is not None:
            record.duepk, record.duesk = due_of(plan.contact_id), f"{clocks.to_text(plan.due)}#{plan.contact_id}"
        return [Replace(record) if plan.present else Create(record)]


def _size(plan: _Plan) -> int:
    return min(len(plan.moves), _MOVES) * 2 + 1 + len(plan.checks)
