"""Merges in the table: raw items byte for byte, what follows in other features, what happens at once, and what it costs."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ScoreEntry
from chalicelib.customers.contacts.records import contact_key
from chalicelib.customers.merges import service as merges
from chalicelib.customers.merges.consumers import handle
from chalicelib.customers.privacy import service as privacy
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key
from chalicelib.marketing.scoring import service as scoring
from chalicelib.marketing.scoring.domain import COOLING_DUE, Fact
from chalicelib.marketing.scoring.records import standing_key
from chalicelib.marketing.segments import service as segments
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import Stream


class Two:
    """Two contacts and what one may do with them."""

    def __init__(self, runtime: Runtime, clock: FixedClock, stream: Stream):
        self.runtime, self.clock, self.stream = runtime, clock, stream
        self.workspace = create_workspace(
            table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo"
        )
        self.here: dict[str, Any] = {"table": runtime.table, "workspace_id": self.workspace.id}
        self.first, self.other = self.make("ana@example.com", "Ana"), self.make("ana@example.net", "Anita")

    def make(self, address: str, name: str) -> str:
        self.clock.advance(seconds=1)
        values = {
            "first_name": name,
            "emails": [{"address": address}],
            "tags": [name.lower()],
            "city": f"Casa de {name}",
        }
        given = {"table": self.runtime.table, "clock": self.clock, "workspace": self.workspace}
        return contacts.create_contact(**given, contact_id=self.runtime.new_id(), values=values).id

    def change(self, contact_id: str, **changes: Any) -> None:
        self.clock.advance(seconds=1)
        present = contacts.get_contact(**self.here, contact_id=contact_id, consistent=True)
        given = {"table": self.runtime.table, "clock": self.clock, "workspace": self.workspace}
        contacts.change_contact(**given, contact_id=contact_id, version=present.version, changes=changes)

    def merge(self, **more: Any) -> str:
        self.clock.advance(seconds=1)
        given: dict[str, Any] = {
            **self.here, "clock": self.clock, "followers": self.runtime.parts("merge"), "contact_id": self.first,
            "other_id": self.other, "choices": {}, "merge_id": self.runtime.new_id(), "actor": "member:eva",
        } | more  # fmt: skip
        return merges.merge(**given)[0].id

    def undo(self, merge_id: str, **more: Any) -> Any:
        self.clock.advance(seconds=1)
        return merges.undo(**self.here | more, clock=self.clock, merge_id=merge_id, actor="member:eva")

    def raw(self, key: Key) -> str:
        """An item as it stands, in one way of writing it down (sets have no order)."""
        image = self.runtime.table.image(key)
        return json.dumps(image, sort_keys=True, default=sorted) if image is not None else ""

    def both(self) -> list[str]:
        keys = [
            key(self.workspace.id, each) for each in (self.first, self.other) for key in (contact_key, standing_key)
        ]
        return [self.raw(key) for key in keys]

    def work(self) -> None:
        """The projector and the queue ``jobs``."""
        assert self.stream.project(self.runtime) == []
        queues = self.runtime.queues
        assert isinstance(queues, FakeQueues)
        for envelope in queues.on("jobs"):
            handle(self.runtime, envelope)
        queues.published = [each for each in queues.published if each[0] != "jobs"]

    def score(self, contact_id: str, number: int) -> int:
        self.clock.advance(seconds=1)
        fact = Fact(f"F{number}", "email.clicked", self.clock.now(), {"campaign_id": f"C{number}"})
        return scoring.score(**self.here, clock=self.clock, contact_id=contact_id, fact=fact)


@pytest.fixture
def two(runtime: Runtime, clock: FixedClock, stream: Stream) -> Two:
    return Two(runtime, clock, stream)


def test_both_items_come_back_byte_for_byte(two: Two) -> None:
    assert two.score(two.first, 1)
    assert two.score(two.other, 2)
    before = two.both()
    assert all(before)
    merge_id = two.merge()
    assert two.raw(standing_key(two.workspace.id, two.other)) == ""
    assert two.score(two.first, 3)
    assert two.score(two.other, 4)
    rows = contacts.score_history(**two.here, contact_id=two.first)
    assert len(rows) == 4
    two.work()
    survivor, other = two.undo(merge_id)
    assert two.both() == before
    two.work()
    assert two.both() == before
    assert [len(contacts.score_history(**two.here, contact_id=each.id)) for each in (survivor, other)] == [2, 2]
    assert two.undo(merge_id) == (survivor, other)
    assert two.both() == before


def test_the_audit_of_old_versions_is_not_written_over(two: Two) -> None:
    two.change(two.first, city="Sevilla")
    two.work()
    said = [row.after for row in audit.page_of_subject(**two.here, subject_id=two.first, limit=50).items]
    merge_id = two.merge()
    two.work()
    two.undo(merge_id)
    two.work()
    rows = audit.page_of_subject(**two.here, subject_id=two.first, limit=50).items
    assert [row.after for row in rows][-len(said) :] == said
    done = audit.page_of_subject(**two.here, subject_id=merge_id, limit=50).items
    assert [(row.action, row.after.get("state"), row.actor) for row in done] == [
        ("merge.changed", "undone", "member:eva"),
        ("merge.created", "done", "member:eva"),
    ]


def test_segments_follow(two: Two) -> None:
    given = {"table": two.runtime.table, "clock": two.clock, "workspace_id": two.workspace.id}
    mine, shared = two.runtime.new_id(), two.runtime.new_id()
    segments.create_static(**given, segment_id=mine, name="Suya", contact_ids=[two.other])
    segments.create_static(**given, segment_id=shared, name="De las dos", contact_ids=[two.first, two.other])

    def members(segment_id: str) -> set[str]:
        return set(segments.members(**two.here, segment_id=segment_id, start=None, limit=10).contact_ids)

    merge_id = two.merge()
    two.work()
    two.work()
    assert (members(mine), members(shared)) == ({two.first}, {two.first})
    two.undo(merge_id)
    two.work()
    two.work()
    assert (members(mine), members(shared)) == ({two.other}, {two.first, two.other})


def test_the_other_is_not_cooled_any_more(two: Two) -> None:
    assert two.score(two.other, 1)
    two.merge()
    two.clock.advance(days=30)
    scoring.cool(table=two.runtime.table, clock=two.clock)
    assert two.raw(standing_key(two.workspace.id, two.other)) == ""
    cooling = Fact("cooling", COOLING_DUE, two.clock.now())
    assert scoring.score(**two.here, clock=two.clock, contact_id=two.runtime.new_id(), fact=cooling) == 0


def test_an_address_that_was_taken_away_since_does_not_come_back(two: Two) -> None:
    merge_id = two.merge()
    two.change(two.first, emails=[{"address": "ana@example.com"}, {"address": "nueva@example.com"}])
    third = two.make("ana@example.net", "Tercera")
    survivor, other = two.undo(merge_id)
    assert [each.address for each in survivor.emails] == ["ana@example.com", "nueva@example.com"]
    assert other.emails == ()
    assert contacts.find_by_email(**two.here, email="ana@example.net") == third


def test_a_lead_that_was_closed_since_is_not_open_again(two: Two) -> None:
    open_lead = two.runtime.new_id()
    present = contacts.get_contact(**two.here, contact_id=two.other)
    two.runtime.table.write(contacts.replace_operation(replace(present, open_lead_id=open_lead)))
    merge_id = two.merge()
    survivor = contacts.get_contact(**two.here, contact_id=two.first, consistent=True)
    assert survivor.open_lead_id == open_lead
    two.runtime.table.write(contacts.replace_operation(replace(survivor, open_lead_id="")))
    first, other = two.undo(merge_id)
    assert (first.open_lead_id, other.open_lead_id) == ("", "")


def test_too_much_of_something_is_refused_by_name(two: Two) -> None:
    for contact_id, letter in ((two.first, "a"), (two.other, "b")):
        two.change(contact_id, emails=[{"address": f"{letter}{n}@example.com"} for n in range(11)])
    with pytest.raises(InvalidError) as refused:
        two.merge()
    assert [(each.field, each.code) for each in refused.value.fields] == [("other_id", "too_many_emails")]


def test_more_than_twenty_are_refused_by_name(two: Two) -> None:
    for number in range(20):
        two.merge(other_id=two.make(f"n{number}@example.com", "N") if number else two.other)
        two.change(two.first, emails=[{"address": "ana@example.com"}])
    with pytest.raises(InvalidError) as refused:
        two.merge(other_id=two.make("last@example.com", "N"))
    assert [(each.field, each.code) for each in refused.value.fields] == [("other_id", "too_many_merged")]


def test_two_merges_of_one_contact_at_once(two: Two) -> None:
    third = two.make("tercera@example.com", "Tercera")
    start = threading.Barrier(2)

    def into(survivor: str) -> str:
        start.wait()
        try:
            return two.merge(contact_id=survivor)
        except (InvalidError, NotFoundError) as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(into, (two.first, third)))
    assert sum(each == "InvalidError" for each in outcomes) == 1
    gone = contacts.get_contact(**two.here, contact_id=two.other, gone=True)
    assert gone.merged_into in (two.first, third)


def test_what_is_gone_cannot_be_parted(two: Two) -> None:
    merge_id = two.merge()
    present = contacts.get_contact(**two.here, contact_id=two.first, consistent=True)
    two.runtime.table.write(
        contacts.replace_operation(present.edited(at=two.clock.now(), by="x", deleted_at=two.clock.now()))
    )
    with pytest.raises(ConflictError):
        two.undo(merge_id)


def test_what_it_costs(two: Two) -> None:
    assert two.score(two.other, 1)
    priced = PricedTable(two.runtime.table)
    asked = {"clock": two.clock, "contact_id": two.first, "other_id": two.other, "choices": {}}
    where = {"table": priced, "workspace_id": two.workspace.id}
    priced.reset()
    merges.preview(**where, **asked)
    check("merges.preview", priced)
    priced.reset()
    merge_id = two.merge(table=priced)
    check("merges.merge", priced)
    priced.reset()
    assert len(merges.list_merges(**where, limit=10)) == 1
    check("merges.list", priced)
    priced.reset()
    two.undo(merge_id, table=priced)
    check("merges.undo", priced)
    row = audit.audit_entry(
        workspace_id=two.workspace.id, id="A", at=two.clock.now(), actor="x", action="deal.changed", subject_id="d1"
    )
    two.runtime.table.put(row)
    priced.reset()
    assert len(audit.page_of_subject(**where, subject_id="d1", limit=10).items) == 1
    check("audit.subject", priced)
    consent.suppress(
        table=two.runtime.table, clock=two.clock, signer=two.runtime.signer, workspace_id=two.workspace.id,
        email="x@example.com", reason="manual",
    )  # fmt: skip
    priced.reset()
    assert len(consent.list_suppressions(**where, limit=10)) == 1
    check("suppressions.list", priced)
    two.runtime.__dict__["table"] = priced
    priced.reset()
    job_id = two.runtime.new_id()
    privacy.order_erasure(
        runtime=two.runtime, workspace_id=two.workspace.id, contact_id=two.first, job_id=job_id, actor="member:eva"
    )
    check("erasures.order", priced)


def test_scores_by_hand_are_known(two: Two) -> None:
    entry = ScoreEntry("E1", two.clock.now() + timedelta(seconds=1), 5, "why", "rule", "fit")
    contacts.add_points(**two.here, contact_id=two.first, entries=[entry], grade_of=lambda fit, engagement: "B2")
    before = two.raw(contact_key(two.workspace.id, two.first))
    two.undo(two.merge())
    assert two.raw(contact_key(two.workspace.id, two.first)) == before
