"""New leads get their owners once, evenly, and whatever comes twice or at once; on DynamoDB Local."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.assignment import consumers, service
from chalicelib.customers.assignment.domain import (
    AssignmentRule,
    AssignmentRules,
    ResponseTarget,
    RuleCondition,
    Strategy,
)
from chalicelib.customers.capture.service import capture
from chalicelib.customers.contacts.domain import Touch
from chalicelib.customers.leads import service as leads
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.mail import MailDeferredError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.members.service import add_member
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import Stream

TEAM = ("ana", "ben", "cai")


@pytest.fixture
def workspace(runtime: Runtime, clock: FixedClock) -> Workspace:
    made = create_workspace(
        table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo", time_zone="Europe/Madrid",
        sender_name="Ejemplo", sender_email="hola@ejemplo.example", postal_address="Calle 1",
    )  # fmt: skip
    for user_id in (*TEAM, "vera"):
        add_member(
            table=runtime.table, clock=clock, workspace_id=made.id, user_id=user_id, email=f"{user_id}@x.example",
            name=user_id.title(), role=Role.VIEWER if user_id == "vera" else Role.SALES,
            language="en" if user_id == "ben" else "es",
        )  # fmt: skip
    return made


def rule(strategy: Strategy, *members: str, when: tuple[RuleCondition, ...] = (), **more: Any) -> AssignmentRule:
    return AssignmentRule(more.pop("id", strategy.value), "Turnos", strategy, members or TEAM, when, **more)


def keep(runtime: Runtime, workspace: Workspace, *rules: AssignmentRule) -> None:
    version = service.get_rules(table=runtime.table, workspace_id=workspace.id).version
    service.set_rules(
        table=runtime.table, clock=runtime.clock, workspace_id=workspace.id, rules=AssignmentRules(rules, version),
        changed_by="member:ana",
    )  # fmt: skip


def post(runtime: Runtime, workspace: Workspace, number: int, source: str = "google") -> str:
    return capture(
        table=runtime.table, clock=runtime.clock, workspace=workspace, values={"email": f"n{number}@example.com"},
        touch=Touch(at=runtime.clock.now(), source=source),
    ).lead_id  # fmt: skip


def owners(runtime: Runtime, workspace: Workspace, lead_ids: list[str]) -> dict[str, str]:
    found = leads.get_leads(table=runtime.table, workspace_id=workspace.id, lead_ids=lead_ids, consistent=True)
    return {lead_id: found[lead_id].owner_id for lead_id in lead_ids}


@pytest.mark.parametrize("strategy", [Strategy.ROUND_ROBIN, Strategy.LEAST_LOADED])
def test_a_hundred_captures_at_once_are_shared_evenly_and_repetition_changes_nothing(
    strategy: Strategy, runtime: Runtime, workspace: Workspace, stream: Stream
) -> None:
    keep(runtime, workspace, rule(strategy))
    with ThreadPoolExecutor(16) as pool:
        lead_ids = list(pool.map(lambda number: post(runtime, workspace, number), range(100)))
    assert stream.project(runtime) == []
    orders = runtime.queues.on("assignment")  # type: ignore[attr-defined]
    assert {order.data["lead_id"] for order in orders} == set(lead_ids)

    def deliver(order: Envelope) -> None:
        consumers.handle(runtime, Envelope.from_json(order.to_json()))

    chance = random.Random(1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, chance.sample(orders, len(orders))))
    first = owners(runtime, workspace, lead_ids)
    counts = Counter(first.values())
    assert set(counts) == set(TEAM)
    assert max(counts.values()) - min(counts.values()) <= 1
    loads = leads.loads_of(table=runtime.table, workspace_id=workspace.id, owner_ids=TEAM)
    assert loads == counts
    again = orders * 3
    chance.shuffle(again)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, again))
    assert owners(runtime, workspace, lead_ids) == first
    assert leads.loads_of(table=runtime.table, workspace_id=workspace.id, owner_ids=TEAM) == loads


def assign(runtime: Runtime, workspace: Workspace, lead_id: str) -> Any:
    return service.assign_lead(table=runtime.table, clock=runtime.clock, workspace=workspace, lead_id=lead_id)


def test_the_least_loaded_is_who_has_fewest_open_leads_now(
    runtime: Runtime, clock: FixedClock, workspace: Workspace
) -> None:
    keep(runtime, workspace, rule(Strategy.LEAST_LOADED))
    made = [assign(runtime, workspace, post(runtime, workspace, number)) for number in range(6)]
    here = {"table": runtime.table, "clock": clock, "workspace_id": workspace.id}
    own = [lead for lead in made if lead.owner_id == "cai"]
    changes = {"status": "disqualified", "disqualify_reason": "No"}
    leads.change_lead(**here, lead_id=own[0].id, version=own[0].version, changes=changes)
    leads.delete_lead(**here, lead_id=own[1].id)
    assert leads.loads_of(table=runtime.table, workspace_id=workspace.id, owner_ids=TEAM) == {
        "ana": 2,
        "ben": 2,
        "cai": 0,
    }
    assert [assign(runtime, workspace, post(runtime, workspace, 10 + n)).owner_id for n in range(2)] == ["cai", "cai"]
    leads.restore_lead(**here, lead_id=own[1].id)
    given = leads.change_lead(**here, lead_id=own[1].id, version=None, changes={"owner_id": "ben"})
    assert (given.owner_id, given.rule_id) == ("ben", "")
    assert leads.loads_of(table=runtime.table, workspace_id=workspace.id, owner_ids=TEAM) == {
        "ana": 2,
        "ben": 3,
        "cai": 2,
    }


def test_only_members_who_may_have_leads_get_them(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> None:
    with pytest.raises(InvalidError) as refused:
        keep(runtime, workspace, rule(Strategy.ROUND_ROBIN, "ana", "vera"))
    assert refused.value.fields[0].field == "rules.0.members.1"
    google = rule(Strategy.FIXED, "ana", "cai", id="google", when=(RuleCondition("source", "is", "google"),))
    keep(runtime, workspace, replace(google, enabled=False), replace(google, id="g2"), rule(Strategy.FIXED, "ben"))
    assert assign(runtime, workspace, post(runtime, workspace, 1)).owner_id == "ana"
    assert assign(runtime, workspace, post(runtime, workspace, 2, "feria")).owner_id == "ben"
    from chalicelib.foundation.http.call import Actor
    from chalicelib.workspaces.members.domain import PERMISSIONS
    from chalicelib.workspaces.members.service import remove_member

    boss = Actor("member", "boss", workspace.id, "owner", frozenset(PERMISSIONS))
    remove_member(table=runtime.table, clock=clock, actor=boss, workspace_id=workspace.id, user_id="ana")
    assert assign(runtime, workspace, post(runtime, workspace, 3)).owner_id == "cai"
    remove_member(table=runtime.table, clock=clock, actor=boss, workspace_id=workspace.id, user_id="cai")
    assert assign(runtime, workspace, post(runtime, workspace, 4)).owner_id == "ben"  # the next rule that has somebody


def test_an_owner_given_by_hand_stays(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> None:
    keep(runtime, workspace, rule(Strategy.ROUND_ROBIN))
    lead_id = post(runtime, workspace, 1)
    leads.change_lead(
        table=runtime.table, clock=clock, workspace_id=workspace.id, lead_id=lead_id, version=1,
        changes={"owner_id": "cai"},
    )  # fmt: skip
    assert assign(runtime, workspace, lead_id).owner_id == "cai"
    assert assign(runtime, workspace, post(runtime, workspace, 2)).owner_id == "ana"  # no turn was lost


def test_rules_of_an_old_version_are_refused(runtime: Runtime, workspace: Workspace) -> None:
    keep(runtime, workspace, rule(Strategy.ROUND_ROBIN))
    for version in (0, 5):
        with pytest.raises(ConflictError) as conflict:
            service.set_rules(
                table=runtime.table, clock=runtime.clock, workspace_id=workspace.id,
                rules=AssignmentRules((), version), changed_by="",
            )  # fmt: skip
        assert conflict.value.current.version == 1


def test_an_overdue_answer_is_told_once(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream
) -> None:
    keep(runtime, workspace, rule(Strategy.FIXED, "ben"))
    service.set_target(
        table=runtime.table, clock=clock, workspace_id=workspace.id, target=ResponseTarget(30, True), changed_by=""
    )
    here = {"table": runtime.table, "workspace_id": workspace.id}
    answered, waiting, called = (assign(runtime, workspace, post(runtime, workspace, number)) for number in range(3))
    assert (waiting.owner_id, waiting.respond_by) == ("ben", clock.now() + timedelta(minutes=30))
    clock.advance(minutes=5)
    leads.change_lead(**here, clock=clock, lead_id=answered.id, version=2, changes={"status": "working"})
    timeline.write_activity(
        **here, about=timeline.About("contact", called.contact_id), things=None, activity_id=runtime.new_id(),
        kind="call", values={"text": "Hola", "direction": "out"}, actor="member:ben",
    )  # fmt: skip
    stream.project(runtime)
    for each in (answered, called):
        assert leads.get_lead(**here, lead_id=each.id, consistent=True).first_response_at == clock.now()

    def overdue() -> list[str]:
        found = leads.find_leads(table=runtime.table, workspace=workspace, now=clock.now(), overdue=True)
        return [lead.id for lead in found.items]

    def told() -> list[str]:
        stream.project(runtime)
        found = timeline.timeline(**here, contact_id=waiting.contact_id, kind="lead_overdue").items
        return [activity.data["owner_id"] for activity in found]

    mailer: Any = runtime.mailer
    consumers.tick(runtime)
    assert (overdue(), mailer.sent) == ([], [])
    clock.advance(minutes=25)
    assert overdue() == [waiting.id]
    mailer.fail = [MailDeferredError("throttled")]
    consumers.tick(runtime)
    assert (told(), mailer.sent) == ([], [])
    for _ in range(3):
        clock.advance(minutes=1)
        consumers.tick(runtime)
    assert told() == ["ben"]
    [(source, recipient, mime, _)] = mailer.sent
    assert (source, recipient) == ("hola@ejemplo.example", "ben@x.example")
    assert b"Subject: n1@example.com is waiting for an answer" in mime
    assert overdue() == [waiting.id]  # told or not
    leads.change_lead(**here, clock=clock, lead_id=waiting.id, version=None, changes={"status": "working"})
    stream.project(runtime)
    assert overdue() == []


def test_what_it_costs(runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream) -> None:
    priced = PricedTable(runtime.table)

    def checked(name: str, work: Any) -> Any:
        priced.reset()
        result = work()
        check(name, priced)
        return result

    given = {"table": priced, "clock": clock, "workspace": workspace}
    service.set_target(
        table=runtime.table, clock=clock, workspace_id=workspace.id, target=ResponseTarget(30, True), changed_by=""
    )
    keep(runtime, workspace, rule(Strategy.ROUND_ROBIN))
    lead_id = post(runtime, workspace, 1)
    checked("assignment.round-robin", lambda: service.assign_lead(**given, lead_id=lead_id))
    checked("assignment.again", lambda: service.assign_lead(**given, lead_id=lead_id))
    keep(runtime, workspace, rule(Strategy.LEAST_LOADED))
    second = post(runtime, workspace, 2)
    checked("assignment.least-loaded", lambda: service.assign_lead(**given, lead_id=second))
    here = {"table": priced, "clock": clock, "workspace_id": workspace.id}
    third = post(runtime, workspace, 3)
    stream.project(runtime)
    clock.advance(minutes=-10)  # other tests' leads wait in the same index
    checked("leads.due", lambda: leads.due_leads(table=priced, now=clock.now(), limit=50))
    clock.advance(minutes=55)
    found = checked(
        "leads.overdue", lambda: leads.find_leads(table=priced, workspace=workspace, now=clock.now(), overdue=True)
    )
    assert {lead.id for lead in found.items} == {lead_id, second}
    own = checked(
        "leads.of-owner",
        lambda: leads.find_leads(table=priced, workspace=workspace, now=clock.now(), owner_id=found.items[0].owner_id),
    )
    assert len(own.items) >= 1
    checked("leads.assign", lambda: leads.change_lead(**here, lead_id=third, version=1, changes={"owner_id": "ana"}))
    checked("leads.delete", lambda: leads.delete_lead(**here, lead_id=third))
    page = checked(
        "leads.bin", lambda: leads.bin_of_leads(table=priced, workspace_id=workspace.id, now=clock.now(), limit=10)
    )
    assert [lead.id for lead in page.items] == [third]
    checked("leads.restore", lambda: leads.restore_lead(**here, lead_id=third))
    checked(
        "leads.create",
        lambda: leads.create_lead(
            **given, lead_id=runtime.new_id(), person={"first_name": "Eva", "email": "eva@example.com"}
        ),
    )
