"""Work over many contacts, a stretch at a time: filling and copying segments, and deciding about whom a company, a moment or a deletion
concerns. Each function does a part and gives back what is left of it as orders' data; doing a part again changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.listing import LISTING
from chalicelib.foundation import clock as clocks
from chalicelib.foundation import observability
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.segments import memberships, previewing, store
from chalicelib.marketing.segments.domain import Segment
from chalicelib.marketing.segments.evaluation import evaluate
from chalicelib.marketing.segments.records import BelongingRecord, due_partition
from chalicelib.workspaces.settings import service as settings

PAGE = 200
PAGES = 10
"""Of contacts in one message: well within the function's time."""
CLEARED = 5000
DUE = 100
DUE_ROUNDS = 20

Data = Mapping[str, Any]


def fill(runtime: Runtime, workspace_id: str, data: Data) -> list[dict[str, Any]]:
    """The first order of a fill becomes one for each part of the list of contacts; each of those goes through some pages and decides
    about everybody it meets. The last part to end makes the segment ready. An order of a former fill does nothing.
    """
    segment = _filling(runtime, workspace_id, data)
    if segment is None:
        return []
    if "part" not in data:
        return _parts(runtime, segment, data)
    part, parts, done, total = (int(data[name]) for name in ("part", "parts", "done", "total"))
    start: str | None = str(data["start"])
    for _ in range(PAGES):
        page = contacts.page_of_contacts(table=runtime.table, workspace_id=workspace_id, start=start, limit=PAGE)
        found = {contact.id: contact for contact in page.items}
        if found:
            now = runtime.clock.now()
            evaluate(runtime.table, now, workspace_id, found, given=found, filling=True)
            if data.get("sample"):
                drawn = (previewing.row_of(contact) for contact in found.values())
                runtime.table.write_many(row for row in drawn if row is not None)
        done += len(found)
        start = page.next if page.next is not None and page.next.partition(":")[0] == str(part) else None
        if start is None:
            break
    now = runtime.clock.now()
    store.write_progress(
        runtime.table, segment, part, done=done, total=total, parts=parts, finished=start is None, now=now
    )
    if start is not None:
        return [{**data, "start": start, "done": done, "step": int(data.get("step", 0)) + 1}]
    _finish(runtime.table, segment, now, parts)
    return []


def _filling(runtime: Runtime, workspace_id: str, data: Data) -> Segment | None:
    segment = store.read(runtime.table, workspace_id, str(data["segment_id"]), consistent=True)
    current = segment is not None and segment.revision == int(data.get("revision", 1)) and segment.filling
    return segment if current else None


def _parts(runtime: Runtime, segment: Segment, data: Data) -> list[dict[str, Any]]:
    workspace = settings.get_workspace(table=runtime.table, workspace_id=segment.workspace_id, fresh=True)
    total, exact = LISTING.count(runtime, workspace)
    if not exact:
        total = max(total, store.population(runtime.table, segment.workspace_id))
    parts = workspace.shards_of("contacts")
    short = not exact and previewing.sample_is_short(runtime.table, segment.workspace_id, total)
    common = {**data, "parts": parts, "total": total, "done": 0, "step": 0} | ({"sample": True} if short else {})
    now = runtime.clock.now()
    store.write_progress(runtime.table, segment, 0, done=0, total=total, parts=parts, finished=False, now=now)
    return [{**common, "part": part, "start": f"{part}:"} for part in range(parts)]


def _finish(table: Table, segment: Segment, now: datetime, parts: int) -> None:
    """Ready, once all parts have ended."""
    rows = store.fills(table, segment)
    if sum(1 for row in rows if row.finished) >= parts:
        store.mark_ready(table, segment, now, population=sum(int(row.done) for row in rows))


