"""The one table: records, keys, reads, conditional writes, transactions, cursors and the stream's changes.

Features use: `Record` and the attributes of ``pynamodb.attributes`` for their ``records.py``; `partition` for keys; `Table`
for reads and writes; `Cursors` for pages; `Change` in ``projections.py``.
"""

from chalicelib.foundation.table.cursors import Cursors
from chalicelib.foundation.table.keys import Key, message_index, partition
from chalicelib.foundation.table.record import DecimalAttribute, InstantAttribute, Record
from chalicelib.foundation.table.stream import Change
from chalicelib.foundation.table.table import (
    Check,
    Create,
    Delete,
    Operation,
    Page,
    Put,
    Replace,
    Restore,
    Table,
    Update,
)

__all__ = [
    "Change",
    "Check",
    "Create",
    "Cursors",
    "DecimalAttribute",
    "Delete",
    "InstantAttribute",
    "Key",
    "Operation",
    "Page",
    "Put",
    "Record",
    "Replace",
    "Restore",
    "Table",
    "Update",
    "message_index",
    "partition",
]
