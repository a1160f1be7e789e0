"""Segments that live: edits, deeds, companies, lists, time and problems, each ending with exactly the right people."""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.fields import service as fields
from chalicelib.customers.lists import service as lists
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.projection import project
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.segments import (
    checking,
    consumers,
    evaluation,
    filling,
    previewing,
    projections,
    service,
    store,
)
from chalicelib.marketing.segments.domain import BUILDERS_LIMIT, Segment
from chalicelib.marketing.sending.records import RecipientRecord, recipient_key
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import Stream


@pytest.fixture
def workspace(runtime: Runtime, workspace_id: str) -> Workspace:
    return settings.create_workspace(
        table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, name="Acme", shards={"contacts": 2}
    )


class Life:
    """One workspace, its stream and its queue."""

    def __init__(self, runtime: Runtime, workspace: Workspace, stream: Stream, clock: FixedClock):
        self.runtime, self.workspace, self.stream, self.clock = runtime, workspace, stream, clock
        self.here: dict[str, Any] = {"table": runtime.table, "workspace_id": workspace.id}

    def person(self, number: int, **values: Any) -> Contact:
        values = {"first_name": f"N{number}", "emails": [{"address": f"n{number}@x.example"}], **values}
        return contacts.create_contact(
            table=self.runtime.table, clock=self.clock, workspace=self.workspace, contact_id=self.runtime.new_id(), values=values
        )  # fmt: skip

    def change(self, contact_id: str, **changes: Any) -> Contact:
        present = contacts.get_contact(**self.here, contact_id=contact_id, consistent=True)
        return contacts.change_contact(
            table=self.runtime.table, clock=self.clock, workspace=self.workspace, contact_id=contact_id,
            version=present.version, changes=changes,
        )  # fmt: skip

    def segment(self, *parts: dict[str, Any], match: str = "all") -> Segment:
        return service.create_dynamic(
            runtime=self.runtime, workspace_id=self.workspace.id, segment_id=self.runtime.new_id(), name="S",
            conditions={match: list(parts)},
        )  # fmt: skip

    def edit(self, segment: Segment, *parts: dict[str, Any]) -> Segment:
        present = self.now(segment)
        return service.change_segment(
            runtime=self.runtime, workspace_id=self.workspace.id, segment_id=segment.id, version=present.version,
            conditions={"all": list(parts)},
        )  # fmt: skip

    def now(self, segment: Segment) -> Segment:
        found = service.get_segment(**self.here, segment_id=segment.id)
        return service.described(runtime=self.runtime, segments=[found])[0]

    def settle(self, *, once: bool = False) -> None:
        """The stream and the queue until nothing is left; each message twice."""
        for _ in range(12):
            assert self.stream.project(self.runtime) == []
            queues = self.runtime.queues
            assert isinstance(queues, FakeQueues)
            waiting, queues.published = queues.published, []
            ours = [(envelope, delay) for queue, envelope, delay in waiting if queue == "segment-fill"]
            for envelope, delay in ours:
                self.clock.advance(seconds=delay)
                consumers.handle(self.runtime, envelope)
                consumers.handle(self.runtime, envelope)
            if once or not (ours or queues.published):
                return

    def tick(self) -> None:
        consumers.tick(self.runtime)
        self.settle()

    def inside(self, segment: Segment) -> set[str]:
        page = service.members(**self.here, segment_id=segment.id, limit=1000)
        found = set(page.contact_ids)
        assert self.now(segment).count == len(found) == len(page.contact_ids)
        return found


@pytest.fixture
def life(runtime: Runtime, workspace: Workspace, stream: Stream, clock: FixedClock) -> Life:
    return Life(runtime, workspace, stream, clock)


