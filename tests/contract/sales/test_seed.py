"""The demo's deals are the same every time, and are lived once."""

from collections import Counter
from datetime import timedelta
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals import finding
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.deals.finding import Wanted
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from infra.seed.customers import Town
from infra.seed.people import companies as made_up
from infra.seed.people import people
from infra.seed.sales import make_deals


def demo(runtime: Runtime, clock: FixedClock) -> tuple[Workspace, dict[str, Any]]:
    start = FixedClock(clock.now() - timedelta(days=90))
    workspace = create_workspace(
        table=runtime.table, clock=start, workspace_id=runtime.new_id(), name="Molino", currency="EUR"
    )
    given = {"table": runtime.table, "clock": start, "workspace": workspace}
    firms = made_up()[:3]
    company_ids = [
        companies.create_company(**given, company_id=runtime.new_id(), values={"name": firm.name}, changed_by="").id
        for firm in firms
    ]
    folk = [person for person in people(60, made_up()) if person.company is not None and person.company < 3][:4]
    contact_ids = [
        contacts.create_contact(**given, contact_id=runtime.new_id(), values={"first_name": person.first_name}).id
        for person in folk
    ]
    members.add_member(
        table=runtime.table, clock=start, workspace_id=workspace.id, user_id="u1", email="u1@example.com",
        name="Eva", role=Role.SALES,
    )  # fmt: skip
    return workspace, {"town": Town(company_ids, contact_ids, folk), "owners": ["u1"]}


def all_deals(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> list[Deal]:
    page = finding.find_deals(
        table=runtime.table, clock=clock, workspace=workspace, wanted=Wanted(), position=None, limit=100
    )
    return page.items


def test_the_demo_has_deals_of_every_kind(runtime: Runtime, clock: FixedClock) -> None:
    workspace, given = demo(runtime, clock)
    make_deals(runtime, workspace, clock.now(), **given)
    found = all_deals(runtime, clock, workspace)
    assert len(found) == 64
    kinds = Counter(deal.status.value for deal in found)
    assert all(kinds[status] >= 8 for status in ("open", "won", "lost"))
    assert all(deal.lost_reason for deal in found if deal.status == "lost")
    present = pipelines.all_pipelines(table=runtime.table, workspace_id=workspace.id)
    standing = [(deal, present[deal.pipeline_id].stage(deal.stage_id)) for deal in found if deal.open]
    rotting = [deal for deal, stage in standing if deal.rotting(stage, clock.now())]
    assert 5 <= len(rotting) <= len(standing) / 2
    assert all(len({deal.stage_id for deal, _ in standing if deal.pipeline_id == each}) >= 2 for each in present)
    assert len({deal.expected_close.month for deal, _ in standing if deal.expected_close}) >= 4
    assert {deal.currency for deal in found} == {"EUR", "USD"}
    assert sum(bool(deal.lines) for deal in found) >= 25
    make_deals(runtime, workspace, clock.now(), **given)
    assert all_deals(runtime, clock, workspace) == found
