"""Write units by AWS's own rules, because DynamoDB Local does not count transactions as AWS does.

DynamoDB Local 2.x adds the sizes of a whole transaction up before it rounds, and doubles the indexes: a transaction of one, two or
three items of 300 bytes is said to cost 4 units each time. In AWS every item is rounded for itself
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html): a kilobyte begun is one unit, in a
transaction two, and each index that holds the item takes one for every kilobyte begun, two when its key there changes
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import pytest

from chalicelib.foundation.table import Check, Create, Delete, Operation, Put, Record, Replace, Table, Update

INDEXES = ("gsi1", "gsi2", "due")


@dataclass
class Units:
    """``places`` says what each unit was spent on: (kind of the item or its index, units)."""

    places: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(units for _, units in self.places)

    def take(self) -> int:
        """The total since the last time."""
        total, self.places[:] = self.total, []
        return total


def size_of(value: Mapping[str, Any]) -> int:
    """The bytes of one attribute value (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html)."""
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            digits = content.lstrip("-").replace(".", "").strip("0")
            return ceil(len(digits) / 2) + 1
        case "SS":
            return sum(len(each.encode()) for each in content)
        case _:
            return 1


def item_size(image: Mapping[str, Any]) -> int:
    return sum(len(name.encode()) + size_of(value) for name, value in image.items())


@contextmanager
def counted(table: Table) -> Iterator[Units]:
    """Count the write units of everything this table is asked to write and does write."""
    units = Units()
    patch = pytest.MonkeyPatch()
    write, transact = table.write, table.transact

    def before(operations: Sequence[Operation]) -> list[dict[str, Any] | None]:
        return [_stored(table, operation) for operation in operations]

    def counting_write(operation: Operation) -> Any:
        [old] = before([operation])
        try:
            return write(operation)
        finally:
            _add(units, table, operation, old, 1)

    def counting_transact(operations: Sequence[Operation], **options: Any) -> None:
        old = before(operations)
        transact(operations, **options)
        for operation, image in zip(operations, old, strict=True):
            _add(units, table, operation, image, 2)

    patch.setattr(table, "write", counting_write)
    patch.setattr(table, "transact", counting_transact)
    try:
        yield units
    finally:
        patch.undo()


def _stored(table: Table, operation: Operation) -> dict[str, Any] | None:
    match operation:
        case Put(record) | Create(record) | Replace(record):
            key = record.key
        case Update(key) | Delete(key) | Check(key):
            pass
    found = table.get(Record, key, consistent=True)
    return found.image() if found else None


def _add(units: Units, table: Table, operation: Operation, old: dict[str, Any] | None, factor: int) -> None:
    new = old if isinstance(operation, Check) else _stored(table, operation)
    size = max(item_size(new or {}), item_size(old or {}), 1)
    kind = str((new or old or {}).get("kind", {}).get("S", "nothing"))
    units.places.append((kind, factor * ceil(size / 1024)))
    if isinstance(operation, Check) or new == old:
        return
    for index in INDEXES:
        keys = [
            image.get(f"{index}pk") and (image[f"{index}pk"], image[f"{index}sk"]) if image else None
            for image in (old, new)
        ]
        if keys != [None, None]:
            times = 2 if None not in keys and keys[0] != keys[1] else 1
            units.places.append((f"{kind} {index}", times * ceil(size / 1024)))
