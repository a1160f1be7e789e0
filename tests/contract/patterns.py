"""The access patterns of docs/data-model.md, read from its tables, and the table that measures them.

A pattern is a row whose first cell is its name in backticks; its last two cells are read and write units. A test does the
thing on a `PricedTable` and calls `check`::

    def test_get_contact(priced):
        priced.reset()
        service.get_contact(table=priced, …)
        check("contacts.get", priced)
"""

import re
from functools import cache

from infra.local.priced import PricedTable
from tests.helpers import PROJECT

_ROW = re.compile(r"^\| `([a-z_.-]+)` \|.*\| *([\d.]+|–) *\| *([\d.]+|–) *\|$", re.MULTILINE)

_PAGES = 10.0
"""Read units from which a pattern reads whole pages."""


@cache
def documented() -> dict[str, tuple[float, float]]:
    """Each pattern's read and write units, as the document says."""
    text = (PROJECT / "docs" / "data-model.md").read_text()
    return {name: (_units(reads), _units(writes)) for name, reads, writes in _ROW.findall(text)}


def check(name: str, table: PricedTable) -> None:
    """Whether what was spent since `PricedTable.reset` is what the document says of this pattern; of pages, within one step of their size."""
    assert name in documented(), f"docs/data-model.md has no row for {name}"
    reads, writes = documented()[name]
    # A page is charged by its size in steps of 4 KB, and numbers of more digits are bytes more: a step's end may fall into a page.
    step = 0.5 if reads >= _PAGES else 0.0
    measured = (table.reads, table.writes)
    assert abs(table.reads - reads) <= step, f"{name}: measured {measured}; {'; '.join(table.parts)}"
    assert table.writes == writes, f"{name}: measured {measured}; {'; '.join(table.parts)}"


def _units(cell: str) -> float:
    return 0.0 if cell == "–" else float(cell)
