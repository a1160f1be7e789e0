"""The files of an import: pieces of rows, of verdicts, and of what rows took for themselves."""

import json
import sys
from array import array
from collections.abc import Iterable, Iterator

from chalicelib.customers.imports.domain import Import, Planned, Row
from chalicelib.foundation.files import Files

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode
_LINES = "application/x-ndjson"


def rows_key(importing: Import, chunk: int) -> str:
    """Where a piece of the file's rows is."""
    return f"{importing.folder}/rows/{chunk:06d}"


def put_rows(files: Files, importing: Import, chunk: int, rows: Iterable[Row]) -> None:
    """Keep a piece of rows; of those that cannot be read only that."""
    lines = [_encode((row.number, row.broken) if row.broken else (row.number, "", row.cells)) for row in rows]
    files.put(rows_key(importing, chunk), "\n".join(lines).encode(), content_type=_LINES)


def get_rows(files: Files, importing: Import, chunk: int) -> list[Row]:
    """A piece of rows."""
    rows = []
    for line in files.get(rows_key(importing, chunk)).split(b"\n"):
        number, broken, *cells = json.loads(line)
        rows.append(Row(number, cells[0] if cells else (), broken))
    return rows


def put_verdicts(files: Files, key: str, planned: Iterable[Planned]) -> None:
    """Keep what became of a piece's rows."""
    lines = [
        _encode(
            (each.number, each.verdict, each.id, [(error.field, error.code, error.message) for error in each.errors])
        )
        for each in planned
    ]
    files.put(key, "\n".join(lines).encode(), content_type=_LINES)


def get_verdicts(files: Files, key: str) -> Iterator[tuple[int, str, str, list[tuple[str, str, str]]]]:
    """What became of a piece's rows: number, verdict, id, and field, code and message of each error."""
    for line in files.get(key).split(b"\n"):
        if line:
            yield tuple(json.loads(line))


def put_seen(files: Files, key: str, planned: Iterable[Planned]) -> None:
    """Keep what a piece's rows took for themselves: digest and row, as 64-bit numbers."""
    numbers = array("Q")
    for each in planned:
        for digest in each.claims:
            numbers.append(digest)
            numbers.append(each.number)
    if sys.byteorder == "big":
        numbers.byteswap()
    files.put(key, numbers.tobytes(), content_type="application/octet-stream")


def get_seen(files: Files, key: str, into: dict[int, int]) -> None:
    """Add what a piece's rows took for themselves; the first row that took something has it."""
    numbers = array("Q")
    numbers.frombytes(files.get(key))
    if sys.byteorder == "big":
        numbers.byteswap()
    for at in range(0, len(numbers), 2):
        into.setdefault(numbers[at], numbers[at + 1])
