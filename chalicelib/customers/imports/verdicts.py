"""The verdict file: a CSV with what became of every row, put together piece by piece."""

from collections.abc import Iterable, Iterator

from chalicelib.customers.imports import pieces
from chalicelib.customers.imports.domain import Import
from chalicelib.customers.imports.records import ChunkRecord
from chalicelib.customers.imports.words import message
from chalicelib.foundation.files import Files
from chalicelib.foundation.safe_csv import BYTE_ORDER_MARK, Cell, separator_for, write_lines

HEADER = ("row", "verdict", "id", "field", "code", "message")
_UNDO = {"updated": "undone", "rejected": "kept"}


def compose(files: Files, importing: Import, chunks: Iterable[ChunkRecord], *, undo: bool = False) -> str:
    """Write the file and give its key. Of an undo it has the rows that had been written: ``undone`` or ``kept``."""
    separator = separator_for(importing.language)
    key = f"{importing.folder}/{'undo' if undo else importing.run}-verdict.csv"
    name = f"{_stem(importing.file_name)}-{'undo' if undo else 'verdict'}.csv"

    def parts() -> Iterator[bytes]:
        yield (BYTE_ORDER_MARK + write_lines([HEADER], separator=separator)).encode()
        for chunk in chunks:
            rows = _rows(files, chunk, importing.language, undo=undo)
            yield write_lines(rows, separator=separator).encode()

    files.put_parts(key, parts(), content_type="text/csv; charset=utf-8", file_name=name)
    return key


def _rows(files: Files, chunk: ChunkRecord, language: str, *, undo: bool) -> Iterator[tuple[Cell, ...]]:
    for number, verdict, identifier, errors in pieces.get_verdicts(files, chunk.verdict):
        told = [_message(code, text, language) for _, code, text in errors]
        field, code = (errors[0][0], errors[0][1]) if errors else ("", "")
        yield (
            abs(number),
            _UNDO[verdict] if undo else verdict,
            identifier,
            field,
            code,
            " ".join(told),
        )


def _message(code: str, text: str, language: str) -> str:
    return message(code, language, given=text, row=text if code == "repeated" else "")


def _stem(file_name: str) -> str:
    return file_name.rpartition(".")[0] or file_name