def leaf(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": name, "op": op} | ({"value": value} if value is not None else {})


def tag(name: str) -> dict[str, Any]:
    return leaf("contact.tag", "is", name)


def last(amount: int, unit: str = "day") -> dict[str, Any]:
    return {"amount": amount, "unit": unit}


def test_an_edit_ends_with_exactly_the_right_people_whatever_happens_meanwhile(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People change, and the segment is edited again, before any write of any decision; the stream is behind by a random bit."""
    people = [life.person(n, tags=["a"] if n % 2 else ["b"]) for n in range(12)]
    segment = life.segment(tag("a"))
    life.settle()
    assert life.inside(segment) == {person.id for person in people[1::2]}
    random_, left = random.Random(5), [14]
    carry_out = evaluation._Run.carry_out

    def disturbed(run: Any, plans: Any) -> Any:
        if left[0] > 0 and random_.random() < 0.7:
            left[0] -= 1
            life.change(random_.choice(people).id, tags=random_.choice([["a"], ["b"], ["c"], ["a", "b"]]))
            if random_.random() < 0.3:
                life.edit(segment, tag(random_.choice(["a", "b", "c"])))
            if random_.random() < 0.5:
                life.stream.project(life.runtime)
        return carry_out(run, plans)

    monkeypatch.setattr(evaluation._Run, "carry_out", disturbed)
    life.edit(segment, tag("b"))
    life.settle()
    left[0] = 0
    last_words = life.edit(segment, tag("c"))
    life.change(people[3].id, tags=["c"])
    life.settle()
    wanted = {
        person.id for person in people
        if "c" in contacts.get_contact(**life.here, contact_id=person.id, consistent=True).tags
    }  # fmt: skip
    assert life.inside(segment) == wanted
    assert life.now(segment).state.value == "ready"
    assert life.now(segment).revision >= last_words.revision


def test_editing_an_old_version_is_a_conflict(life: Life) -> None:
    segment = life.segment(tag("a"))
    service.change_segment(
        runtime=life.runtime, workspace_id=life.workspace.id, segment_id=segment.id, version=1, name="Otro"
    )
    with pytest.raises(ConflictError) as error:
        service.change_segment(
            runtime=life.runtime, workspace_id=life.workspace.id, segment_id=segment.id, version=1, name="Mío"
        )
    assert isinstance(error.value.current, Segment)
    assert error.value.current.name == "Otro"
    life.settle()
    assert life.now(segment).state.value == "ready"  # a rename fills nothing, and a fill is no edit
    assert life.now(segment).version == 2


def test_an_edit_counts_when_what_it_builds_on_is_edited_at_once(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """The segment has been read for its edit when the other's makes it be filled anew, which is no edit of it and no conflict."""
    a, b = life.person(1, tags=["a", "x"]), life.person(2, tags=["b", "x"])
    base = life.segment(tag("a"))
    upon = life.segment(leaf("segment.member", "is", base.id), tag("nobody"))
    life.settle()
    accept = checking.accept

    def edited_meanwhile(*given: Any, **options: Any) -> Any:
        monkeypatch.setattr(checking, "accept", accept)
        life.edit(base, tag("b"))
        life.settle()
        return accept(*given, **options)

    monkeypatch.setattr(checking, "accept", edited_meanwhile)
    life.edit(upon, leaf("segment.member", "is", base.id), tag("x"))
    life.settle()
    assert (life.inside(base), life.inside(upon)) == ({b.id}, {b.id})
    assert life.now(upon).state.value == "ready"
    life.change(a.id, tags=["b", "x"])
    life.settle()
    assert life.inside(upon) == {a.id, b.id}


def test_as_many_build_on_one_as_can_be_filled_with_it(life: Life) -> None:
    base = life.segment(tag("a"))
    upon = [life.segment(leaf("segment.member", "is", base.id)) for _ in range(BUILDERS_LIMIT - 1)]
    over = life.segment(leaf("segment.member", "is", upon[0].id))
    with pytest.raises(InvalidError) as error:
        life.segment(leaf("segment.member", "is", over.id))
    assert [(each.field, each.code) for each in error.value.fields] == [("conditions", "too_many")]
    other = life.segment(tag("c"))
    with pytest.raises(InvalidError):
        life.edit(other, leaf("segment.member", "is_not", base.id))
    life.edit(base, tag("b"))
    assert {life.now(each).revision for each in (base, *upon, over)} == {2}


def test_conditions_that_no_item_could_hold_are_refused(life: Life) -> None:
    cities = [f"{'ñ' * 150}{number}" for number in range(200)]
    with pytest.raises(InvalidError) as error:
        life.segment(leaf("contact.city", "in", cities))
    assert [(each.field, each.code) for each in error.value.fields] == [("conditions", "too_long")]
    segment = life.segment(leaf("contact.city", "in", cities[:20]))
    with pytest.raises(InvalidError):
        life.edit(segment, leaf("contact.city", "in", cities))


def test_time_alone_moves_people(life: Life) -> None:
    """Found by due times: nobody is looked at before, and a change in between makes no difference."""
    life.clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))
    soon = life.person(1, birthday="1990-11-25")
    later = life.person(2, birthday="1985-12-20")
    life.person(3)
    birthdays = life.segment(leaf("date.birthday", "anniversary_in_next", last(7)))
    fresh = life.segment(leaf("date.created", "in_last", last(3)))
    life.settle()
    assert life.inside(birthdays) == {soon.id}
    assert len(life.inside(fresh)) == 3
    life.clock.set(datetime(2026, 11, 23, 12, tzinfo=UTC))
    life.tick()
    assert (len(life.inside(birthdays)), len(life.inside(fresh))) == (1, 3)
    life.change(soon.id, first_name="Ana")
    life.clock.set(datetime(2026, 11, 24, 12, 1, tzinfo=UTC))
    life.tick()
    assert (life.inside(birthdays), life.inside(fresh)) == ({soon.id}, set())
    life.clock.set(datetime(2026, 11, 25, 23, 1, tzinfo=UTC))  # in Madrid it is the day after
    life.tick()
    assert life.inside(birthdays) == set()
    life.clock.set(datetime(2026, 12, 12, 22, 59, tzinfo=UTC))
    life.tick()
    assert life.inside(birthdays) == set()
    life.clock.set(datetime(2026, 12, 12, 23, 1, tzinfo=UTC))
    life.tick()
    assert life.inside(birthdays) == {later.id}


