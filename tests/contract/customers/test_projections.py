"""What the projector derives from customers and sales is the same however often and in whatever order changes come."""

import random
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.capture.service import capture
from chalicelib.customers.companies import projections as company_projections
from chalicelib.customers.companies import service as companies
from chalicelib.customers.consent import projections as consent_projections
from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.customers.contacts import projections as contact_projections
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ScoreEntry, Touch
from chalicelib.customers.leads import projections as lead_projections
from chalicelib.customers.leads import service as leads
from chalicelib.customers.search import service as search
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation import projection
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals import projections as deal_projections
from chalicelib.sales.deals import service as deals
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from tests.helpers import Stream, client_of

OURS: dict[str, Any] = {}
for module in (
    contact_projections,
    lead_projections,
    consent_projections,
    company_projections,
    deal_projections,
):
    for kind, functions in module.PROJECTIONS.items():  # type: ignore[attr-defined]
        OURS.setdefault(kind, []).extend(functions)
YES = ConsentGiven("marketing_email", "Quiero recibir novedades.", "1")


@pytest.fixture
def workspace(runtime: Runtime, clock: FixedClock) -> Workspace:
    return create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")


def live(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> dict[str, str]:
    """A contact's life: captured, scored, renamed, moved to a company, qualified, sold to."""
    here = {"table": runtime.table, "workspace_id": workspace.id}
    given = {"table": runtime.table, "clock": clock, "workspace": workspace}
    touch = Touch(at=clock.now(), source="google")
    values = {"email": "ana@example.com", "first_name": "Ana", "last_name": "García", "phone": "600111222"}
    captured = capture(**given, values=values, touch=touch, consents=[YES], source="form:x")
    clock.advance(seconds=1)
    for number, dimension in enumerate(("fit", "engagement")):
        row = ScoreEntry(f"E{number}", clock.now(), 10, "why", "rule", dimension)  # type: ignore[arg-type]
        contacts.add_points(
            **here, contact_id=captured.contact_id, entries=[row], grade_of=lambda fit, all_: f"A{1 + (all_ > 0)}"
        )
        clock.advance(seconds=1)
    company = companies.create_company(
        **given, company_id=runtime.new_id(), values={"name": "Hermanos Núñez", "domain": "nunez.es"}, changed_by="m"
    )
    contact = contacts.get_contact(**here, contact_id=captured.contact_id, consistent=True)
    clock.advance(seconds=1)
    contacts.change_contact(
        **given,
        contact_id=contact.id,
        version=contact.version,
        changes={"last_name": "Pérez", "tags": ["vip", "feria"], "company_id": company.id},
        changed_by="member:1",
    )
    companies.change_company(
        **given, company_id=company.id, version=1,
        changes={"name": "Hijos de Núñez"}, changed_by="m",
    )  # fmt: skip
    clock.advance(seconds=1)
    consent.withdraw(**here, clock=clock, contact_id=contact.id, purpose="marketing_email", source="link")
    leads.change_lead(**here, clock=clock, lead_id=captured.lead_id, version=1, changes={"status": "working"})
    clock.advance(seconds=1)
    leads.change_lead(**here, clock=clock, lead_id=captured.lead_id, version=2, changes={"status": "qualified"})
    pipeline = pipelines.list_pipelines(**given)[0]
    deal = deals.create_deal(
        **given, deal_id=runtime.new_id(), values={"title": "Tienda nueva", "amount": "900", "contact_id": contact.id}
    )
    clock.advance(seconds=1)
    deals.move_deal(**here, clock=clock, deal_id=deal.id, stage_id=pipeline.stages[2].id, version=1)
    return {"contact": contact.id, "lead": captured.lead_id, "company": company.id, "deal": deal.id}


def deliver(runtime: Runtime, records: list[dict[str, Any]]) -> None:
    rejected: list[str] = []
    projection.project(
        {"Records": records},
        projections=OURS,
        table=runtime.table,
        queues=runtime.queues,
        clock=runtime.clock,
        reject=rejected.append,
    )
    assert rejected == []


@pytest.fixture
def state(dynamodb: str, table_name: str) -> Any:
    """All items of a workspace, without what says when the projector ran."""

    def read(workspace_id: str) -> dict[Any, Any]:
        pages = (
            client_of("dynamodb", dynamodb)
            .get_paginator("scan")
            .paginate(
                TableName=table_name,
                FilterExpression="workspace_id = :w",
                ExpressionAttributeValues={":w": {"S": workspace_id}},
            )
        )
        found = {}
        for page in pages:
            for item in page["Items"]:
                kept = ("pk", "sk", "value") if item["kind"]["S"] == "metric" else tuple(item)
                if item["kind"]["S"] != "counted":
                    found[item["pk"]["S"], item["sk"]["S"]] = {name: item[name] for name in kept}
        return found

    return read


@pytest.mark.parametrize("seed", range(3))
def test_each_change_three_times_in_any_order_gives_the_same_table(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream, state: Any, seed: int
) -> None:
    assert isinstance(runtime.queues, FakeQueues)
    live(runtime, clock, workspace)
    records = list(stream.records())
    deliver(runtime, records)
    expected = state(workspace.id)
    facts = {envelope.id: envelope for envelope in runtime.queues.on("scoring")}
    assert {envelope.type for envelope in facts.values()} == {"contact.changed"}

    chance = random.Random(seed)
    shuffled = records * 3
    chance.shuffle(shuffled)
    clock.advance(hours=1)
    while shuffled:
        some, shuffled = shuffled[:7], shuffled[7:]
        deliver(runtime, some)
    assert state(workspace.id) == expected
    assert {envelope.id: envelope for envelope in runtime.queues.on("scoring")} == facts


def test_what_was_derived(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream, state: Any
) -> None:
    started = clock.now()
    ids = live(runtime, clock, workspace)
    deliver(runtime, list(stream.records()))
    here = {"table": runtime.table, "workspace_id": workspace.id}

    page = timeline.timeline(**here, contact_id=ids["contact"], limit=100)
    assert sorted(activity.kind for activity in page.items) == sorted(
        [
            "lead_created", "consent_granted", "score_changed", "score_changed", "tag_added", "tag_added",
            "consent_withdrawn", "lead_status_changed", "lead_status_changed", "deal_created", "deal_stage_changed",
        ]
    )  # fmt: skip
    assert [activity.at for activity in page.items] == sorted((a.at for a in page.items), reverse=True)
    tagged = timeline.timeline(**here, contact_id=ids["contact"], kind="tag_added", limit=1)
    assert tagged.next is not None
    more = timeline.timeline(**here, contact_id=ids["contact"], kind="tag_added", before=tagged.next, limit=1)
    assert {tagged.items[0].data["tag"], more.items[0].data["tag"]} == {"vip", "feria"}

    def found(query: str) -> set[tuple[str, str]]:
        return {(hit.kind, hit.id) for hit in search.search(**here, query=query)}

    contact, lead = ("contact", ids["contact"]), ("lead", ids["lead"])
    deal = ("deal", ids["deal"])
    assert found("perez") == {contact, lead, deal}  # closed or not
    assert found("garcia") == set()
    assert found("600 111") == found("+34600111222") == found("exam ana") == {contact, lead}
    assert found("nun") == {contact, lead, deal, ("company", ids["company"])}
    assert found("hermanos") == {contact, lead}  # the contact keeps the name its company had when it was linked
    assert found("tienda") == {deal}

    numbers = {
        (pk.rpartition("#")[2], sk): int(item["value"]["N"])
        for (pk, sk), item in state(workspace.id).items()
        if "#METRIC#" in pk and "#deals." not in pk  # those are tried in tests/contract/sales
    }
    day = (started + timedelta(hours=1)).date().isoformat()  # the workspace is in Madrid
    assert numbers == {
        ("contacts.created", f"{day}#google"): 1,
        ("leads.created", f"{day}#google"): 1,
        ("leads.status", f"{day}#new"): 1,
        ("leads.status", f"{day}#working"): 1,
        ("leads.status", f"{day}#qualified"): 1,
        ("grades", "now#A1"): 0,
        ("grades", "now#A2"): 1,
    }
