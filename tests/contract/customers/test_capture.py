"""Capture under every kind of repetition and collision: one person stays one contact with one open lead."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.capture.domain import AlreadyCapturedError, Captured
from chalicelib.customers.capture.service import capture
from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Touch
from chalicelib.customers.contacts.listing import list_contacts
from chalicelib.customers.leads import service as leads
from chalicelib.customers.timeline.records import ActivityRecord
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Create, Key, Operation, partition
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from tests.helpers import NOON

YES = ConsentGiven("marketing_email", "Quiero recibir novedades.", "1")


@pytest.fixture
def workspace(runtime: Runtime, clock: FixedClock) -> Workspace:
    return create_workspace(
        table=runtime.table,
        clock=clock,
        workspace_id=runtime.new_id(),
        name="Ejemplo",
        shards={"contacts": 3, "leads": 2},
    )


@pytest.fixture
def post(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> Any:
    def run(values: dict[str, str], source: str = "google", **more: Any) -> Captured:
        touch = Touch(at=clock.now(), source=source)
        return capture(table=runtime.table, clock=clock, workspace=workspace, values=values, touch=touch, **more)

    return run


def beside(workspace: Workspace, number: int) -> Any:
    """A submission, as forms write it: named by its token."""

    def made(captured: Captured) -> list[Operation]:
        row = entry(
            workspace_id=workspace.id,
            contact_id=captured.contact_id,
            at=NOON,
            kind="form_submitted",
            id=f"S{number}",
            data={},
        )
        row.pk, row.sk = partition(workspace.id, "SUBMISSION", str(number)), captured.lead_id
        return [Create(row)]

    return made


def test_twenty_at_once_are_one_contact_and_one_lead(runtime: Runtime, workspace: Workspace, post: Any) -> None:
    def one(number: int) -> Captured:
        values = {"email": " Ana@Example.com", "phone": "+34600111222", "first_name": "Ana"}
        result: Captured = post(values, consents=[YES], tags=[f"t{number}"], extra=beside(workspace, number))
        return result

    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(one, range(20)))
    assert len({each.contact_id for each in done}) == 1
    assert len({each.lead_id for each in done}) == 1
    assert sum(each.contact_created for each in done) == sum(each.lead_created for each in done) == 1
    ids = {"table": runtime.table, "workspace_id": workspace.id}
    contact = contacts.get_contact(**ids, contact_id=done[0].contact_id, consistent=True)
    assert contact.tags == {f"t{number}" for number in range(20)}
    assert contact.open_lead_id == done[0].lead_id
    assert contact.version == 20
    assert leads.get_lead(**ids, lead_id=done[0].lead_id, consistent=True).touches == 20
    assert len(consent.ledger(**ids, contact_id=contact.id, limit=100)) == 20
    for number in range(20):
        row = runtime.table.get(
            ActivityRecord, Key(partition(workspace.id, "SUBMISSION", str(number)), done[0].lead_id), consistent=True
        )
        assert row is not None


def test_a_token_works_once(runtime: Runtime, workspace: Workspace, post: Any) -> None:
    first = post({"email": "a@example.com"}, extra=beside(workspace, 1))
    with pytest.raises(AlreadyCapturedError) as refused:
        post({"email": "a@example.com", "first_name": "Eva"}, extra=beside(workspace, 1))
    assert isinstance(refused.value.current, ActivityRecord)
    contact = contacts.get_contact(
        table=runtime.table, workspace_id=workspace.id, contact_id=first.contact_id, consistent=True
    )
    assert (contact.version, contact.first_name) == (1, "")


def test_a_later_post_overwrites_nothing_but_the_last_touch(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, post: Any
) -> None:
    first = post({"email": "ana@example.com", "first_name": "Ana", "city": "Vigo"}, tags=["a"])
    clock.advance(days=1)
    stranger = {
        "email": "ANA@example.com", "first_name": "Eve", "last_name": "Il", "city": "Lugo", "country": "es",
        "phone": "600111222",
    }  # fmt: skip
    again = post(stranger, source="newsletter", tags=["b"])
    assert again == Captured(first.contact_id, first.lead_id, False, False)
    contact = contacts.get_contact(
        table=runtime.table, workspace_id=workspace.id, contact_id=first.contact_id, consistent=True
    )
    assert (contact.first_name, contact.last_name, contact.city, contact.country) == ("Ana", "", "Vigo", "ES")
    assert contact.phone == "+34600111222"
    assert contact.tags == {"a", "b"}
    assert contact.first_touch is not None
    assert contact.last_touch is not None
    assert (contact.first_touch.source, contact.last_touch.source) == ("google", "newsletter")
    assert contact.created_at == clock.now() - timedelta(days=1)


def test_a_number_finds_its_contact_but_never_moves(runtime: Runtime, workspace: Workspace, post: Any) -> None:
    owner = post({"email": "ana@example.com", "phone": "600111222"})
    assert post({"phone": "+34 600 111 222"}).contact_id == owner.contact_id
    other = post({"email": "eva@example.com", "phone": "600111222"})
    assert other.contact_id != owner.contact_id
    contact = contacts.get_contact(
        table=runtime.table, workspace_id=workspace.id, contact_id=other.contact_id, consistent=True
    )
    assert contact.phones == ()


def test_a_fresh_yes_counts_after_a_no(runtime: Runtime, clock: FixedClock, workspace: Workspace, post: Any) -> None:
    ids = {"table": runtime.table, "workspace_id": workspace.id}
    captured = post({"email": "ana@example.com"}, consents=[YES], source_ip="203.0.113.7")
    clock.advance(seconds=1)
    consent.withdraw(
        **ids, clock=clock, contact_id=captured.contact_id, purpose="marketing_email", source="link:unsubscribe"
    )
    clock.advance(seconds=1)
    post({"email": "ana@example.com"})
    contact = contacts.get_contact(**ids, contact_id=captured.contact_id, consistent=True)
    assert not contact.consented("marketing_email")
    clock.advance(seconds=1)
    post({"email": "ana@example.com"}, consents=[YES])
    contact = contacts.get_contact(**ids, contact_id=captured.contact_id, consistent=True)
    assert contact.consented("marketing_email")
    ledger = [entry for _, entry in consent.ledger(**ids, contact_id=contact.id)]
    assert [entry.state.value for entry in ledger] == ["granted", "withdrawn", "granted"]
    assert (ledger[2].text, ledger[2].source_ip) == (YES.text, "203.0.113.7")
    assert contact.consents["marketing_email"].ledger_id == ledger[0].id


def test_a_closed_lead_is_followed_by_a_new_one(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, post: Any
) -> None:
    ids = {"table": runtime.table, "workspace_id": workspace.id}
    first = post({"email": "ana@example.com"})
    change = {**ids, "clock": clock, "lead_id": first.lead_id}
    leads.change_lead(**change, version=1, changes={"status": "disqualified", "disqualify_reason": "spam"})
    second = post({"email": "ana@example.com"})
    assert (second.contact_id, second.lead_created) == (first.contact_id, True)
    with pytest.raises(InvalidError) as refused:
        leads.change_lead(**change, version=2, changes={"status": "working"})
    assert refused.value.fields[0].code == "another_open_lead"
    leads.change_lead(**ids, clock=clock, lead_id=second.lead_id, version=1, changes={"status": "qualified"})
    reopened = leads.change_lead(**change, version=2, changes={"status": "working"})
    assert reopened.status.open
    contact = contacts.get_contact(**ids, contact_id=first.contact_id, consistent=True)
    assert contact.open_lead_id == first.lead_id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "values.email"),
        ({"email": "  "}, "values.email"),
        ({"email": "nobody"}, "values.email"),
        ({"phone": "12"}, "values.phone"),
        ({"email": "a@example.com", "first_name": "x" * 101}, "values.first_name"),
    ],
)
def test_what_is_wrong_is_named(post: Any, values: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        post(values)
    assert refused.value.fields[0].field == field


def test_a_reader_that_merges_shards_sees_everybody_in_order(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, post: Any
) -> None:
    made = []
    for number in range(12):
        clock.advance(seconds=1)
        made.append(post({"email": f"n{number}@example.com"}))
    seen: list[str] = []
    position: str | None = None
    while True:
        page, position = list_contacts(runtime=runtime, workspace=workspace, start=position, limit=5)
        seen += [contact.id for contact in page]
        if position is None:
            break
    assert seen == [each.contact_id for each in reversed(made)]
    listed = leads.list_leads(table=runtime.table, workspace=workspace, limit=100)
    assert [lead.id for lead in listed.items] == [each.lead_id for each in reversed(made)]
    start, filled = None, set()
    while True:
        some = contacts.page_of_contacts(table=runtime.table, workspace_id=workspace.id, start=start, limit=2)
        filled |= {contact.id for contact in some.items}
        start = some.next
        if start is None:
            break
    assert filled == set(seen)
