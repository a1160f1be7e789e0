"""Scoring on DynamoDB Local: every fact once, however often and in whatever order it comes."""

import random
from datetime import timedelta

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.scoring import service, store
from chalicelib.marketing.scoring.consumers import handle, tick
from chalicelib.marketing.scoring.domain import Rule, default_rules
from chalicelib.workspaces.settings import service as settings
from infra.local.priced import PricedTable
from tests.helpers import NOON


@pytest.fixture
def contact(runtime: Runtime, workspace_id: str) -> Contact:
    workspace = settings.create_workspace(
        table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, name="Acme", language="es"
    )
    return contacts.create_contact(
        table=runtime.table,
        clock=runtime.clock,
        workspace=workspace,
        contact_id=runtime.new_id(),
        values={"first_name": "Ana", "emails": [{"address": "ana@empresa.example"}], "company_name": "Empresa"},
    )


def fact(contact: Contact, id_: str, type_: str, minutes: float = 0, **data: object) -> Envelope:
    at = NOON + timedelta(minutes=minutes)
    return Envelope(id_, type_, contact.workspace_id, at, {"contact_id": contact.id, **data})


def present(runtime: Runtime, contact: Contact) -> Contact:
    return contacts.get_contact(
        table=runtime.table, workspace_id=contact.workspace_id, contact_id=contact.id, consistent=True
    )


def history(runtime: Runtime, contact: Contact) -> list[tuple[str, int]]:
    rows = contacts.score_history(table=runtime.table, workspace_id=contact.workspace_id, contact_id=contact.id)
    return sorted((change.entry.rule_id, change.entry.points) for _, change in rows)


def test_reasons(runtime: Runtime, contact: Contact) -> None:
    handle(runtime, fact(contact, "f1", "form.submitted", form_id="F"))
    rows = contacts.score_history(table=runtime.table, workspace_id=contact.workspace_id, contact_id=contact.id)
    assert {change.entry.reason for _, change in rows} == {
        "Correo de empresa",
        "Ha dicho su empresa",
        "Ha enviado un formulario",
    }
    scored = present(runtime, contact)
    assert (scored.score_fit, scored.score_engagement, scored.grade) == (25, 20, "B2")


def test_three_times_and_shuffled(runtime: Runtime, contact: Contact) -> None:
    facts = [
        fact(contact, "c1", "contact.changed"),
        fact(contact, "f1", "form.submitted", 1),
        fact(contact, "o1", "email.opened", 2, machine=False),
        fact(contact, "o2", "email.opened", 3, machine=True),
        fact(contact, "k1", "email.clicked", 4),
        fact(contact, "k2", "email.clicked", 5, machine=True),
        fact(contact, "f2", "form.submitted", 6),
        fact(contact, "u1", "campaign.unsubscribed", 7),
    ]
    wanted = [
        ("business_email", 15), ("company_given", 10), ("email_clicked", 8), ("email_opened", 2),
        ("form_submitted", 20), ("form_submitted", 20), ("unsubscribed", -30),
    ]  # fmt: skip
    order = facts * 3
    random.Random(7).shuffle(order)
    for each in order:
        handle(runtime, each)
    scored = present(runtime, contact)
    assert (scored.score_fit, scored.score_engagement, scored.grade) == (25, 20, "B2")
    assert history(runtime, contact) == wanted


def test_cap(runtime: Runtime, contact: Contact) -> None:
    for number in range(20):
        handle(runtime, fact(contact, f"o{number}", "email.opened", number))
    assert present(runtime, contact).score_engagement == 10


def test_cools_down(runtime: Runtime, contact: Contact, clock: FixedClock) -> None:
    handle(runtime, fact(contact, "f1", "form.submitted"))
    handle(runtime, fact(contact, "f2", "form.submitted"))
    for days in range(1, 31):
        clock.set(NOON + timedelta(days=days))
        tick(runtime)
        tick(runtime)
    after = present(runtime, contact)
    rows = [points for rule_id, points in history(runtime, contact) if rule_id == "cooling"]
    assert len(rows) in (4, 5)  # once a week, on a day of the contact's own
    assert sum(rows) == after.score_engagement - 40
    assert round(40 * 2 ** (-30 / 30)) <= after.score_engagement <= round(40 * 2 ** (-23 / 30))
    runtime.table.consumed.reset()
    tick(runtime)
    assert runtime.table.consumed.writes == 0
    runtime.table.consumed.enabled = False


def test_cools_down_again_on_the_day_it_was_late(runtime: Runtime, contact: Contact, clock: FixedClock) -> None:
    """Seen to a week late, a second before the contact's next turn: that turn is taken, too, and nothing stays due."""
    handle(runtime, fact(contact, "f1", "form.submitted"))
    turn = store.next_cooling(contact.id, NOON) + timedelta(days=7)
    for at in (turn - timedelta(seconds=1), turn + timedelta(seconds=1)):
        clock.set(at)
        tick(runtime)
        standing = store.read_standing(runtime.table, contact.workspace_id, contact.id)
        assert standing is not None
        assert standing.warm_at == at
    assert not [
        due for shard in range(store.DUE_SHARDS) for due in store.due(runtime.table, shard, now=clock.now(), limit=9)
    ]


def test_rules(runtime: Runtime, contact: Contact) -> None:
    table, clock, workspace_id = runtime.table, runtime.clock, contact.workspace_id
    rules = service.get_rules(table=table, workspace_id=workspace_id)
    assert rules == default_rules("es")
    handle(runtime, fact(contact, "c1", "contact.changed"))
    assert present(runtime, contact).score_fit == 25
    from dataclasses import replace

    changed = replace(
        rules,
        rules=(Rule("spain", "En España", "fit", {"field": "contact.first_name", "op": "is", "value": "ana"}, 7),),
    )
    stored = service.put_rules(table=table, clock=clock, workspace_id=workspace_id, ruleset=changed)
    assert stored.version == 2
    assert service.get_rules(table=table, workspace_id=workspace_id) == stored
    with pytest.raises(ConflictError) as conflict:
        service.put_rules(table=table, clock=clock, workspace_id=workspace_id, ruleset=changed)
    assert conflict.value.current == stored
    handle(runtime, fact(contact, "c2", "contact.changed", 1))
    assert present(runtime, contact).score_fit == 7
    assert ("company_given", -10) in history(runtime, contact)
    wrong = replace(stored, rules=(Rule("x", "x", "engagement", {"event": "nothing"}, 1), Rule("x", "x", "fit", {}, 1)))
    with pytest.raises(InvalidError) as error:
        service.put_rules(table=table, clock=clock, workspace_id=workspace_id, ruleset=wrong)
    assert [each.field for each in error.value.fields] == ["rules.0.when.event", "rules.1.id", "rules.1.when"]


def test_unknown_contact_is_no_error(runtime: Runtime, contact: Contact) -> None:
    gone = Envelope("x", "form.submitted", contact.workspace_id, NOON, {"contact_id": runtime.new_id()})
    handle(runtime, gone)


def test_capacity(runtime: Runtime, contact: Contact) -> None:
    handle(runtime, fact(contact, "c1", "contact.changed"))
    runtime.__dict__["table"] = priced = PricedTable(runtime.table)
    handle(runtime, fact(contact, "f1", "form.submitted", 1))
    assert priced.parts == ["Replace Contact: 2 + 1", "Create Score: 2 + 0", "Replace Standing: 2 + 1"]
    priced.reset()
    handle(runtime, fact(contact, "f1", "form.submitted", 1))
    assert (priced.writes, priced.reads) == (0, 2)
