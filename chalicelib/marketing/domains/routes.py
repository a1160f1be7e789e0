"""HTTP: sending domains, their self-test, and the seed list."""

from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.marketing.domains import service, testing
from chalicelib.marketing.domains.schemas import DomainIn, DomainOut, DomainPatch, DomainsOut, SeedList, SelfTestOut

routes = Routes("domains", __name__)


@routes.get("/domains", permission="campaigns:read", returns=DomainsOut)
def list_domains(call: Call[None]) -> DomainsOut:
    """The domains that mail is sent from."""
    found = service.list_domains(table=call.runtime.table, workspace_id=call.workspace_id)
    return DomainsOut(items=[DomainOut.of(each) for each in found])


@routes.post("/domains", permission="workspace:write", body=DomainIn, returns=DomainOut, status=201, errors=(503,))
def add_domain(call: Call[DomainIn]) -> Answer:
    """Enter a domain; the answer says which records its DNS has to get."""
    made = service.add_domain(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        domain_id=call.creation_id,
        domain=call.body.domain,
        added_by=call.actor.reference,
    )
    return Answer(DomainOut.of(made), 201, {"Location": f"/api/v1/domains/{made.id}"})


@routes.get("/domains/{domain_id}", permission="campaigns:read", returns=DomainOut)
def get_domain(call: Call[None], domain_id: str) -> DomainOut:
    """One of them, as it was last looked up."""
    found = service.get_domain(table=call.runtime.table, workspace_id=call.workspace_id, domain_id=domain_id)
    return DomainOut.of(found)


@routes.patch(
    "/domains/{domain_id}", permission="workspace:write", body=DomainPatch, returns=DomainOut, present=DomainOut.of
)
def change_domain(call: Call[DomainPatch], domain_id: str) -> DomainOut:
    """Change when its warm-up began, or whom single mails come from."""
    changed = service.change_domain(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        domain_id=domain_id,
        version=call.body.version,
        changes=call.body.changes(),
        changed_by=call.actor.reference,
    )
    return DomainOut.of(changed)


@routes.delete("/domains/{domain_id}", permission="workspace:write")
def delete_domain(call: Call[None], domain_id: str) -> None:
    """Forget a domain. The mail provider goes on knowing it."""
    service.delete_domain(table=call.runtime.table, workspace_id=call.workspace_id, domain_id=domain_id)


@routes.post(
    "/domains/{domain_id}/check",
    permission="workspace:write",
    returns=DomainOut,
    present=DomainOut.of,
    errors=(503,),
)
def check_domain(call: Call[None], domain_id: str) -> DomainOut:
    """Ask the mail provider and DNS how it is now."""
    found = service.check_domain(runtime=call.runtime, workspace_id=call.workspace_id, domain_id=domain_id)
    return DomainOut.of(found)


@routes.post("/domains/{domain_id}/self-test", permission="campaigns:send", returns=SelfTestOut, status=202)
def test_domain(call: Call[None], domain_id: str) -> Answer:
    """Send a mail each to the provider's simulator of deliveries, bounces and complaints."""
    testing.start(runtime=call.runtime, workspace_id=call.workspace_id, domain_id=domain_id, by=call.actor.reference)
    return Answer(_tested(call, domain_id), 202)


@routes.get("/domains/{domain_id}/self-test", permission="campaigns:read", returns=SelfTestOut)
def get_domain_test(call: Call[None], domain_id: str) -> SelfTestOut:
    """What has come back of the last self-test."""
    return _tested(call, domain_id)


@routes.get("/seed-list", permission="campaigns:read", returns=SeedList)
def get_seeds(call: Call[None]) -> SeedList:
    """The addresses that get a copy of every campaign."""
    return SeedList(emails=list(service.get_seeds(table=call.runtime.table, workspace_id=call.workspace_id)))


@routes.put("/seed-list", permission="campaigns:send", body=SeedList, returns=SeedList)
def put_seeds(call: Call[SeedList]) -> SeedList:
    """Set them."""
    kept = service.put_seeds(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        emails=call.body.emails,
        changed_by=call.actor.reference,
    )
    return SeedList(emails=list(kept))


def _tested(call: Call[None], domain_id: str) -> SelfTestOut:
    domain = service.get_domain(table=call.runtime.table, workspace_id=call.workspace_id, domain_id=domain_id)
    found = testing.results(runtime=call.runtime, domain=domain)
    started = domain.self_test.started_at if domain.self_test else None
    return SelfTestOut.of(started, found, simulated=not call.runtime.settings.endpoint_url)
