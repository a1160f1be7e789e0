"""Pairs of contacts that may be one person, as the projector keeps them: in whatever order changes come, and however often."""

import random
from typing import Any

import pytest

from chalicelib.customers.capture.service import capture
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Touch
from chalicelib.customers.duplicates import projections as ours
from chalicelib.customers.duplicates import service as duplicates
from chalicelib.customers.duplicates.domain import PairState, Reason
from chalicelib.customers.duplicates.records import PairRecord
from chalicelib.foundation import projection
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import Stream

ANA = {"first_name": "Ana", "last_name": "García", "company_name": "Ejemplo"}


class People:
    """Contacts of one workspace, and what the projector makes of them."""

    def __init__(self, runtime: Runtime, clock: FixedClock, stream: Stream, workspace: Workspace):
        self.runtime, self.clock, self.stream, self.workspace = runtime, clock, stream, workspace
        self.here: dict[str, Any] = {"table": runtime.table, "workspace_id": workspace.id}

    def make(self, **values: Any) -> str:
        self.clock.advance(seconds=1)
        given = {"table": self.runtime.table, "clock": self.clock, "workspace": self.workspace}
        return contacts.create_contact(**given, contact_id=self.runtime.new_id(), values=values).id

    def change(self, contact_id: str, **changes: Any) -> None:
        self.clock.advance(seconds=1)
        present = contacts.get_contact(**self.here, contact_id=contact_id, consistent=True)
        contacts.change_contact(
            table=self.runtime.table, clock=self.clock, workspace=self.workspace, contact_id=contact_id,
            version=present.version, changes=changes,
        )  # fmt: skip

    def project(self) -> None:
        assert self.stream.project(self.runtime, ours.PROJECTIONS) == []

    def open(self) -> dict[frozenset[str], set[Reason]]:
        found, _ = duplicates.list_pairs(**self.here)
        return {frozenset((each.pair.first, each.pair.second)): set(each.pair.reasons) for each in found}


@pytest.fixture
def people(runtime: Runtime, clock: FixedClock, stream: Stream) -> People:
    workspace = create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")
    return People(runtime, clock, stream, workspace)


def test_two_of_one_batch_find_each_other(people: People) -> None:
    one, other, _ = people.make(**ANA), people.make(**ANA), people.make(first_name="Eva", last_name="Ruiz")
    people.project()
    assert people.open() == {frozenset((one, other)): {Reason.NAME_AND_COMPANY}}
    for asked, expected in ((one, other), (other, one)):
        found = duplicates.duplicates_of(**people.here, contact_id=asked)
        assert [(each.contact.id, each.reasons) for each in found] == [(expected, (Reason.NAME_AND_COMPANY,))]


def test_the_same_in_any_order_and_again(people: People, stream: Stream) -> None:
    one, other = people.make(**ANA), people.make(**ANA)
    people.change(one, emails=[{"address": "ana.garcia@ejemplo.es"}])
    people.change(other, emails=[{"address": "ana@ejemplo.es"}])
    third = people.make(**ANA)
    people.change(third, last_name="Ruiz")
    records = list(stream.records())
    expected = {frozenset((one, other)): {Reason.NAME_AND_COMPANY, Reason.NAME_AND_EMAIL_DOMAIN}}
    for seed in range(3):
        shuffled = records * 2
        random.Random(seed).shuffle(shuffled)
        for batch in (shuffled[:4], shuffled[4:]):
            projection.project(
                {"Records": batch}, projections=ours.PROJECTIONS, table=people.runtime.table, queues=FakeQueues(),
                clock=people.clock, reject=pytest.fail,
            )  # fmt: skip
        assert people.open() == expected


def test_pairs_vanish_when_changed_apart(people: People) -> None:
    one, other = people.make(**ANA), people.make(**ANA)
    people.project()
    people.change(other, company_name="Otra")
    people.project()
    assert people.open() == {}
    people.change(other, company_name="Ejemplo")
    people.project()
    assert people.open().keys() == {frozenset((one, other))}