def copy(runtime: Runtime, workspace_id: str, data: Data) -> list[dict[str, Any]]:
    """Put some of the members of the segment that was frozen into its copy. When that is deleted before all are in, the copy goes
    with it: a part of a list is not taken for the whole.
    """
    segment = _filling(runtime, workspace_id, data)
    if segment is None:
        return []
    start, done, total = data.get("start"), int(data.get("done", 0)), 0
    now = runtime.clock.now()
    source = store.read(runtime.table, workspace_id, segment.source_id, consistent=True)
    for _ in range(PAGES):
        page = memberships.members(runtime.table, source, start=start, limit=PAGE) if source is not None else None
        # Members are cleared away after their segment: what was read while it was there is whole.
        source = store.read(runtime.table, workspace_id, segment.source_id, consistent=True)
        if page is None or source is None:
            store.delete(runtime.table, segment, now)
            return []
        memberships.add_members(runtime.table, segment, page.contact_ids, now)
        start, done, total = page.next, done + len(page.contact_ids), source.count
        if start is None:
            break
    total = max(total, done)
    store.write_progress(runtime.table, segment, 0, done=done, total=total, parts=1, finished=start is None, now=now)
    if start is not None:
        return [{**data, "start": start, "done": done, "step": int(data.get("step", 0)) + 1}]
    _finish(runtime.table, segment, now, 1)
    return []


def clear(runtime: Runtime, workspace_id: str, data: Data) -> list[dict[str, Any]]:
    """Delete some thousand rows of a deleted segment's members."""
    segment_id, shards = str(data["segment_id"]), int(data["shards"])
    if memberships.clear(runtime.table, workspace_id, segment_id, shards, limit=CLEARED):
        store.forget_fills(runtime.table, workspace_id, segment_id)
        return []
    return [{**data, "step": int(data.get("step", 0)) + 1}]


def company(runtime: Runtime, workspace_id: str, data: Data) -> list[dict[str, Any]]:
    """Decide about some of a company's contacts."""
    company_id, after = str(data["company_id"]), str(data.get("after", ""))
    found = contacts.contacts_of_company(
        table=runtime.table, workspace_id=workspace_id, company_id=company_id, after=after, limit=PAGE
    )
    ids = [contact.id for contact in found]
    if ids:
        evaluate(runtime.table, runtime.clock.now(), workspace_id, ids, fence=True)
    return [{**data, "after": ids[-1], "step": int(data.get("step", 0)) + 1}] if len(ids) == PAGE else []


def anybody_due(table: Table, shard: int, now: datetime) -> bool:
    """Whether there is anybody in this part of the index to be decided about by now."""
    return bool(_due(table, shard, now, 1, ""))


def due(runtime: Runtime, _: str, data: Data) -> list[dict[str, Any]]:
    """Decide about those whose verdict changes by time alone about now, in one part of the index over all workspaces."""
    shard, after = int(data["shard"]), str(data.get("after", ""))
    failures: list[Exception] = []
    for _round in range(DUE_ROUNDS):
        now = runtime.clock.now()
        found = _due(runtime.table, shard, now, DUE, after)
        if not found:
            break
        # Who could not be decided about keeps their place, and nobody behind them waits for that.
        after = found[-1].duesk
        by_workspace: dict[str, list[str]] = {}
        for record in found:
            by_workspace.setdefault(record.workspace_id, []).append(record.contact_id)
        for workspace_id, ids in by_workspace.items():
            failures += _decided(runtime, now, workspace_id, ids)
    if failures:
        raise ExceptionGroup("some contacts could not be decided about", failures)
    return [{**data, "after": after, "step": int(data.get("step", 0)) + 1}] if found else []


def _decided(runtime: Runtime, now: datetime, workspace_id: str, ids: list[str]) -> list[Exception]:
    """Decide about these; what failed. Where that is one contact's doing the others are decided about one by one."""
    try:
        evaluate(runtime.table, now, workspace_id, ids, fence=True)
    except Exception as error:  # noqa: BLE001 - nobody holds up the others
        if len(ids) > 1:
            return [failure for each in ids for failure in _decided(runtime, now, workspace_id, [each])]
        observability.failure("segments not decided", workspace_id=workspace_id, contact_id=ids[0])
        return [error]
    return []


def _due(table: Table, shard: int, now: datetime, limit: int, after: str) -> list[BelongingRecord]:
    between = (f"{after} ", f"{clocks.to_text(now)}~")  # the space: not that one again
    return table.query(BelongingRecord, due_partition(shard), index="due", between=between, limit=limit).items
