"""Putting an import's people into a static segment, and taking them out again when it is undone.

Segments are a floor above: `chalicelib.customers.bulk.domain.StaticSegments`. A membership notes which import made it, and each
transaction that makes some checks that the import is still ours. So a piece that is done twice puts nobody in twice and counts
the same, a delivery that was overtaken puts in nobody any more, and the undo takes out exactly those.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from chalicelib.customers.bulk.domain import StaticSegments
from chalicelib.customers.imports import pieces, store
from chalicelib.customers.imports.domain import GROUPED, PEOPLE, Import, IntoSegment, Planned
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime


def chosen(runtime: Runtime, importing: Import, segment: Mapping[str, str] | None) -> dict[str, Any] | None:
    """Where a run that is started now puts its people, as it is kept: the segment ``{"id"}``, or one to be made, ``{"name"}``.

    `InvalidError` names ``segment`` when what is imported are no people, ``segment.id`` when it is no static segment.
    """
    if segment is None:
        return None
    segments: StaticSegments | None = runtime.parts("segment").get("static")
    if importing.kind != PEOPLE or segments is None:
        raise InvalidError("Only people can be put into a segment.", field="segment", code="kind")
    if "id" in segment:
        name = segments.check(runtime, importing.workspace_id, segment["id"], field="segment.id")
        return asdict(IntoSegment(segment["id"], name))
    new_id = derived_id(runtime.clock.now(), "import", importing.id, "segment")
    return asdict(IntoSegment(new_id, segment["name"], new=True, made=False))


def put_in(runtime: Runtime, importing: Import, holder: str, planned: Iterable[Planned]) -> IntoSegment | None:
    """Put the people of a piece's rows in, once these are written; what is to be noted on the import. A segment that was deleted
    under way takes nobody, and is not made again. `ConflictError` when somebody else holds the import by now.
    """
    into = importing.segment
    ids = list(dict.fromkeys(each.id for each in planned if each.verdict in GROUPED and each.id))
    if into is None or importing.dry_run or into.gone or not ids:
        return into
    segments, where = _segments(runtime), importing.workspace_id
    if not into.made:
        segments.make(runtime, where, into.id, into.name, by=importing.created_by)
    found = segments.put_in(runtime, where, into.id, ids, by=importing.reference, guard=store.held(importing, holder))
    if found is None:
        return replace(into, made=True, gone=True)
    return replace(into, made=True, added=into.added + found.added, present=into.present + found.present)


def take_out(runtime: Runtime, importing: Import, chunk: int) -> None:
    """Take out whom the import put in for a piece's rows. Also of a piece that was interrupted: its verdicts were kept first, by
    whichever delivery.
    """
    into = importing.segment
    if into is None or importing.dry_run:
        return
    ids: dict[str, None] = {}
    for key in runtime.files.keys(f"{importing.folder}/verdict/{importing.run}/{chunk:06d}-"):
        ids |= {
            each: None for _, verdict, each, _ in pieces.get_verdicts(runtime.files, key) if verdict in GROUPED and each
        }
    if ids:
        _segments(runtime).take_out(runtime, importing.workspace_id, into.id, list(ids), by=importing.reference)


def _segments(runtime: Runtime) -> StaticSegments:
    segments: StaticSegments = runtime.parts("segment")["static"]
    return segments
