"""The access patterns of sending domains, the seed list and double opt-in, against docs/data-model.md."""

import pytest

from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.foundation.ids import new_id
from chalicelib.marketing.confirmations import service as confirmations
from chalicelib.marketing.domains import service as domains
from infra.local.priced import PricedTable
from tests.contract.marketing.campaign_world import World
from tests.contract.patterns import check


@pytest.fixture
def priced(table):
    return PricedTable(table)


@pytest.fixture
def world(priced):
    made = World(priced, people=1)
    made.runtime.__dict__["table"] = priced
    priced.reset()
    return made


def test_domains(priced, world):
    here = {"table": priced, "workspace_id": world.id}
    domain_id = new_id(world.clock.now())
    domains.add_domain(
        runtime=world.runtime, workspace_id=world.id, domain_id=domain_id, domain="ceiba.example", added_by="m"
    )
    check("domains.add", priced)
    priced.reset()
    domains.list_domains(**here)
    check("domains.list", priced)
    priced.reset()
    found = domains.check_domain(runtime=world.runtime, workspace_id=world.id, domain_id=domain_id)
    check("domains.check", priced)
    priced.reset()
    domains.change_domain(
        **here,
        clock=world.clock,
        domain_id=domain_id,
        version=found.version,
        changes={"messages_from": "hola"},
        changed_by="m",
    )
    check("domains.change", priced)
    priced.reset()
    domains.unverified(**here, email="x@ceiba.example")
    check("domains.of-sender", priced)
    priced.reset()
    domains.delete_domain(**here, domain_id=domain_id)
    check("domains.delete", priced)


def test_seeds(priced, world):
    for _ in range(2):
        priced.reset()
        domains.put_seeds(
            table=priced, clock=world.clock, workspace_id=world.id, emails=["a@x.example"], changed_by="m"
        )
        check("seeds.put", priced)
    priced.reset()
    assert domains.get_seeds(table=priced, workspace_id=world.id) == ("a@x.example",)
    check("seeds.get", priced)


def test_confirmations(priced, world):
    given = [ConsentGiven("marketing_email", "Quiero recibir novedades", "1")]
    common = {
        "form_key": "F" * 26,
        "contact_id": world.contacts[0],
        "email": "p0@example.com",
        "given": given,
        "language": "es",
    }
    for _ in range(10):
        made = confirmations.waiting(workspace_id=world.id, source_ip="192.0.2.1", now=world.clock.now(), **common)
        priced.reset()
        priced.write(made)
        check("confirmations.wait", priced)
    priced.reset()
    found = confirmations.list_confirmations(table=priced, workspace_id=world.id, form_key="F" * 26, limit=10)
    assert len(found) == 10
    check("confirmations.list", priced)
    priced.reset()
    confirmations.ask(runtime=world.runtime, workspace_id=world.id, confirmation_id=found[0].id)
    check("confirmations.ask", priced)
    token = confirmations.token_of(world.runtime, found[0])
    priced.reset()
    confirmations.confirm(runtime=world.runtime, form_key="F" * 26, token=token, source_ip="192.0.2.2")
    check("confirmations.confirm", priced)
