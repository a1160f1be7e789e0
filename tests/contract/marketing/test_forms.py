"""What a post of a form costs and what follows from it, on DynamoDB Local."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.projection import MetricRecord, metric_key, project
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.forms import projections, service, tokens
from chalicelib.marketing.forms.domain import (
    ConsentQuestion,
    Counts,
    Field,
    FieldType,
    Form,
    Page,
    Post,
    Submission,
    SubmissionState,
)
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from infra.local.priced import PricedTable
from tests.helpers import NOON, Stream

PAGE = Page(
    "https://cumbre.example/demo?utm_source=google&utm_medium=cpc&utm_campaign=otono",
    "https://www.google.com/",
    {"source": "google", "medium": "cpc", "campaign": "otono"},
)


@pytest.fixture
def workspace(runtime: Runtime, workspace_id: str) -> Workspace:
    return settings.create_workspace(table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, name="Acme")


@pytest.fixture
def form(runtime: Runtime, workspace: Workspace) -> Form:
    types = (FieldType.EMAIL, FieldType.FIRST_NAME, FieldType.LAST_NAME, FieldType.COMPANY, FieldType.PHONE)
    fields = tuple(Field(each.value, each, {"es": each.value}, each is FieldType.EMAIL) for each in types)
    consent = ConsentQuestion("news", "marketing_email", {"es": "Quiero recibir novedades por correo."})
    made = Form(
        workspace.id, runtime.new_id(), "Demo", fields, NOON, NOON, consents=(consent,), throttle_per_minute=1000
    )
    return service.create_form(table=runtime.table, form=made)


@pytest.fixture
def priced(runtime: Runtime, form: Form) -> PricedTable:
    """The runtime's table from now on: it counts as AWS does."""
    runtime.__dict__["table"] = priced = PricedTable(runtime.table)
    return priced


def submit(runtime: Runtime, form: Form, number: int, *, trap: str = "", **values: str) -> str:
    token = tokens.issue(runtime.signer, form_key=form.key, nonce=runtime.new_id())
    runtime.clock.advance(seconds=4)  # type: ignore[attr-defined]
    values = {
        "email": f"ana{number}@empresa.example",
        "first_name": "Ana",
        "last_name": "Núñez",
        "company": "Empresa",
    } | values
    post = Post(token, values, ("news",), PAGE, trap)
    return service.submit(
        table=runtime.table,
        clock=runtime.clock,
        signer=runtime.signer,
        form=form,
        post=post,
        language="es",
        source_ip="192.0.2.1",
    ).submission_id


def submission(runtime: Runtime, form: Form, id_: str) -> Submission:
    found = service.list_submissions(table=runtime.table, workspace_id=form.workspace_id, form_key=form.key)
    return next(each for each in found if each.id == id_)


def test_units_of_a_new_person(runtime: Runtime, form: Form, priced: PricedTable) -> None:
    submit(runtime, form, 1)
    throttle, *parts = priced.parts
    assert throttle.endswith(": 1 + 0")
    assert parts == [
        "Create Contact: 2 + 1", "Create Lead: 2 + 1", "Create Claim: 2 + 0", "Create Ledger: 2 + 0", "Create Accepted: 2 + 0",
    ]  # fmt: skip
    assert priced.writes == 13
    assert priced.reads <= 2


def test_units_of_a_known_person(runtime: Runtime, form: Form, priced: PricedTable) -> None:
    submit(runtime, form, 2)
    priced.reset()
    submit(runtime, form, 2)
    assert priced.writes <= 14  # with its second touch the contact outgrows a kilobyte


def test_units_of_quarantine_and_refusal(runtime: Runtime, form: Form, priced: PricedTable) -> None:
    submit(runtime, form, 3, trap="x")
    assert priced.parts[1:] == ["Create Quarantined: 1 + 1"]
    assert priced.writes == 3
    priced.reset()
    with pytest.raises(InvalidError):
        submit(runtime, form, 3, phone="x")
    assert priced.writes == 0


def test_what_follows(runtime: Runtime, form: Form, workspace: Workspace, stream: Stream) -> None:
    """Every change three times and the batches shuffled: once in the numbers, once in the timeline, one fact."""
    accepted = [submit(runtime, form, number) for number in range(3)]
    held = [submit(runtime, form, number, trap="x") for number in range(3, 5)]
    service.release(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace.id,
        form_key=form.key,
        submission_id=held[0],
        released_by="member:x",
    )
    records = list(stream.records()) * 3
    random.Random(5).shuffle(records)
    queues = FakeQueues()
    for at in range(0, len(records), 7):
        project(
            {"Records": records[at : at + 7]},
            projections=projections.PROJECTIONS,
            table=runtime.table,
            queues=queues,
            clock=runtime.clock,
            reject=pytest.fail,
        )
    counts = service.counts(table=runtime.table, workspace_id=workspace.id, form_keys=[form.key])
    assert counts == {form.key: Counts(accepted=4, quarantined=1)}
    day = metric_key(workspace.id, "submissions.accepted", "2026-11-21", form.key)
    metric = runtime.table.get(MetricRecord, day)
    assert metric is not None
    assert metric.value == 4
    facts = {envelope.id: envelope for envelope in queues.on("scoring")}
    assert set(facts) == {f"form.submitted:{id_}" for id_ in [*accepted, held[0]]}
    for id_ in (accepted[0], held[0]):
        found = submission(runtime, form, id_)
        assert facts[f"form.submitted:{id_}"].data["contact_id"] == found.contact_id
        page = timeline.timeline(table=runtime.table, workspace_id=workspace.id, contact_id=found.contact_id)
        entries = [each for each in page.items if each.kind == "form_submitted"]
        assert [(each.id, each.data["form_name"]) for each in entries] == [(id_, "Demo")]


def test_released_with_the_time_and_the_consent_it_had(
    runtime: Runtime, form: Form, workspace: Workspace, clock: FixedClock
) -> None:
    id_ = submit(runtime, form, 9, trap="x")
    at = clock.now()
    clock.advance(days=3)
    released = service.release(
        table=runtime.table,
        clock=clock,
        workspace_id=workspace.id,
        form_key=form.key,
        submission_id=id_,
        released_by="member:x",
    )
    assert (released.state, released.at, released.released_at) == (SubmissionState.ACCEPTED, at, at + timedelta(days=3))
    person = contacts.get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=released.contact_id)
    assert person.first_touch is not None
    assert person.first_touch.at == at
    assert person.consented("marketing_email")


def test_a_changed_wording_is_not_agreed_to_afterwards(
    runtime: Runtime, form: Form, workspace: Workspace, clock: FixedClock
) -> None:
    id_ = submit(runtime, form, 10, trap="x")
    other = ConsentQuestion("news", "marketing_email", {"es": "Y llamadas."})
    service.change_form(table=runtime.table, clock=clock, form=replace(form, consents=(other,)))
    released = service.release(
        table=runtime.table,
        clock=clock,
        workspace_id=workspace.id,
        form_key=form.key,
        submission_id=id_,
        released_by="member:x",
    )
    person = contacts.get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=released.contact_id)
    assert not person.consented("marketing_email")


def test_cost_of_reading(runtime: Runtime, form: Form) -> None:
    """A form is believed for 30 seconds: one query of half a unit for all requests of that time."""
    reads: list[Any] = []
    for _ in range(3):
        runtime.table.consumed.reset()
        service.public_form(table=runtime.table, form_key=form.key)
        reads.append(runtime.table.consumed.reads)
    runtime.table.consumed.enabled = False
    assert reads == [0.5, 0, 0]
