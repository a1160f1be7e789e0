"""The access patterns of forms, scoring and segments, against docs/data-model.md."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.forms import service as forms
from chalicelib.marketing.forms import tokens
from chalicelib.marketing.forms.domain import ConsentQuestion, Field, FieldType, Form, Page, Post, SubmissionState
from chalicelib.marketing.scoring import service as scoring
from chalicelib.marketing.scoring.consumers import handle
from chalicelib.marketing.segments import filling, projections, service
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import NOON, Stream

PAGE = Page("https://cumbre.example/demo", "https://www.google.com/", {"source": "google", "medium": "cpc"})
VIP = {"all": [{"field": "contact.tag", "op": "is", "value": "vip"}]}


@pytest.fixture
def priced(runtime: Runtime) -> PricedTable:
    """The runtime's table: it counts as AWS does."""
    runtime.__dict__["table"] = priced = PricedTable(runtime.table)
    return priced


@pytest.fixture
def workspace(runtime: Runtime, workspace_id: str, priced: PricedTable) -> Workspace:
    made = settings.create_workspace(table=priced, clock=runtime.clock, workspace_id=workspace_id, name="Acme")
    settings.get_workspace(table=priced, workspace_id=workspace_id)
    return made


@pytest.fixture
def form(runtime: Runtime, workspace: Workspace) -> Form:
    types = (FieldType.EMAIL, FieldType.FIRST_NAME, FieldType.PHONE)
    fields = tuple(Field(each.value, each, {"es": each.value}, each is FieldType.EMAIL) for each in types)
    consent = ConsentQuestion("news", "marketing_email", {"es": "Quiero recibir novedades por correo."})
    made = Form(
        workspace.id, runtime.new_id(), "Demo", fields, NOON, NOON, consents=(consent,), throttle_per_minute=500
    )
    return forms.create_form(table=runtime.table, form=made)


def submit(runtime: Runtime, form: Form, *, trap: str = "", **values: str) -> str:
    token = tokens.issue(runtime.signer, form_key=form.key, nonce=runtime.new_id())
    runtime.clock.advance(seconds=4)  # type: ignore[attr-defined]
    name = token[-30:].lower().replace("_", "a").replace("-", "b")
    post = Post(token, {"email": f"{name}@empresa.example", "first_name": "Ana"} | values, ("news",), PAGE, trap)
    receipt = forms.submit(
        table=runtime.table,
        clock=runtime.clock,
        signer=runtime.signer,
        form=form,
        post=post,
        language="es",
        source_ip="192.0.2.1",
    )
    return receipt.submission_id


def person(runtime: Runtime, workspace: Workspace, number: int, *tags: str) -> Contact:
    return contacts.create_contact(
        table=runtime.table,
        clock=runtime.clock,
        workspace=workspace,
        contact_id=runtime.new_id(),
        values={"first_name": f"N{number}", "emails": [{"address": f"n{number}@x.example"}], "tags": list(tags)},
    )


def test_forms(runtime: Runtime, workspace: Workspace, form: Form, priced: PricedTable) -> None:
    priced.reset()
    forms.public_form(table=priced, form_key=form.key)
    check("forms.find", priced)
    priced.reset()
    other = Form(workspace.id, runtime.new_id(), "Otro", form.fields, NOON, NOON)
    forms.create_form(table=priced, form=other)
    check("forms.create", priced)
    for name, options in (
        ("forms.submit-new", {}),
        ("forms.submit-new-with-phone", {"phone": "+34600111222"}),
        ("forms.submit-suspicious", {"trap": "x"}),
    ):
        priced.reset()
        held = submit(runtime, form, **options)
        check(name, priced)
    where: dict[str, Any] = {"table": priced, "workspace_id": workspace.id, "form_key": form.key}
    priced.reset()
    forms.release(**where, clock=runtime.clock, submission_id=held, released_by="member:x")
    check("forms.release", priced)
    for _ in range(10):
        submit(runtime, form, trap="x")
    priced.reset()
    assert len(forms.list_submissions(**where, state=SubmissionState.QUARANTINED, limit=10)) == 10
    check("forms.quarantine", priced)
    priced.reset()
    assert len(forms.list_submissions(**where, limit=10)) == 10
    check("forms.submissions", priced)


def test_scoring(runtime: Runtime, workspace: Workspace, priced: PricedTable) -> None:
    priced.reset()
    scoring.get_rules(table=priced, workspace_id=workspace.id)
    check("scoring.rules", priced)
    contact = person(runtime, workspace, 1)
    handle(runtime, Envelope("0", "contact.changed", workspace.id, NOON, {"contact_id": runtime.new_id()}))

    def fact(id_: str, minutes: int) -> Envelope:
        at = NOON + timedelta(minutes=minutes)
        return Envelope(id_, "form.submitted", workspace.id, at, {"contact_id": contact.id})

    for name, envelope in (
        ("scoring.first", fact("1", 1)), ("scoring.next", fact("2", 2)), ("scoring.again", fact("2", 2)),
    ):  # fmt: skip
        priced.reset()
        handle(runtime, envelope)
        check(name, priced)


def test_segments(runtime: Runtime, workspace: Workspace, stream: Stream, priced: PricedTable) -> None:
    people = [person(runtime, workspace, number, *(["vip"] if number < 10 else [])) for number in range(200)]
    where: dict[str, Any] = {"table": priced, "workspace_id": workspace.id}
    static = [
        service.create_static(
            **where,
            clock=runtime.clock,
            segment_id=runtime.new_id(),
            name=f"L{number}",
            contact_ids=[each.id for each in people[:40]],
        )
        for number in range(10)
    ]
    for name, read in (
        ("segments.get", lambda: service.get_segment(**where, segment_id=static[0].id)),
        ("segments.list", lambda: service.list_segments(**where, limit=10)),
    ):
        priced.reset()
        read()
        check(name, priced)
    priced.reset()
    page = service.members(**where, segment_id=static[0].id, limit=5)
    assert len(page.contact_ids) == 5
    check("segments.members", priced)
    emails = [each.emails[0].address for each in people[38:46]] + ["nobody@x.example", "none@x.example"]
    priced.reset()
    added = service.add_by_emails(**where, clock=runtime.clock, segment_id=static[0].id, emails=emails)
    assert [each.added for each in added.found] == [False] * 2 + [True] * 6
    assert added.unknown == emails[8:]
    check("segments.add-emails", priced)

    stream.project(runtime, projections.PROJECTIONS)
    priced.reset()
    segment = service.create_dynamic(
        runtime=runtime, workspace_id=workspace.id, segment_id=runtime.new_id(), name="D", conditions=VIP
    )
    check("segments.create-dynamic", priced)
    part = {"segment_id": segment.id, "revision": 1, "part": 0, "parts": 1, "start": "0:", "done": 0, "total": 200}
    priced.reset()
    assert filling.fill(runtime, workspace.id, part) == []
    assert service.get_segment(**where, segment_id=segment.id).count == 10
    check("segments.fill", priced)

    stream.project(runtime, projections.PROJECTIONS)
    for name, changes in (
        ("segments.unseen", {"first_name": "Ana"}),
        ("segments.unmoved", {"tags": ["a"]}),
        ("segments.moved", {"tags": ["vip"]}),
    ):
        moved = contacts.get_contact(**where, contact_id=people[-1].id)
        contacts.change_contact(
            table=priced,
            clock=runtime.clock,
            workspace=workspace,
            contact_id=moved.id,
            version=moved.version,
            changes=changes,
        )
        priced.reset()
        stream.project(runtime, projections.PROJECTIONS)
        check(name, priced)
