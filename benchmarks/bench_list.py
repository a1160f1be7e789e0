"""The list of contacts: fifty of them, from the query to the answer's JSON."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from benchmarks import stub
from benchmarks.bench_capture import CONSENT, NOW, TOUCH, VALUES, WORKSPACE
from benchmarks.rows import Row
from chalicelib.customers.capture.service import capture
from chalicelib.customers.contacts.listing import shown_contacts
from chalicelib.customers.contacts.schemas import page_text
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.table import Table
from infra.local import dynamodb_local
from infra.local.priced import PricedTable, new_table

PEOPLE = 120


def fill(table: Table) -> list[str]:
    """Contacts as captures make them; their ids."""
    made = []
    for number in range(PEOPLE):
        values = VALUES | {"email": f"ana.{number}@example.com", "phone": f"+34 600 {number:06d}"}
        clock = FixedClock(NOW + timedelta(seconds=number))
        made.append(
            capture(
                table=table,
                clock=clock,
                workspace=WORKSPACE,
                values=values,
                touch=TOUCH,
                consents=[CONSENT],
                tags=["web"],
                source="form:abcdefgh",
            ).contact_id
        )
    return made


class Holder(NamedTuple):
    """As much of a runtime as a list needs."""

    table: Table


def answer(table: Table) -> str:
    """The answer's body, as the view makes it."""
    items, following = shown_contacts(custom=dict, runtime=Holder(table), workspace=WORKSPACE, limit=50)
    return page_text(items, following)


def rows() -> Iterator[Row]:
    with dynamodb_local.start() as endpoint:
        judge = PricedTable(new_table(endpoint))
        ids = fill(judge)
        judge.reset()
        assert answer(judge).count('"display_name"') == 50
        reads = judge.reads
        images = [judge.image_of(WORKSPACE.id, contact_id) for contact_id in ids[-50:]]
    with stub.table({"Query": {"Items": images, "Count": 50, "ScannedCount": 50}}) as table:
        yield Row("list 50 contacts", stub.cpu_ms(lambda: answer(table), times=100), 3.0, reads)
