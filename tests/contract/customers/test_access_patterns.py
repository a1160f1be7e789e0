"""Every access pattern of customers costs what docs/data-model.md says, and does what it is for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.capture.service import capture
from chalicelib.customers.companies import service as companies
from chalicelib.customers.companies.listing import list_companies
from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import ConsentGiven, SuppressionReason
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ScoreEntry, Touch
from chalicelib.customers.contacts.listing import list_contacts
from chalicelib.customers.leads import service as leads
from chalicelib.customers.leads.domain import LeadStatus
from chalicelib.customers.search import service as search
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import NOON, Stream, fake_runtime

TOUCH = Touch(
    at=NOON,
    source="google",
    medium="cpc",
    campaign="otoño-2026",
    referrer="https://www.google.com/",
    landing_page="https://www.ejemplo.es/oferta",
    form_id="01JD0000000000000000000001",
)
ANA = {"email": "Ana.Garcia@example.com", "first_name": "Ana", "last_name": "García", "company": "Ejemplo SL"}
YES = ConsentGiven("marketing_email", "Quiero recibir novedades por correo.", "1")


def points(number: int) -> ScoreEntry:
    return ScoreEntry(f"E{number}", NOON + timedelta(seconds=number), 5, "opened", "rule-1", "engagement")


class World:
    """One workspace, one priced table."""

    def __init__(self, runtime: Runtime, workspace: Workspace):
        self.runtime = runtime
        self.priced = PricedTable(runtime.table)
        self.workspace = workspace
        self.clock = runtime.clock
        self.ids = {"workspace_id": workspace.id}
        self.table = {"table": self.priced}
        self.here = {"table": self.priced, "workspace_id": workspace.id}

    def capture(self, values: dict[str, str], **more: Any) -> Any:
        given = {"touch": TOUCH, "consents": [YES], "source": "form:abcdefgh", "source_ip": "203.0.113.7"} | more
        return capture(table=self.priced, clock=self.clock, workspace=self.workspace, values=values, **given)

    def checked(self, name: str, work: Any) -> Any:
        self.priced.reset()
        result = work()
        check(name, self.priced)
        return result


@pytest.fixture
def world(runtime: Runtime, clock: FixedClock) -> World:
    workspace = create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")
    return World(runtime, workspace)


def test_capture(world: World) -> None:
    first = world.checked("capture.new", lambda: world.capture(ANA))
    assert (first.contact_created, first.lead_created) == (True, True)
    world.clock.advance(minutes=1)
    again = world.checked("capture.known", lambda: world.capture(ANA))
    assert again == replace(first, contact_created=False, lead_created=False)
    other = {"email": "b@example.com", "phone": "600 111 222"}
    world.checked("capture.new-with-phone", lambda: world.capture(other))


def test_contacts(world: World) -> None:
    table, workspace, clock = world.priced, world.workspace, world.clock
    company = companies.create_company(
        table=table, clock=clock, workspace=workspace, company_id=world.runtime.new_id(),
        values={"name": "Ejemplo SL"}, changed_by="",
    )  # fmt: skip
    values = {
        "first_name": "Ana",
        "emails": [{"address": "ana@example.com"}],
        "phones": [{"number": "600 111 222"}],
    }
    made = world.checked(
        "contacts.create",
        lambda: contacts.create_contact(
            table=table, clock=clock, workspace=workspace, contact_id=world.runtime.new_id(), values=values
        ),
    )
    ids = {**world.here, "contact_id": made.id}
    world.checked("contacts.get", lambda: contacts.get_contact(**ids))
    world.checked("contacts.get-fresh", lambda: contacts.get_contact(**ids, consistent=True))
    found = world.checked("contacts.by-email", lambda: contacts.find_by_email(**world.here, email="ANA@example.com"))
    assert found == made.id
    change = {"table": table, "clock": clock, "workspace": workspace, "contact_id": made.id}
    changed = world.checked(
        "contacts.change", lambda: contacts.change_contact(**change, version=1, changes={"city": "Cádiz"})
    )
    moved = [{"address": "ana@ejemplo.example"}]
    world.checked(
        "contacts.change-address",
        lambda: contacts.change_contact(**change, version=changed.version, changes={"emails": moved}),
    )
    contacts.change_contact(**change, version=3, changes={"company_id": company.id})
    for number in range(9):
        clock.advance(seconds=1)
        world.capture({"email": f"n{number}@example.com"})
    here = {"runtime": fake_runtime(table, clock=clock), "workspace": workspace, "limit": 10}  # type: ignore[arg-type]
    page, _ = world.checked("contacts.list", lambda: list_contacts(**here))
    assert [each.id for each in page] == sorted((each.id for each in page), reverse=True)
    assert len(page) == 10
    query = {"company_id": company.id}
    own, _ = world.checked("contacts.of-company", lambda: list_contacts(**here, query=query))
    assert [each.id for each in own] == [made.id]
    many = world.checked(
        "contacts.get-many", lambda: contacts.get_contacts(**world.here, contact_ids=[each.id for each in page])
    )
    assert len(many) == 10


def test_scores(world: World) -> None:
    contact_id = world.capture(ANA).contact_id
    given = {**world.here, "contact_id": contact_id, "grade_of": lambda fit, engagement: "B2"}
    world.checked("scores.add", lambda: contacts.add_points(**given, entries=[points(1)]))
    again = contacts.add_points(**given | {"table": world.runtime.table}, entries=[points(1), points(2)])
    assert (again.score_engagement, again.grade) == (10, "B2")
    rows = world.checked(
        "scores.history", lambda: contacts.score_history(**world.here, contact_id=contact_id, limit=10)
    )
    assert [change.total for _, change in rows] == [10, 5]


def test_leads(world: World) -> None:
    table, workspace = world.priced, world.workspace
    captured = [world.capture({"email": f"lead{number}@example.com"}) for number in range(10)]
    lead_id = captured[-1].lead_id
    world.checked("leads.get", lambda: leads.get_lead(**world.here, lead_id=lead_id))
    page = world.checked("leads.list", lambda: leads.list_leads(table=table, workspace=workspace, limit=10))
    assert [lead.id for lead in page.items] == [each.lead_id for each in reversed(captured)]
    world.checked(
        "leads.list-status",
        lambda: leads.list_leads(table=table, workspace=workspace, status=LeadStatus.NEW, limit=10),
    )
    found = world.checked(
        "leads.by-email",
        lambda: leads.find_leads(table=table, workspace=workspace, now=NOON, email="LEAD9@example.com"),
    )
    assert [lead.id for lead in found.items] == [lead_id]
    change = {"table": table, "clock": world.clock, **world.ids, "lead_id": lead_id}
    world.checked("leads.move", lambda: leads.change_lead(**change, version=1, changes={"status": "working"}))
    world.checked("leads.close", lambda: leads.change_lead(**change, version=2, changes={"status": "qualified"}))
    contact = contacts.get_contact(**world.here, contact_id=captured[-1].contact_id, consistent=True)
    assert contact.open_lead_id == ""


def test_consents_and_suppressions(world: World) -> None:
    contact_id = world.capture(ANA).contact_id
    said = {"clock": world.clock, **world.here, "contact_id": contact_id, "purpose": "marketing_email"}
    contact = world.checked("consents.withdraw", lambda: consent.withdraw(**said, source="link:x"))
    assert not contact.consented("marketing_email")
    world.clock.advance(seconds=1)
    contact = world.checked(
        "consents.grant", lambda: consent.grant(**said, source="form:x", text="Sí", text_version="2")
    )
    assert contact.consented("marketing_email")
    rows = world.checked("consents.ledger", lambda: consent.ledger(**world.here, contact_id=contact_id, limit=10))
    assert [entry.state.value for _, entry in rows] == ["granted", "withdrawn", "granted"]
    keyed = {**world.here, "signer": world.runtime.signer}
    world.checked(
        "suppressions.add",
        lambda: consent.suppress(**keyed, clock=world.clock, email="ana@example.com", reason=SuppressionReason.BOUNCED),
    )
    found = world.checked(
        "suppressions.of-ten",
        lambda: consent.suppressed(**keyed, emails=["Ana@example.com", *(f"n{n}@example.com" for n in range(9))]),
    )
    assert {email: each.reason.value for email, each in found.items()} == {"Ana@example.com": "bounced"}


def test_timeline_search_and_what_the_projector_writes(world: World, stream: Stream) -> None:
    captured = world.capture(ANA)
    assert stream.project(world.runtime) == []
    ids = {**world.here, "contact_id": captured.contact_id}
    world.checked(
        "timeline.note",
        lambda: timeline.add_note(**ids, note_id=world.runtime.new_id(), text="Llamar el lunes", actor="member:1"),
    )
    page = world.checked("timeline.list", lambda: timeline.timeline(**ids, limit=10))
    assert {activity.kind for activity in page.items} == {"lead_created", "consent_granted", "note"}
    hits = world.checked("search.word", lambda: search.search(**world.here, query="garc"))
    assert {(hit.kind, hit.id) for hit in hits} == {("contact", captured.contact_id), ("lead", captured.lead_id)}
    hits = world.checked("search.words", lambda: search.search(**world.here, query="ejem GARCÍA"))
    assert len(hits) == 2
    assert search.search(**world.here, query="garcia pedro") == []


def test_companies(world: World) -> None:
    given = {"table": world.priced, "clock": world.clock, "changed_by": "member:1"}
    made = world.checked(
        "companies.create",
        lambda: companies.create_company(
            **given, workspace=world.workspace, company_id=world.runtime.new_id(),
            values={"name": "Ejemplo SL", "domain": "https://www.Ejemplo.es/"},
        ),
    )  # fmt: skip
    assert made.domain == "ejemplo.es"
    world.checked("companies.get", lambda: companies.get_company(**world.here, company_id=made.id))
    world.checked(
        "companies.change",
        lambda: companies.change_company(
            **given, workspace=world.workspace, company_id=made.id, version=1, changes={"city": "Vigo"}
        ),
    )
    runtime = fake_runtime(world.priced, clock=world.clock)  # type: ignore[arg-type]
    page, _ = world.checked(
        "companies.list", lambda: list_companies(runtime=runtime, workspace=world.workspace, limit=10)
    )
    assert [each.city for each in page] == ["Vigo"]
