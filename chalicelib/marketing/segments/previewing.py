"""Who would be in a segment with these conditions: a count while somebody is still writing them, and some of the people.

Up to `EXACT` contacts everybody is tried. Of more, a sample is: one contact in `EVERY`, drawn by a stable hash, has a row in the order of
that hash, so that the first thousand rows are as good a sample as all of them, and their number says how many contacts there are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.listing import LISTING
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.segments import checking, store
from chalicelib.marketing.segments.domain import Problem
from chalicelib.marketing.segments.language.compile import Compiled, compile_all, drawn
from chalicelib.marketing.segments.language.nodes import Condition
from chalicelib.marketing.segments.language.times import When
from chalicelib.marketing.segments.records import SampleRecord, sample_key, sample_partition
from chalicelib.marketing.segments.rules import know, rules_of
from chalicelib.workspaces.settings import service as settings

EXACT = 10_000
EVERY = 32
TRIED = 1_000
SHOWN = 20
_PAGE = 500
_SALT = "preview"


@dataclass(frozen=True, slots=True)
class Preview:
    """How many meet the conditions, and some of them. Not ``exact``: reckoned from ``evaluated`` of about ``total`` contacts."""

    count: int
    exact: bool
    sample: tuple[Contact, ...]
    evaluated: int
    total: int
    problems: tuple[Problem, ...] = ()
    condition: Condition | None = None


def preview(*, runtime: Runtime, workspace_id: str, conditions: Mapping[str, Any], segment_id: str = "") -> Preview:
    """Try the conditions. `InvalidError` names what is not in the language; what names something that is gone is a problem, and
    counts nobody. ``segment_id`` is the segment that is being edited.
    """
    words = checking.vocabulary(runtime.table, workspace_id)
    condition = checking.parse(conditions, words)
    checked = checking.check(runtime, workspace_id, conditions, segment_id=segment_id, words=words)
    if checked.problems:
        return Preview(0, True, (), 0, 0, checked.problems, condition)
    compiled = _compiled(runtime.table, workspace_id, condition, checked.asks)
    workspace = settings.get_workspace(table=runtime.table, workspace_id=workspace_id)
    total, exact = LISTING.count(runtime, workspace)
    if exact:
        pages = _everybody(runtime.table, workspace_id)
    elif sample_is_short(runtime.table, workspace_id, total):
        total = max(total, store.population(runtime.table, workspace_id))
        pages = islice(_everybody(runtime.table, workspace_id), TRIED // _PAGE)
    else:
        total = max(total, EVERY * store.sampled(runtime.table, workspace_id))
        pages = _sample(runtime.table, workspace_id)
    when = When(runtime.clock.now(), compiled.zone)
    last = len(compiled.names) - 1
    matched, evaluated, shown = 0, 0, list[Contact]()
    for page in pages:
        known = know(runtime.table, workspace_id, compiled, page, given=page, consistent=False)
        evaluated += len(page)
        for each in known.values():
            if each.subject is not None and compiled.verdict(each.subject, when)[last]:
                matched += 1
                if len(shown) < SHOWN:
                    shown.append(each.subject.contact)
    count = matched if exact else round(total * matched / evaluated) if evaluated else 0
    return Preview(count, exact, tuple(shown), evaluated, evaluated if exact else total, (), condition)


def _compiled(table: Table, workspace_id: str, condition: Condition, asks: tuple[str, ...]) -> Compiled:
    """The condition, and before it what it builds on."""
    others: dict[str, Condition | None] = {}
    if asks:
        catalogue = store.catalogue(table, workspace_id)
        known = rules_of(table, workspace_id, catalogue).conditions
        entries = catalogue.segments if catalogue else {}
        for asked in asks:
            others |= {each: known[each] for each in (asked, *store.reached(entries, asked)) if each in known}
    zone = settings.get_workspace(table=table, workspace_id=workspace_id).zone
    return compile_all({**others, "": condition}, zone)


def _everybody(table: Table, workspace_id: str) -> Iterator[dict[str, Contact]]:
    start: str | None = None
    while True:
        page = contacts.page_of_contacts(table=table, workspace_id=workspace_id, start=start, limit=_PAGE)
        yield {contact.id: contact for contact in page.items}
        start = page.next
        if start is None:
            return


def _sample(table: Table, workspace_id: str) -> Iterator[dict[str, Contact]]:
    found = table.query(SampleRecord, sample_partition(workspace_id), limit=TRIED).items
    for at in range(0, len(found), 100):
        ids = [record.contact_id for record in found[at : at + 100]]
        yield contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=ids)


def sample_is_short(table: Table, workspace_id: str, total: int) -> bool:
    """Whether far fewer are in the sample than of at least so many contacts would be: they are older than it is. The next fill of a
    segment puts them in; until then the first of the list are tried.
    """
    return EVERY * store.sampled(table, workspace_id) < total // 2


def row_of(contact: Contact) -> SampleRecord | None:
    """The row of a contact that was drawn; None for all others."""
    if drawn(_SALT, contact.id) % EVERY:
        return None
    key = sample_key(contact.workspace_id, contact.id)
    return SampleRecord(pk=key.pk, sk=key.sk, workspace_id=contact.workspace_id, created_at=contact.created_at)
