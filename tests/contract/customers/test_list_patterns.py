"""What lists, counts, the bin, custom fields and views cost, as docs/data-model.md says."""

from typing import Any

import pytest

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import projections as contact_projections
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.listing import LISTING, list_contacts
from chalicelib.customers.fields import service as fields
from chalicelib.customers.views import service as views
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import Stream, fake_runtime

RARE = [{"field": "tag", "op": "is", "value": "raro"}]
VIP = [{"field": "tag", "op": "is", "value": "vip"}]
POINTS = [{"field": "score", "op": "at_least", "value": 0}]


class Priced:
    """A workspace, and what is done in it with its price."""

    def __init__(self, runtime: Runtime, clock: FixedClock, workspace: Workspace):
        self.table = PricedTable(runtime.table)
        self.runtime = fake_runtime(self.table, clock=clock, parts=runtime.parts)  # type: ignore[arg-type]
        self.clock, self.workspace = clock, workspace
        self.here = {"table": self.table, "clock": clock, "workspace": workspace}

    def checked(self, name: str, work: Any) -> Any:
        self.table.reset()
        result = work()
        check(name, self.table)
        return result

    def listed(self, **asked: Any) -> list[Any]:
        found, _ = list_contacts(runtime=self.runtime, workspace=self.workspace, limit=10, **asked)
        return found

    def counted(self, given: Any) -> tuple[int, bool]:
        conditions = LISTING.conditions(self.runtime, self.workspace.id, given)
        return LISTING.count(self.runtime, self.workspace, conditions)


@pytest.fixture
def priced(runtime: Runtime, clock: FixedClock) -> Priced:
    workspace = create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")
    return Priced(runtime, clock, workspace)


def test_lists(priced: Priced, runtime: Runtime, stream: Stream) -> None:
    for number in range(30):
        priced.clock.advance(seconds=1)
        contacts.create_contact(
            **priced.here,
            contact_id=runtime.new_id(),
            values={
                "first_name": f"Ana {number:02}",
                "emails": [{"address": f"ana{number}@example.com"}],
                "tags": ["vip", "raro"] if number % 10 == 0 else ["vip"],
            },
        )
    assert stream.project(runtime, contact_projections.PROJECTIONS) == []
    priced.listed(conditions=VIP)  # so that the catalogue of fields is known
    assert len(priced.checked("contacts.by-tag", lambda: priced.listed(conditions=VIP))) == 10
    assert len(priced.checked("contacts.by-rarest", lambda: priced.listed(conditions=VIP + RARE))) == 3
    assert len(priced.checked("contacts.by-name", lambda: priced.listed(sort="name"))) == 10
    found = priced.checked("contacts.by-tag-and-name", lambda: priced.listed(conditions=RARE, sort="-name"))
    assert [each.first_name for each in found] == ["Ana 20", "Ana 10", "Ana 00"]
    assert len(priced.checked("contacts.in-range", lambda: priced.listed(conditions=POINTS))) == 10
    assert priced.checked("contacts.count", lambda: priced.counted(VIP)) == (30, True)
    assert priced.checked("contacts.count-two", lambda: priced.counted(VIP + RARE)) == (3, True)
    assert priced.checked("contacts.count-all", lambda: priced.counted(None)) == (30, True)


def test_the_bin(priced: Priced, runtime: Runtime) -> None:
    values = {"first_name": "Ana", "emails": [{"address": "ana@example.com"}]}
    contact = contacts.create_contact(**priced.here, contact_id=runtime.new_id(), values=values)
    ids = {"table": priced.table, "clock": priced.clock, "contact_id": contact.id}
    priced.checked(
        "contacts.delete",
        lambda: contacts.delete_contact(**ids, workspace_id=priced.workspace.id, deleted_by="member:1"),  # type: ignore[arg-type]
    )
    assert len(priced.checked("contacts.bin", lambda: priced.listed(deleted=True))) == 1
    priced.checked(
        "contacts.restore",
        lambda: contacts.restore_contact(**ids, workspace=priced.workspace, restored_by="member:1"),  # type: ignore[arg-type]
    )
    company = companies.create_company(
        **priced.here, company_id=runtime.new_id(), values={"name": "x", "domain": "x.es"}, changed_by=""
    )
    contacts.change_contact(**priced.here, contact_id=contact.id, version=3, changes={"company_id": company.id})
    priced.checked(
        "companies.contacts-follow",
        lambda: contacts.follow_company(
            table=priced.table, clock=priced.clock, workspace_id=priced.workspace.id, company_id=company.id,
            name="Otro", after="", limit=200,
        ),
    )  # fmt: skip


def test_fields_and_views(priced: Priced, runtime: Runtime) -> None:
    ids = {"table": priced.table, "clock": priced.clock, "workspace_id": priced.workspace.id}
    size = {"kind": "contact", "name": "Tamaño", "type": "number"}
    priced.checked(
        "fields.create",
        lambda: fields.create_field(**ids, field_id=runtime.new_id(), values=size, changed_by=""),  # type: ignore[arg-type]
    )
    found = priced.checked(
        "fields.list", lambda: fields.list_fields(table=priced.table, workspace_id=priced.workspace.id)
    )
    assert [field.key for field in found] == ["tamano"]
    mine = {"runtime": priced.runtime, "workspace_id": priced.workspace.id, "owner_id": "u1"}
    view = priced.checked(
        "views.create",
        lambda: views.create_view(
            **mine, view_id=runtime.new_id(), values={"kind": "contact", "name": "x", "filter": VIP}, changed_by=""
        ),
    )
    assert priced.checked("views.list", lambda: views.list_views(**mine)) == [view]
    assert priced.checked("views.get", lambda: views.get_view(**mine, view_id=view.id)) == view