def test_who_cannot_be_decided_about_holds_up_nobody(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those of the same page, nor those behind it."""
    life.clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))
    monkeypatch.setattr("chalicelib.marketing.segments.records.DUE_SHARDS", 1)
    monkeypatch.setattr(filling, "DUE", 2)
    people = [life.person(n, birthday="1990-11-25") for n in range(6)]
    segment = life.segment(leaf("date.birthday", "anniversary_in_next", last(2)))
    life.settle()
    life.clock.set(datetime(2026, 11, 23, 12, tzinfo=UTC))
    poison, evaluate = {people[0].id, people[2].id, people[3].id}, filling.evaluate

    def failing(table: Any, now: datetime, workspace_id: str, ids: list[str], **options: Any) -> int:
        if poison & set(ids):
            raise ValueError("poison")
        return evaluate(table, now, workspace_id, ids, **options)

    monkeypatch.setattr(filling, "evaluate", failing)
    with pytest.raises(ExceptionGroup) as error:
        filling.due(life.runtime, "", {"shard": 0})
    assert len(error.value.exceptions) == len(poison)
    assert life.inside(segment) == {person.id for person in people} - poison
    poison.clear()
    assert filling.due(life.runtime, "", {"shard": 0}) == []
    assert len(life.inside(segment)) == len(people)


def test_nothing_is_left_of_a_deleted_segment(life: Life) -> None:
    life.person(1, tags=["vip"])
    segment = life.segment(tag("vip"))
    life.settle()
    service.delete_segment(
        table=life.runtime.table, clock=life.clock, workspace_id=life.workspace.id, segment_id=segment.id
    )
    life.settle()
    for partition in (f"SEG#{segment.id}", *(f"SEG#{segment.id}#{shard}" for shard in range(segment.shards))):
        assert list(life.runtime.table.keys(f"W#{life.workspace.id}#{partition}")) == []


def mail(life: Life, contact_id: str, campaign_id: str, **times: datetime) -> None:
    key = recipient_key(life.workspace.id, campaign_id, contact_id, 10)
    record = RecipientRecord(
        pk=key.pk, sk=key.sk, workspace_id=life.workspace.id, created_at=life.clock.now(), campaign_id=campaign_id,
        contact_id=contact_id, state="SENT", state_at=life.clock.now(), email="x@x.example", **times,
    )  # fmt: skip
    life.runtime.table.put(record)


def test_what_people_do(life: Life) -> None:
    people = [life.person(n) for n in range(3)]
    asleep = life.segment(
        leaf("campaign.sent", "did", {}), leaf("campaign.opened", "did_not", {"period": {"in_last": last(30)}})
    )
    life.settle()
    assert life.inside(asleep) == set()
    sent = life.clock.now()
    for person in people[:2]:
        mail(life, person.id, "K1", sent_at=sent)
    life.settle()
    assert life.inside(asleep) == {people[0].id, people[1].id}
    life.clock.advance(minutes=1)
    mail(life, people[0].id, "K1", sent_at=sent, opened_at=sent + timedelta(minutes=1))
    life.settle()
    assert life.inside(asleep) == {people[1].id}
    life.clock.advance(days=30, minutes=1)
    life.tick()
    assert life.inside(asleep) == {people[0].id, people[1].id}
    mail(life, people[0].id, "K1", sent_at=sent, opened_at=sent + timedelta(minutes=1))  # told again: nothing new
    life.settle()
    assert life.inside(asleep) == {people[0].id, people[1].id}


def test_a_company_changes_for_its_people(life: Life) -> None:
    firm = companies.create_company(
        table=life.runtime.table, clock=life.clock, workspace=life.workspace, company_id=life.runtime.new_id(),
        values={"name": "Grande", "size": 5}, changed_by="",
    )  # fmt: skip
    person = life.person(1, company_id=firm.id)
    life.person(2)
    big = life.segment(leaf("company.size", "at_least", 50))
    life.settle()
    assert life.inside(big) == set()
    companies.change_company(
        table=life.runtime.table, clock=life.clock, workspace=life.workspace, company_id=firm.id, version=firm.version,
        changes={"size": 80}, changed_by="",
    )  # fmt: skip
    life.settle()
    assert life.inside(big) == {person.id}
    life.change(person.id, company_id=None)
    life.settle()
    assert life.inside(big) == set()


def test_segments_of_segments(life: Life) -> None:
    a, b = life.person(1, tags=["vip"]), life.person(2, tags=["vip"])
    given: dict[str, Any] = {"table": life.runtime.table, "clock": life.clock, "workspace_id": life.workspace.id}
    listed = service.create_static(**given, segment_id=life.runtime.new_id(), name="Lista", contact_ids=[a.id])
    vips = life.segment(tag("vip"))
    rest = life.segment(leaf("segment.member", "is", vips.id), leaf("segment.member", "is_not", listed.id))
    life.settle()
    assert life.inside(rest) == {b.id}
    service.add_contacts(**given, segment_id=listed.id, contact_ids=[b.id])
    service.remove_contacts(**given, segment_id=listed.id, contact_ids=[a.id])
    life.settle()
    assert life.inside(rest) == {a.id}
    life.change(a.id, tags=["x"])
    life.settle()
    assert life.inside(rest) == set()
    life.edit(vips, tag("x"))
    life.settle()
    assert (life.inside(vips), life.inside(rest)) == ({a.id}, {a.id})
    with pytest.raises(InvalidError) as circle:
        life.edit(vips, leaf("segment.member", "is", rest.id))
    assert [each.code for each in circle.value.fields] == ["circle"]
    with pytest.raises(InvalidError) as used:
        service.delete_segment(**given, segment_id=listed.id)
    assert [each.code for each in used.value.fields] == ["in_use"]


def test_a_segment_whose_field_is_gone_says_so_and_counts_nobody(life: Life) -> None:
    field = fields.create_field(
        table=life.runtime.table, clock=life.clock, workspace_id=life.workspace.id, field_id=life.runtime.new_id(),
        values={"kind": "contact", "name": "Plan", "key": "plan", "type": "text"}, changed_by="",
    )  # fmt: skip
    person = life.person(1, custom={"plan": "oro"})
    segment = life.segment(leaf("custom.plan", "is", "oro"))
    builds = life.segment({"none": [leaf("segment.member", "is", segment.id)]})
    life.settle()
    assert (life.inside(segment), life.inside(builds)) == ({person.id}, set())
    fields.archive_field(
        table=life.runtime.table, clock=life.clock, queues=life.runtime.queues, workspace_id=life.workspace.id,
        field_id=field.id, version=None, purge=False, changed_by="",
    )  # fmt: skip
    life.settle()
    found = life.now(segment)
    assert (found.count, life.inside(segment)) == (0, set())
    assert [(each.field, each.code, each.about) for each in found.problems] == [
        ("conditions.all.0.field", "gone", "custom.plan")
    ]
    assert life.inside(builds) == set()  # who builds on it does not count everybody
    assert [each.code for each in life.now(builds).problems] == ["broken"]
    life.edit(segment, leaf("contact.first_name", "is", "n1"))
    life.settle()
    assert (life.now(segment).problems, life.inside(segment)) == ((), {person.id})
    life.settle()
    assert (life.now(builds).problems, life.inside(builds)) == ((), set())


def frozen(life: Life, segment: Segment) -> Segment:
    return service.freeze(
        runtime=life.runtime, workspace_id=life.workspace.id, segment_id=segment.id, copy_id=life.runtime.new_id(), name="Copia",
        changed_by="",
    )  # fmt: skip


def test_frozen(life: Life) -> None:
    people = [life.person(n, tags=["vip"]) for n in range(5)]
    segment = life.segment(tag("vip"))
    with pytest.raises(InvalidError) as unfilled:
        frozen(life, segment)
    assert [each.code for each in unfilled.value.fields] == ["filling"]
    life.settle()
    copy = frozen(life, segment)
    assert copy.state.value == "filling"
    with pytest.raises(InvalidError) as copied:
        service.delete_segment(**life.here, clock=life.clock, segment_id=segment.id)
    assert [(each.code, "Copia" in each.message) for each in copied.value.fields] == [("being_copied", True)]
    life.settle()
    life.change(people[0].id, tags=["x"])
    life.settle()
    assert life.inside(copy) == {person.id for person in people}
    assert len(life.inside(segment)) == 4
    assert (life.now(copy).kind, life.now(copy).state.value) == ("static", "ready")
    service.delete_segment(**life.here, clock=life.clock, segment_id=segment.id)
    life.settle()
    assert life.inside(copy) == {person.id for person in people}


@pytest.mark.parametrize("pages", [0, 1])
def test_what_is_gone_before_it_was_copied_whole_leaves_no_part_of_it(
    life: Life, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """Whoever deletes a segment in the moment in which another freezes it is not always told."""
    monkeypatch.setattr(filling, "PAGE", 2)
    monkeypatch.setattr(filling, "PAGES", 1)
    for number in range(5):
        life.person(number, tags=["vip"])
    segment = life.segment(tag("vip"))
    life.settle()
    copy = frozen(life, segment)
    for _ in range(1 + pages):
        life.settle(once=True)
    store.delete(life.runtime.table, life.now(segment), life.clock.now())
    life.settle()
    with pytest.raises(NotFoundError):
        life.now(copy)
    queues = life.runtime.queues
    assert isinstance(queues, FakeQueues)
    assert queues.published == []


def test_a_timeline_tells_where_somebody_came_in_and_went_out(life: Life) -> None:
    """Of who was found by a fill it tells nothing, nor when a change comes again; it goes with the person."""
    found, person = life.person(1, tags=["vip"]), life.person(2)
    life.settle()
    segment = life.segment(tag("vip"))
    life.settle()
    for tags in (["vip"], ["vip", "x"], []):
        life.clock.advance(minutes=1)
        life.change(person.id, tags=tags)
        life.settle()

    def told(contact: Contact) -> list[tuple[str, Any]]:
        page = timeline.timeline(**life.here, contact_id=contact.id, filters=timeline.Filters(kinds))
        return [(each.kind, each.data["segment_name"]) for each in page.items]

    kinds = frozenset({"segment_entered", "segment_left"})
    assert told(person) == [("segment_left", segment.name), ("segment_entered", segment.name)]
    assert told(found) == []


def test_progress_is_shown_and_who_is_gone_leaves(life: Life) -> None:
    person = life.person(1, tags=["vip"])
    segment = life.segment(tag("vip"))
    assert life.now(segment).progress is not None
    life.settle()
    assert (life.now(segment).progress, life.inside(segment)) == (None, {person.id})
    present = contacts.get_contact(**life.here, contact_id=person.id)
    contacts.delete_contact(
        table=life.runtime.table, clock=life.clock, workspace_id=life.workspace.id, contact_id=person.id,
        version=present.version, deleted_by="",
    )  # fmt: skip
    life.settle()
    assert life.inside(segment) == set()


def test_up_to_the_limit_everybody_is_tried_and_beyond_it_the_sample_is(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit that is promised is the list's own: as many as it counts one by one."""
    assert lists.COUNTED == previewing.EXACT == 10_000
    monkeypatch.setattr(lists, "COUNTED", 3)
    monkeypatch.setattr(previewing, "EVERY", 1)

    def found() -> tuple[bool, int]:
        life.settle()
        looked = service.preview(runtime=life.runtime, workspace_id=life.workspace.id, conditions={"all": [tag("vip")]})
        return looked.exact, looked.count

    for number in range(3):
        life.person(number, tags=["vip"])
    assert found() == (True, 3)
    life.person(3)
    assert found() == (False, 3)


def test_contacts_that_are_older_than_the_sample_come_into_it(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a segment is filled the first of the list are tried; a reckoning of nobody would be wrong."""
    monkeypatch.setattr(lists, "COUNTED", 3)
    monkeypatch.setattr(previewing, "EVERY", 1)
    for number in range(6):
        life.person(number, tags=["vip"])
    life.settle()
    life.runtime.table.write_many([], deletes=life.runtime.table.keys(f"W#{life.workspace.id}#SAMPLE"))

    def found() -> tuple[bool, int, int]:
        looked = service.preview(runtime=life.runtime, workspace_id=life.workspace.id, conditions={"all": [tag("vip")]})
        return looked.exact, looked.evaluated, looked.count

    assert found() == (False, 6, 3)  # of at least three
    life.segment(tag("vip"))
    life.settle()
    assert len(list(life.runtime.table.keys(f"W#{life.workspace.id}#SAMPLE"))) == 6
    assert found() == (False, 6, 6)


def test_many_contacts_are_reckoned_from_a_sample(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """With everybody in the sample the reckoning is exact, and it is labelled all the same."""
    monkeypatch.setattr(previewing, "EVERY", 1)
    monkeypatch.setattr(previewing, "LISTING", SimpleNamespace(count=lambda *_: (10_000, False)))
    monkeypatch.setattr("chalicelib.marketing.segments.store.sampled", lambda *_: 20_000)
    for number in range(12):
        life.person(number, tags=["vip"] if number < 3 else [])
    life.settle()
    found = service.preview(runtime=life.runtime, workspace_id=life.workspace.id, conditions={"all": [tag("vip")]})
    assert (found.exact, found.evaluated, found.total, found.count) == (False, 12, 20_000, 5_000)
    assert len(found.sample) == 3


def test_capacity(life: Life) -> None:
    """What a deed and a moment cost: docs/data-model.md."""
    priced = PricedTable(life.runtime.table)
    person = life.person(1, birthday="1990-11-25")
    life.segment(leaf("campaign.opened", "did", {}))
    life.segment(leaf("date.birthday", "anniversary_in_next", last(2)))
    life.settle()
    sent = life.clock.now()
    mail(life, person.id, "K0", sent_at=sent)
    life.settle()
    life.runtime.__dict__["table"] = priced
    mail(life, person.id, "K1", sent_at=sent)
    priced.reset()
    assert project_once(life) == []
    check("segments.deed", priced)
    life.settle()
    priced.reset()
    consumers.tick(life.runtime)
    check("segments.due-nobody", priced)
    life.clock.set(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
    [shard] = [n for n in range(8) if filling.anybody_due(life.runtime.table, n, life.clock.now())]
    priced.reset()
    assert filling.due(life.runtime, "", {"shard": shard}) == []
    check("segments.due", priced)


def project_once(life: Life) -> list[str]:
    """The projections of segments on what has happened, without what follows from them."""
    rejected: list[str] = []
    project(
        {"Records": list(life.stream.records())},
        projections=projections.PROJECTIONS,
        table=life.runtime.table,
        queues=FakeQueues(),
        clock=life.clock,
        reject=rejected.append,
    )
    return rejected
