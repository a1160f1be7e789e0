"""What imports, bulk actions and exports of the last week keep of a person in their files, shown and erased.

The raw file of an import and its pieces go whole when the person is in them, and so does the file of an export: neither can be
rewritten without touching what is said of others. Journals and verdicts lose the person's lines, so the rest can still be
undone. An import that is under way and has the person in it ends, as its file is gone.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.files import Files
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.safe_csv import BYTE_ORDER_MARK, read_rows, write_rows
from chalicelib.workspaces.jobs import service as jobs

_FOLDERS = ("imports", "bulk", "exports")
_PIECE = 4 * 1024 * 1024
_RAW = ("source", "rows/", "seen/")
_PACKED = (".xlsx", ".zip")
"""Exports that cannot be looked into without unpacking them: of these none is kept."""


class _Files:
    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """Which imports, bulk actions and exports of the last week have the person in them."""
        needles = _needles(contact, addresses)
        shown: list[Mapping[str, Any]] = []
        for what, identifier, keys in _works(runtime.files, workspace_id):
            if any(_mentions(runtime.files, key, needles) for key in keys):
                shown.append({"in": what, "id": identifier})
        return shown

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Take the person out of all of them."""
        files, needles = runtime.files, _needles(contact, addresses)
        count = 0
        for what, identifier, keys in _works(files, workspace_id):
            prefix = len(f"tmp/{workspace_id}/{what}/{identifier}/")
            found = [key for key in keys if _mentions(files, key, needles)]
            if what == "exports":
                gone = [key for key in keys if key in found or key.endswith(_PACKED)]
            elif found:
                gone = [key for key in keys if key[prefix:].startswith(_RAW)]
            else:
                continue
            files.delete(gone)
            if what == "exports" and gone:
                jobs.forget_file(table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, job_id=identifier)
            for key in found:
                if key not in gone:
                    _rewrite(files, key, needles)
            count += len({*gone, *found})
        return count


def _needles(contact: Contact, addresses: Iterable[str]) -> tuple[str, ...]:
    """What gives a person away: ids, addresses, and the numbers with and without their plus sign."""
    numbers = [address.lstrip("+") for address in addresses if "@" not in address]
    return tuple(sorted({each.lower() for each in (*contact.all_ids, *addresses, *numbers) if each}))


def _works(files: Files, workspace_id: str) -> Iterator[tuple[str, str, list[str]]]:
    """Each import, bulk action and export that still has files, with their keys."""
    for what in _FOLDERS:
        prefix = f"tmp/{workspace_id}/{what}/"
        by_id: dict[str, list[str]] = {}
        for key in files.keys(prefix):
            by_id.setdefault(key[len(prefix) :].partition("/")[0], []).append(key)
        for identifier, keys in by_id.items():
            yield what, identifier, keys


def _mentions(files: Files, key: str, needles: Sequence[str]) -> bool:
    """Whether a file has one of these in it, in any case and in the encodings that a file can come in."""
    wanted = [needle.encode(encoding) for needle in needles for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    overlap = max(map(len, wanted), default=0)
    try:
        size = files.size(key)
    except FileNotFoundError:
        return False
    before = b""
    for begin in range(0, size, _PIECE):
        piece = files.get(key, begin, min(begin + _PIECE, size)).lower()
        if any(needle in before + piece for needle in wanted):
            return True
        before = piece[-overlap:]
    return False


def _rewrite(files: Files, key: str, needles: Sequence[str]) -> None:
    text = files.get(key).decode()
    if key.endswith(".csv"):
        separator = next(csv.reader(io.StringIO(text)), [""])[0].removeprefix(BYTE_ORDER_MARK)
        mark = ";" if ";" in separator else ","
        rows = read_rows(text, separator=mark)
        kept = [["" if _is_in(cell, needles) else cell for cell in row] for row in rows]
        files.put(key, write_rows(kept, separator=mark).encode(), content_type="text/csv; charset=utf-8")
        return
    if "/ids/" in key or "/added/" in key:
        files.put(key, json.dumps(_without(json.loads(text), needles)).encode(), content_type="application/json")
        return
    lines = [line for line in text.split("\n") if not _is_in(line, needles)]
    files.put(key, "\n".join(lines).encode(), content_type="application/x-ndjson")


def _without(value: Any, needles: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_without(each, needles) for each in value if not (isinstance(each, str) and _is_in(each, needles))]
    return value


def _is_in(text: str, needles: Sequence[str]) -> bool:
    lowered = text.lower()
    return any(needle in lowered for needle in needles)


ERASURE: PersonalData = _Files()