def test_said_to_be_two(people: People) -> None:
    one, other = people.make(**ANA), people.make(**ANA)
    people.project()
    pair_id = "-".join(sorted((one, other)))
    given = {**people.here, "clock": people.clock, "pair_id": pair_id, "actor": "member:eva"}
    assert duplicates.ignore(**given).pair.state is PairState.IGNORED
    assert duplicates.ignore(**given).pair.state is PairState.IGNORED
    people.change(one, phones=[{"number": "+34600111222"}])  # compared again, and still two
    people.project()
    assert people.open() == {}
    assert duplicates.duplicates_of(**people.here, contact_id=one) == []
    ignored, _ = duplicates.list_pairs(**people.here, state=PairState.IGNORED)
    assert [each.pair.id for each in ignored] == [pair_id]
    with pytest.raises(NotFoundError):
        duplicates.ignore(**{**given, "pair_id": f"{other}-{one}"})


def test_a_number_of_somebody_else_is_a_finding(people: People) -> None:
    one, other = people.make(first_name="Ana"), people.make(first_name="Eva")
    people.project()
    for _ in range(2):
        people.runtime.table.write(
            duplicates.phone_finding(
                workspace_id=people.workspace.id, contact_id=other, holder_id=one, now=people.clock.now()
            )
        )
    assert people.open() == {frozenset((one, other)): {Reason.PHONE_OF_OTHER}}
    people.change(other, last_name="Ruiz")  # compared again: a finding stays
    people.project()
    assert people.open() == {frozenset((one, other)): {Reason.PHONE_OF_OTHER}}


def test_a_capture_with_a_number_of_somebody_else_is_a_finding(people: People) -> None:
    one = people.make(first_name="Ana", phones=[{"number": "+34600111222"}])
    given = {"table": people.runtime.table, "clock": people.clock, "workspace": people.workspace}
    values = {"email": "eva@example.com", "first_name": "Eva", "phone": "+34600111222"}
    captured = [capture(**given, values=values, touch=Touch(at=people.clock.now())) for _ in range(2)]
    assert {each.contact_id for each in captured} == {captured[0].contact_id}
    assert people.open() == {frozenset((one, captured[0].contact_id)): {Reason.PHONE_OF_OTHER}}


def test_the_plain_spelling_of_a_tagged_address(people: People) -> None:
    one, other = (
        people.make(emails=[{"address": "ana@ejemplo.es"}]),
        people.make(emails=[{"address": "ana+x@ejemplo.es"}]),
    )
    people.project()
    assert people.open() == {frozenset((one, other)): {Reason.SAME_MAILBOX}}


def test_what_it_costs(people: People) -> None:
    one = people.make(**ANA)
    people.project()
    priced = PricedTable(people.runtime.table)
    contact = contacts.get_contact(**people.here, contact_id=one)
    priced.reset()
    assert duplicates.lookalikes(table=priced, contact=contact) == []
    check("duplicates.none", priced)
    other = people.make(**ANA)
    contact = contacts.get_contact(**people.here, contact_id=other)
    priced.reset()
    assert [each.contact.id for each in duplicates.lookalikes(table=priced, contact=contact)] == [one]
    check("duplicates.lookalikes", priced)
    priced.reset()
    duplicates.settle(
        table=priced, workspace_id=people.workspace.id, contact_id=other, contact=contact, now=people.clock.now()
    )
    check("duplicates.found", priced)
    priced.reset()
    duplicates.duplicates_of(table=priced, workspace_id=people.workspace.id, contact_id=one)
    check("duplicates.of-contact", priced)
    priced.reset()
    duplicates.list_pairs(table=priced, workspace_id=people.workspace.id, limit=10)
    check("duplicates.list", priced)
    rows = people.runtime.table.query(PairRecord, f"W#{people.workspace.id}#DUPLICATE#{one}").items
    assert [row.sk for row in rows] == [other]
