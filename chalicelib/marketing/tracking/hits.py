"""Keeping hits, and what they make of a recipient's row: the log is written first, the row follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.customers.retention import service as retention
from chalicelib.customers.retention.domain import RetentionKind
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.domain import Recipient, State
from chalicelib.marketing.tracking import store
from chalicelib.marketing.tracking.judging import HITS_LIMIT, SETTLED_AFTER, Hit, judged, visits_of

KEPT = timedelta(days=180)
"""How long a hit is kept, unless the workspace's rule of retention says less."""
_ATTEMPTS = 8


def kept_for(table: Table, workspace_id: str) -> timedelta:
    """How long a workspace keeps its hits."""
    days = retention.get_rules(table=table, workspace_id=workspace_id).days.get(RetentionKind.HITS)
    return KEPT if days is None else min(KEPT, timedelta(days=days))


def note(*, table: Table, key: Key, links: Sequence[str], kept: timedelta, hit: Hit) -> None:
    """Write a hit into the log of the recipient at ``key``, and judge it with those before it. Nothing is kept of a recipient who is not
    in the ledger, nor beyond `HITS_LIMIT` hits of one.
    """
    row = sending.read(table=table, key=key)
    if row is None or not row.email:
        return  # nobody, or somebody who was erased
    if row.state in (State.UNKNOWN, State.PARKED):  # whoever fetches something out of a message has it
        sending.proven(table=table, key=key, attempt=row.attempt, at=hit.at, now=hit.at)
    (hit,) = judged([hit], sent_at=row.sent_at, links=len(links))
    store.put(table, row, hit, kept)
    found = store.of_recipient(table, row, hit.at)
    if len(found) > HITS_LIMIT:
        store.forget(table, row, [hit])
        return
    judge(table=table, row=row, found=found, links=len(links), now=hit.at)


def judge(*, table: Table, row: Recipient, found: Sequence[Hit], links: int, now: datetime) -> int:
    """Judge a recipient's hits with the present rules; the labels in the log and the row follow. How many labels changed. Judging
    again changes nothing.
    """
    changed = 0
    for _ in range(_ATTEMPTS):
        for before, after in zip(found, judged(found, sent_at=row.sent_at, links=links), strict=True):
            if (before.label, before.why) != (after.label, after.why):
                changed += store.relabel(table, row, after, now)
        visits = visits_of(judged(found, sent_at=row.sent_at, links=links), sending.visits_of(row))
        if sending.follow_visits(table=table, row=row, found=visits, now=now, judged_at=now + SETTLED_AFTER):
            return changed
        again = sending.read(table=table, key=sending.key_of_row(row))
        if again is None:
            return changed
        row, found = again, store.of_recipient(table, again, now)
    return changed  # others are judging the same hits at this moment, and the last of them sees them all
