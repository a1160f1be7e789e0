"""Making a contact over the API: from the values to the written transaction."""

from collections.abc import Iterator
from typing import Any

from benchmarks import stub
from benchmarks.bench_capture import NOW, WORKSPACE
from benchmarks.rows import Row
from chalicelib.customers.contacts.schemas import ContactIn, ContactOut
from chalicelib.customers.contacts.service import create_contact
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table import Table
from infra.local import dynamodb_local
from infra.local.priced import PricedTable, new_table

BODY = (
    '{"first_name": "Ana", "last_name": "García", "emails": [{"address": "Ana.Garcia@example.com"}],'
    ' "phones": [{"number": "+34 600 111 222"}], "tags": ["Feria"], "job_title": "Directora", "country": "ES"}'
)


def answer(table: Table) -> str:
    """The answer's body, as the view makes it."""
    values: dict[str, Any] = ContactIn.model_validate_json(BODY).values()
    contact = create_contact(
        table=table,
        clock=FixedClock(NOW),
        workspace=WORKSPACE,
        contact_id=new_id(NOW),
        values=values,
        changed_by="member:1",
    )
    return ContactOut.whole(contact).model_dump_json()


def rows() -> Iterator[Row]:
    with dynamodb_local.start() as endpoint:
        judge = PricedTable(new_table(endpoint))
        judge.reset()
        answer(judge)
        spent = judge.reads, judge.writes
    with stub.table({"Query": {"Items": [], "Count": 0, "ScannedCount": 0}, "TransactWriteItems": {}}) as table:
        yield Row("make a contact, e-mail and phone", stub.cpu_ms(lambda: answer(table)), 0.9, *spent)
