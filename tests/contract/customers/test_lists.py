"""Lists say what a look at every record would say: in each order, with each filter, page by page, while shards grow."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.contacts import projections as contact_projections
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact, ScoreEntry, Touch
from chalicelib.customers.contacts.listing import LISTING
from chalicelib.customers.fields import service as fields
from chalicelib.customers.lists import service as lists
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from tests.helpers import NOON, Stream, fake_runtime

PEOPLE = 60
FIRST = ("Ana", "ana maría", "Ángel", "Óscar", "Zoë", "李", "ñandú", "Bea")
TAGS = ("vip", "feria", "web 2", "raro")
COUNTRIES = ("ES", "CO", "MX", "")


class Crowd:
    """A workspace full of people, and those who are still there as they are now."""

    def __init__(self, runtime: Runtime, workspace: Workspace, grown: Workspace):
        self.runtime, self.workspace, self.grown = runtime, workspace, grown

    def everybody(self) -> list[Contact]:
        start, found = None, []
        while True:
            page = contacts.page_of_contacts(
                table=self.runtime.table, workspace_id=self.workspace.id, start=start, limit=100
            )
            found += page.items
            start = page.next
            if start is None:
                return found

    def walk(self, given: Any, sort: str, limit: int) -> list[Contact]:
        conditions = LISTING.conditions(self.runtime, self.workspace.id, given, me="u1")
        found: list[Contact] = []
        start: str | None = None
        for _ in range(400):
            page, start = LISTING.page(self.runtime, self.grown, conditions, sort, start, limit)
            assert len(page) <= limit
            found += page
            if start is None:
                return found
        raise AssertionError("the list does not end")

    def expected(self, given: Any) -> list[Contact]:
        conditions = LISTING.conditions(self.runtime, self.workspace.id, given, me="u1")
        return [each for each in self.everybody() if all(condition.holds(each) for condition in conditions)]


@pytest.fixture(scope="module")
def crowd(dynamodb: str, table: Table, table_name: str) -> Crowd:
    runtime = fake_runtime(table)
    clock = runtime.clock
    assert isinstance(clock, FixedClock)
    stream, dice = Stream(dynamodb, table_name), random.Random(7)
    workspace_id = new_id(NOON)
    create_workspace(table=table, clock=clock, workspace_id=workspace_id, name="x", shards={"contacts": 3})
    size, plan = (
        fields.create_field(
            table=table, clock=clock, workspace_id=workspace_id, field_id=new_id(NOON), changed_by="",
            values={"kind": "contact", "key": key, "name": key, "type": kind, "filterable": True, "options": options},
        )
        for key, kind, options in (("size", "number", []), ("plans", "multi_choice", [{"value": "a"}, {"value": "b"}]))
    )  # fmt: skip
    assert (size.filterable, plan.filterable) == (True, True)
    small, grown = (
        create_workspace(table=fake, clock=clock, workspace_id=workspace_id, name="x", shards={"contacts": shards})
        for fake, shards in ((_Nothing(), 1), (_Nothing(), 3))
    )
    made = []
    for number in range(PEOPLE):
        clock.advance(seconds=1)
        values: dict[str, Any] = {"first_name": dice.choice(FIRST), "last_name": dice.choice(("", "García", "Núñez"))}
        values["country"], values["city"] = dice.choice(COUNTRIES), dice.choice(("", "Cádiz", "Cali"))
        values["tags"] = [tag for tag in TAGS if dice.random() < (0.05 if tag == "raro" else 0.4)]
        values["emails"] = [{"address": f"n{number}@example.com"}]
        custom = {"size": dice.choice((-5, 0, 2.5, 1000)), "plans": ["a", "b"][: dice.randrange(3)]}
        contact = contacts.create_contact(
            table=table,
            clock=clock,
            workspace=small if number < PEOPLE // 2 else grown,  # the list is spread out on the way
            contact_id=new_id(clock.now()),
            values=values | {"custom": custom if dice.random() < 0.7 else {}},
            touch=Touch(clock.now(), source=dice.choice(("google", "direct"))),
        )
        made.append(contact)
        if dice.random() < 0.5:
            points = ScoreEntry(f"E{number}", clock.now(), dice.randrange(-20, 100), "why", "rule", "fit")
            contacts.add_points(
                table=table, workspace_id=workspace_id, contact_id=contact.id, entries=[points],
                grade_of=lambda fit, _: "A1" if fit > 50 else "C3",
            )  # fmt: skip
    assert stream.project(runtime, contact_projections.PROJECTIONS) == []
    for contact in dice.sample(made, 20):  # what has changed stands elsewhere now
        clock.advance(seconds=1)
        contacts.change_contact(
            table=table, clock=clock, workspace=grown, contact_id=contact.id,
            version=contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact.id).version,
            changes={"first_name": dice.choice(FIRST), "tags": ["vip"], "country": None, "custom": {"size": None}},
        )  # fmt: skip
    assert stream.project(runtime, contact_projections.PROJECTIONS) == []
    return Crowd(runtime, small, grown)


class _Nothing:
    """A table that takes everything: for a workspace that is only an object."""

    def create(self, record: Any) -> None:
        """Keep nothing."""


FILTERS: dict[str, list[dict[str, Any]]] = {
    "everybody": [],
    "tag": [{"field": "tag", "op": "is", "value": "VIP"}],
    "rare": [{"field": "tag", "op": "is", "value": "raro"}],
    "two": [{"field": "tag", "op": "is", "value": "vip"}, {"field": "country", "op": "is", "value": "ES"}],
    "either": [{"field": "tag", "op": "in", "value": ["feria", "web 2"]}],
    "not": [{"field": "country", "op": "not", "value": ["ES", "CO"]}],
    "nobody's": [{"field": "owner_id", "op": "is", "value": "none"}],
    "mine": [{"field": "owner_id", "op": "is", "value": "me"}],
    "nowhere": [{"field": "city", "op": "empty"}],
    "somewhere": [{"field": "city", "op": "present"}],
    "begins": [{"field": "name", "op": "begins", "value": "ANÁ"}],
    "named": [{"field": "name", "op": "is", "value": "angel garcia"}],
    "points": [{"field": "score", "op": "at_least", "value": 10}],
    "few points": [{"field": "score", "op": "between", "from": -20, "to": 5}],
    "size": [{"field": "custom.size", "op": "at_most", "value": 0}],
    "negative": [{"field": "custom.size", "op": "is", "value": -5}],
    "no size": [{"field": "custom.size", "op": "empty"}],
    "plans": [{"field": "custom.plans", "op": "in", "value": ["a", "b"]}],
    "planned": [{"field": "custom.plans", "op": "present"}],
    "late": [{"field": "created_at", "op": "at_least", "value": "2026-11-21T12:00:40Z"}],
    "early vips": [
        {"field": "created_at", "op": "at_most", "value": "2026-11-21T12:00:30Z"},
        {"field": "tag", "op": "is", "value": "vip"},
    ],
    "one": [{"field": "email", "op": "is", "value": "N7@Example.com"}],
    "graded": [
        {"field": "grade", "op": "in", "value": ["A1", "C3"]},
        {"field": "source", "op": "is", "value": "google"},
    ],
    "nothing": [{"field": "tag", "op": "is", "value": "nunca"}],
}
SORTS = ("-created", "created", "name", "-name", "score", "-score", "owner")


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(("sort", "limit"), [*itertools.product(SORTS, [7]), ("-created", 100), ("name", 100)])
def test_every_page_of_every_list(crowd: Crowd, name: str, sort: str, limit: int) -> None:
    given = FILTERS[name]
    found, expected = crowd.walk(given, sort, limit), crowd.expected(given)
    assert len({each.id for each in found}) == len(found)
    assert {each.id for each in found} == {each.id for each in expected}
    if sort.endswith("created"):
        order = [each.id for each in found]
    else:
        by = LISTING.sortable(sort.removeprefix("-"))
        order = [f"{next(iter(by.encoded(each)))}\x1f{each.id}" for each in found]
    assert order == sorted(order, reverse=sort.startswith("-"))


@pytest.mark.parametrize("name", FILTERS)
def test_every_count(crowd: Crowd, name: str) -> None:
    conditions = LISTING.conditions(crowd.runtime, crowd.workspace.id, FILTERS[name], me="u1")
    count = LISTING.count(crowd.runtime, crowd.grown, conditions)
    assert count == (len(crowd.expected(FILTERS[name])), True)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("name", ["two", "not", "points", "size", "nothing"])
def test_a_page_reads_so_much_and_leads_on(crowd: Crowd, name: str, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "EXAMINED", 5)
    monkeypatch.setattr(lists, "GATHERED", 1)
    found, expected = crowd.walk(FILTERS[name], sort, 3), crowd.expected(FILTERS[name])
    assert [each.id for each in found] == list(dict.fromkeys(each.id for each in found))
    assert {each.id for each in found} == {each.id for each in expected}


def test_a_count_says_when_it_is_not_exact(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNTED", 20)
    monkeypatch.setattr(lists, "CHECKED", 20)
    assert LISTING.count(crowd.runtime, crowd.grown) == (20, False)
    conditions = LISTING.conditions(crowd.runtime, crowd.workspace.id, FILTERS["not"])
    count, exact = LISTING.count(crowd.runtime, crowd.grown, conditions)
    assert not exact
    assert count <= 20


def test_rows_follow_a_contact_and_go_with_it(
    runtime: Runtime, clock: FixedClock, stream: Stream, table: Table
) -> None:
    workspace = create_workspace(table=table, clock=clock, workspace_id=runtime.new_id(), name="x")
    here = {"table": table, "clock": clock, "workspace": workspace, "contact_id": runtime.new_id()}
    contact = contacts.create_contact(**here, values={"first_name": "Ana", "tags": ["a"]})
    clock.advance(seconds=1)
    changed = contacts.change_contact(**here, version=1, changes={"tags": ["b"], "last_name": "Ruiz"})
    records = list(stream.records())
    for order in (records, records[::-1], records * 2):
        stream_of(runtime, order)
        assert rows_in(table, workspace.id) == LISTING.rows(table, workspace.id, changed)
    clock.advance(seconds=1)
    gone = {"deleted_at": clock.now(), "deleted_by": "member:u1"}
    table.transact([contacts.replace_operation(replace(changed, **gone))])
    stream_of(runtime, list(stream.records()))
    assert rows_in(table, workspace.id) == set()
    assert contact.id == changed.id


def stream_of(runtime: Runtime, records: list[dict[str, Any]]) -> None:
    from chalicelib.foundation import projection

    rejected: list[str] = []
    projection.project(
        {"Records": records}, projections=contact_projections.PROJECTIONS, table=runtime.table,
        queues=runtime.queues, clock=runtime.clock, reject=rejected.append,
    )  # fmt: skip
    assert rejected == []


def rows_in(table: Table, workspace_id: str) -> set[Any]:
    answer = table.raw(
        "Scan",
        {
            "FilterExpression": "kind = :k AND workspace_id = :w",
            "ExpressionAttributeValues": {":k": {"S": "listed"}, ":w": {"S": workspace_id}},
        },
        write=False,
    )
    return {(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]}


def test_time_is_in_ids(clock: FixedClock) -> None:
    moment = clock.now() + timedelta(milliseconds=1)
    low = lists._id_at("2026-11-21T12:00:00Z", 0)
    assert low <= new_id(clock.now()) < new_id(moment)
    assert new_id(clock.now()) <= lists._id_at("2026-11-21T12:00:00Z", (1 << 80) - 1) < new_id(moment)
