"""Records as versions of before 22 November 2026 wrote them: they are read, they count, and they go on living."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Create, Key, Record, partition
from chalicelib.marketing.scoring import consumers as scoring
from chalicelib.marketing.scoring import service as rules
from chalicelib.marketing.scoring.records import RulesRecord, rules_key
from chalicelib.marketing.segments import memberships, service
from chalicelib.marketing.segments.records import (
    BelongingRecord,
    CatalogueRecord,
    CountRecord,
    SegmentRecord,
    catalogue_key,
    count_key,
    segment_key,
)
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from tests.contract.marketing.test_segments_living import Life
from tests.helpers import Stream

FORMER = {"all": [{"field": "consent", "op": "absent"}, {"not": {"field": "tag", "op": "is", "value": "no"}}]}
PRESENT = {
    "all": [
        {"none": [{"field": f"consent.{each}", "op": "is", "value": "granted"} for each in ("marketing_email", "marketing_calls", "privacy_policy")]},
        {"none": [{"field": "contact.tag", "op": "is", "value": "no"}]},
    ]
}  # fmt: skip


@pytest.fixture
def workspace(runtime: Runtime, workspace_id: str) -> Workspace:
    return settings.create_workspace(
        table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, name="Acme", shards={"contacts": 2}
    )


@pytest.fixture
def life(runtime: Runtime, workspace: Workspace, stream: Stream, clock: FixedClock) -> Life:
    return Life(runtime, workspace, stream, clock)


def written(life: Life, record: Record, *without: str, version: int = 1) -> None:
    """Write an item without attributes that the former code did not know."""
    item = life.runtime.table.item_of(Create(record))["Put"]["Item"] | {"version": {"N": str(version)}}
    life.runtime.table.raw("PutItem", {"Item": {k: v for k, v in item.items() if k not in without}}, write=True)


def formerly(life: Life, members: list[Contact]) -> str:
    """A segment that was filled by the former code; its id."""
    segment_id, now = life.runtime.new_id(), life.clock.now()
    where = {"workspace_id": life.workspace.id, "created_at": now}
    key, listed = segment_key(life.workspace.id, segment_id), catalogue_key(life.workspace.id)
    record = SegmentRecord(
        pk=key.pk, sk=key.sk, **where, name="Antes", segment_kind="dynamic", conditions=FORMER, state="ready", shards=4, filled_at=now,
        gsi1pk=partition(life.workspace.id, "SEGMENTS"), gsi1sk=segment_id,
    )  # fmt: skip
    written(life, record, "revision")
    entry = {"conditions": FORMER, "shards": 4}
    written(life, CatalogueRecord(pk=listed.pk, sk=listed.sk, **where, segments={segment_id: entry}))
    for contact in members:
        written(life, memberships.member(life.workspace.id, segment_id, contact.id, 4, now))
    counted = count_key(life.workspace.id, segment_id)
    written(life, CountRecord(pk=counted.pk, sk=counted.sk, **where, members=len(members)))
    return segment_id


def belonging(life: Life, contact: Contact) -> BelongingRecord | None:
    key = Key(partition(life.workspace.id, "C", contact.id), "SEGMENTS")
    return life.runtime.table.get(BelongingRecord, key, consistent=True)


def test_a_segment_is_read_and_its_people_come_and_go(life: Life) -> None:
    staying, leaving, coming = (life.person(n, tags=["no"] if n == 2 else []) for n in range(3))
    life.settle()
    segment_id = formerly(life, [staying, leaving])
    life.settle()
    found = life.now(service.get_segment(**life.here, segment_id=segment_id))
    assert (found.conditions, found.problems, found.count) == (PRESENT, (), 2)
    assert life.inside(found) == {staying.id, leaving.id}
    life.change(leaving.id, tags=["no"])
    life.change(coming.id, tags=[])
    life.settle()
    assert life.inside(found) == {staying.id, coming.id}
    assert belonging(life, staying) is None  # nobody had to look at who did not change


def test_an_edit_finds_who_was_in_before(life: Life) -> None:
    """Who does not meet the new conditions leaves, though only a row ever told that they were in; being in already is no news."""
    in_both, only_before = life.person(1, tags=["vip"]), life.person(2)
    life.settle()
    segment_id = formerly(life, [in_both, only_before])
    segment = service.get_segment(**life.here, segment_id=segment_id)
    for tag in ("vip", "none", "vip"):
        segment = life.edit(segment, {"field": "contact.tag", "op": "is", "value": tag})
        life.settle()
        assert life.inside(segment) == ({in_both.id} if tag == "vip" else set())
    assert life.now(segment).state.value == "ready"
    service.delete_segment(
        table=life.runtime.table, clock=life.clock, workspace_id=life.workspace.id, segment_id=segment_id
    )
    life.settle()
    for shard in range(4):
        assert list(life.runtime.table.keys(partition(life.workspace.id, "SEG", segment_id, str(shard)))) == []


def test_scoring_rules_go_on_counting_and_can_be_saved_again(life: Life) -> None:
    key, now = rules_key(life.workspace.id), life.clock.now()

    def rule(id_: str, dimension: str, when: dict[str, Any], points: int) -> dict[str, Any]:
        return {
            "id": id_,
            "name": id_,
            "dimension": dimension,
            "when": when,
            "points": points,
            "enabled": True,
            "cap": 0,
        }

    kept = [
        rule("country", "fit", {"field": "country", "op": "is", "value": "es"}, 3),
        rule("since", "fit", {"not": {"field": "created_at", "op": "after", "value": "2030-01-01T00:00:00Z"}}, 4),
        rule("broken", "fit", {"field": "of", "op": "nobody", "value": "s"}, 100),
        rule("form", "engagement", {"event": "form.submitted"}, 20),
    ]
    grades = {"a": 30, "b": 15, "one": 40, "two": 15}
    written(
        life,
        RulesRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=life.workspace.id,
            created_at=now,
            rules=kept,
            grades=grades,
            half_life=30,
        ),
        version=2,
    )
    person = life.person(1, country="ES")
    for type_ in ("contact.changed", "form.submitted"):
        scoring.handle(life.runtime, Envelope(type_, type_, life.workspace.id, now, {"contact_id": person.id}))
    scored = contacts.get_contact(**life.here, contact_id=person.id, consistent=True)
    assert (scored.score_fit, scored.score_engagement) == (7, 20)
    found = rules.get_rules(**life.here)
    assert found.rules[0].when == {"field": "contact.country", "op": "is", "value": "es"}
    good = tuple(each for each in found.rules if each.id != "broken")
    rules.put_rules(**life.here, clock=life.clock, ruleset=replace(found, rules=good))
    assert rules.get_rules(**life.here).rules == good
