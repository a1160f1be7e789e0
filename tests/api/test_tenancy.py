"""Tenants never meet: every route × every role of one workspace × the ids of another.

Routes are taken from the registry, so a new one is tested as soon as it is mounted; it fails here until `SAMPLES` says what a
good request to it looks like (when it has a body or needs a query) and `FOREIGN` how to make what its path names. A sample is
proved by its control: the same request by the owner of the things works.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.customers.duplicates import service as duplicates
from chalicelib.customers.timeline import service as timeline
from chalicelib.customers.timeline.domain import About
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http.call import PUBLIC, SIGNED_IN
from chalicelib.foundation.http.routes import Endpoint
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.members.domain import Role
from tests.api.conftest import World, make_world
from tests.helpers import NOON, client_of, fake_runtime

ENDPOINTS: list[Endpoint] = [
    endpoint for routes in wiring.feature_routes() for endpoint in routes.endpoints if endpoint.permission != PUBLIC
]
CANARY = "Canario Secreto"


class Foreign:
    """Things of the other workspace, made through its own API when first asked for; ``foreign("contact_id")`` is an id."""

    def __init__(self, client: Any, world: Any):
        self.client = client
        self.world = world
        self.made: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if name not in self.made:
            assert name in FOREIGN, f"tell FOREIGN how to make a {name}"
            self.made[name] = FOREIGN[name](self)
        return self.made[name]

    def post(self, path: str, body: dict[str, Any], *, name: str = "id") -> str:
        reply = self.client.post(path, body, **self.world.owner)
        assert reply.status in (201, 202), f"{path}: {reply.text}"
        return str(reply[name])


def _form(foreign: Foreign) -> str:
    return foreign.post("/forms", {**FORM, "name": CANARY}, name="form_key")


def _submission(foreign: Foreign, **more: str) -> str:
    """One that lies in quarantine, because its trap is filled in."""
    form_key = foreign("form_key")
    token = foreign.client.get(f"/forms/{form_key}")["token"]
    foreign.client.runtime.clock.advance(seconds=10)
    post = {"token": token, "values": {"email": _address()}, **(more or {"website": "https://trap.example"})}
    reply = foreign.client.post(f"/forms/{form_key}/submissions", post)
    assert reply.status == 202, reply.text
    return str(reply["submission_id"])


_numbers = itertools.count(1)


def _address() -> str:
    return f"canario{next(_numbers)}@secreto.example"


def _lead(foreign: Foreign) -> str:
    _submission(foreign, website="")
    return str(foreign.client.get("/leads", **foreign.world.owner)["items"][0]["id"])


def _job(foreign: Foreign) -> str:
    runtime = foreign.client.runtime
    return jobs.create(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=foreign.world.id,
        job_id=runtime.new_id(),
        kind="secret",
        created_by=f"member:{foreign.world.users['owner']}",
    ).id


def _contact(foreign: Foreign) -> str:
    return foreign.post("/contacts", {"first_name": CANARY, "emails": [{"address": _address()}]})


def _activity(foreign: Foreign) -> str:
    """A call with a contact that concerns a company and a deal, with its copies as the projector makes them."""
    links = {"company_id": foreign("company_id"), "deal_id": foreign("deal_id")}
    made = foreign.post(f"/contacts/{foreign('contact_id')}/activities", {"kind": "call", "text": CANARY, **links})
    runtime, where = foreign.client.runtime, About("contact", foreign("contact_id"))
    activity = timeline.find_activity(
        table=runtime.table,
        workspace_id=foreign.world.id,
        about=where,
        things=runtime.parts("things"),
        activity_id=made,
    )
    for about in activity.links:
        runtime.table.put(timeline.copy_of(activity, about))
    return made


def _file(foreign: Foreign) -> str:
    """A file that has arrived."""
    about = {"kind": "contact", "id": foreign("contact_id")}
    made = foreign.post("/files", {"file_name": f"{CANARY}.txt", "size": 7, "about": about})
    runtime = foreign.client.runtime
    runtime.files.receive(f"tmp/{foreign.world.id}/files/{made}", b"canario")
    assert foreign.client.post(f"/files/{made}/complete", **foreign.world.owner).status == 200
    return made


def _pair(foreign: Foreign) -> str:
    """Two who were found to have one number."""
    one, other = sorted((_contact(foreign), _contact(foreign)))
    runtime = foreign.client.runtime
    finding = duplicates.phone_finding(
        workspace_id=foreign.world.id, contact_id=other, holder_id=one, now=runtime.clock.now()
    )
    runtime.table.write(finding)
    return f"{one}-{other}"


def _segment(foreign: Foreign) -> str:
    return foreign.post("/segments", {"name": CANARY, "kind": "static", "contact_ids": [foreign("contact_id")]})


def campaign(foreign: Foreign) -> dict[str, Any]:
    body = "<mjml><mj-body><mj-text>Hola</mj-text></mj-body></mjml>"
    return {
        "name": CANARY,
        "subject": "Hola",
        "from": {"name": "A", "email": "a@secreto.example"},
        "body": {"format": "mjml", "source": body},
        "segment_ids": [foreign("segment_id")],
    }


LINE = {"name": CANARY, "unit_price": "1"}
MAIL = {"format": "html", "source": f"<p>{CANARY}</p>"}
FOREIGN: dict[str, Callable[[Foreign], str]] = {
    "user_id": lambda foreign: foreign.post(
        "/members", {"email": _address(), "name": CANARY, "role": "sales"}, name="user_id"
    ),
    "key_id": lambda foreign: foreign.post("/api-keys", {"name": CANARY, "scopes": ["contacts:read"]}),
    "job_id": _job,
    "contact_id": _contact,
    "company_id": lambda foreign: foreign.post("/companies", {"name": CANARY}),
    "view_id": lambda foreign: foreign.post("/views", {"kind": "contact", "name": CANARY, "shared": True}),
    "field_id": lambda foreign: foreign.post("/fields", {"kind": "contact", "name": CANARY, "type": "text"}),
    "lead_id": _lead,
    "activity_id": _activity,
    "file_id": _file,
    "domain_id": lambda foreign: foreign.post("/domains", {"domain": f"canario{next(_numbers)}.example"}),
    "message_id": lambda foreign: foreign.post(
        "/messages", {"to": _address(), "subject": CANARY, "body": {"format": "text", "source": CANARY}}
    ),
    "task_id": lambda foreign: foreign.post("/tasks", {"title": CANARY}),
    "form_key": _form,
    "submission_id": _submission,
    "segment_id": _segment,
    "campaign_id": lambda foreign: foreign.post("/campaigns", campaign(foreign)),
    "template_id": lambda foreign: foreign.post("/templates", {"name": CANARY, "subject": CANARY, "body": MAIL}),
    "number": lambda foreign: "1",
    "image_id": lambda foreign: foreign.post(
        "/images", {"file_name": f"{CANARY}.png", "content_type": "image/png", "size": 10}
    ),
    "pipeline_id": lambda foreign: foreign.post(
        "/pipelines", {"name": CANARY, "stages": [{"id": "first", "name": "First", "probability": 10}]}
    ),
    "deal_id": lambda foreign: foreign.post("/deals", {"title": CANARY, "contact_id": foreign("contact_id")}),
    "product_id": lambda foreign: foreign.post("/products", {"name": CANARY, "unit_price": "10"}),
    "quote_id": lambda foreign: foreign.post("/quotes", {"deal_id": foreign("deal_id"), "lines": [LINE]}),
    "merge_id": lambda foreign: foreign.post(
        f"/contacts/{_contact(foreign)}/merge", {"other_id": _contact(foreign)}, name="merge_id"
    ),
    "other_contact_id": _contact,
    "other_company_id": lambda foreign: foreign.post("/companies", {"name": CANARY}),
    "pair_id": _pair,
    "run_id": lambda foreign: foreign.post("/reports/weekly/runs", {}),
    "import_id": lambda foreign: foreign.post("/imports", {"file_name": f"{CANARY}.csv"}),
}


def _stage(foreign: Foreign) -> str:
    return str(foreign.client.get(f"/deals/{foreign('deal_id')}", **foreign.world.owner)["stage_id"])


def _nothing(foreign: Foreign) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Sample:
    """A good request. ``control`` are the statuses its owner gets; () when that cannot be shown here."""

    body: Callable[[Foreign], dict[str, Any]] = _nothing
    query: Callable[[Foreign], dict[str, Any]] = _nothing
    control: tuple[int, ...] = field(default=(200, 201, 202, 204))


def _rules(foreign: Foreign) -> dict[str, Any]:
    shown = foreign.client.get("/scoring-rules", **foreign.world.owner).json
    rules = [{name: value for name, value in rule.items() if value is not None} for rule in shown["rules"]]
    return {"rules": rules, "grades": shown["grades"], "version": shown["version"]}


def _prices(foreign: Foreign) -> dict[str, Any]:
    shown: dict[str, Any] = foreign.client.get("/prices", **foreign.world.owner).json
    return {name: value for name, value in shown.items() if name != "updated_at"}


FORM: dict[str, Any] = {
    "name": "x",
    "fields": [{"name": "email", "type": "email", "required": True, "label": {"en": "E-mail"}}],
}
CONDITIONS = {"all": [{"field": "contact.tag", "op": "is", "value": "x"}]}


def _version(**values: Any) -> Sample:
    return Sample(lambda _: {"version": 1, **values})


SAMPLES: dict[tuple[str, str], Sample] = {
    ("PATCH", "/v1/workspace"): _version(name="x"),
    ("POST", "/v1/members"): Sample(lambda _: {"email": "eva@secreto.example", "name": "Eva", "role": "viewer"}),
    ("PATCH", "/v1/members/{user_id}"): _version(name="x"),
    ("POST", "/v1/api-keys"): Sample(lambda _: {"name": "x", "scopes": ["contacts:read"]}),
    # customers
    ("POST", "/v1/contacts"): Sample(lambda foreign: {"first_name": "Eva", "company_id": foreign("company_id")}),
    ("PATCH", "/v1/contacts/{contact_id}"): _version(first_name="x"),
    ("POST", "/v1/contacts/{contact_id}/notes"): Sample(lambda _: {"text": "x"}),
    **{
        (method, f"/v1/{things}/activities{more}"): sample
        for things in ("contacts/{contact_id}", "companies/{company_id}", "deals/{deal_id}")
        for method, more, sample in (
            ("POST", "", Sample(lambda _: {"kind": "note", "text": "x"})),
            ("PATCH", "/{activity_id}", _version(text="x")),
        )
    },
    ("POST", "/v1/files"): Sample(
        lambda foreign: {"file_name": "x.txt", "size": 1, "about": {"kind": "contact", "id": foreign("contact_id")}}
    ),
    ("GET", "/v1/files"): Sample(query=lambda foreign: {"about_kind": "contact", "about_id": foreign("contact_id")}),
    ("POST", "/v1/contacts/{contact_id}/consents"): Sample(
        lambda _: {"purpose": "marketing_email", "state": "granted", "proof": "said so"}
    ),
    ("POST", "/v1/views"): Sample(lambda _: {"kind": "contact", "name": "x"}),
    ("PATCH", "/v1/views/{view_id}"): _version(name="x"),
    ("POST", "/v1/contacts/{contact_id}/merge"): Sample(lambda foreign: {"other_id": foreign("other_contact_id")}),
    ("POST", "/v1/contacts/{contact_id}/merge/preview"): Sample(
        lambda foreign: {"other_id": foreign("other_contact_id")}
    ),
    ("POST", "/v1/companies/{company_id}/merge"): Sample(lambda foreign: {"other_id": foreign("other_company_id")}),
    ("POST", "/v1/companies/{company_id}/merge/preview"): Sample(
        lambda foreign: {"other_id": foreign("other_company_id")}
    ),
    ("PUT", "/v1/purposes"): Sample(
        lambda _: {"purposes": [{"id": "calls", "name": {"es": "x", "en": "x"}, "channels": ["phone"]}], "version": 0}
    ),
    ("POST", "/v1/forms/{form_key}/confirmations"): Sample(lambda _: {"id": new_id(NOON)}, control=(404,)),
    ("POST", "/v1/domains"): Sample(lambda _: {"domain": f"eva{next(_numbers)}.example"}),
    ("POST", "/v1/domains/{domain_id}/self-test"): Sample(control=(422,)),  # it is not verified yet
    ("PATCH", "/v1/domains/{domain_id}"): Sample(lambda _: {"version": 1, "warm_up_started_on": "2026-11-21"}),
    ("PUT", "/v1/seed-list"): Sample(lambda _: {"emails": [_address()]}),
    ("POST", "/v1/messages"): Sample(
        lambda _: {"to": _address(), "subject": "Pedido", "body": {"format": "text", "source": "Hola"}}
    ),
    ("PUT", "/v1/preference-topics"): Sample(
        lambda _: {"topics": [{"key": "news", "name": {"es": "Novedades", "en": "News"}}], "version": 0}
    ),
    ("POST", "/v1/suppressions/import"): Sample(lambda _: {"csv": "eva@secreto.example"}),
    ("POST", "/v1/suppressions"): Sample(lambda _: {"email": "eva@secreto.example"}),
    ("DELETE", "/v1/suppressions"): Sample(query=lambda _: {"email": "eva@secreto.example"}),
    ("PUT", "/v1/retention"): Sample(lambda _: {"rules": [{"kind": "timeline", "days": 3650}], "version": 0}),
    ("POST", "/v1/fields"): Sample(lambda _: {"kind": "deal", "name": "x", "type": "text"}),
    ("PATCH", "/v1/fields/{field_id}"): _version(name="x"),
    ("POST", "/v1/companies"): Sample(lambda _: {"name": "Eva y hermanas"}),
    ("PATCH", "/v1/companies/{company_id}"): _version(name="x"),
    ("PATCH", "/v1/leads/{lead_id}"): _version(status="working"),
    ("GET", "/v1/counts"): Sample(query=lambda _: {"kind": "contact"}),
    ("POST", "/v1/contacts/{contact_id}/restore"): Sample(),
    ("POST", "/v1/companies/{company_id}/restore"): Sample(),
    ("POST", "/v1/leads"): Sample(lambda foreign: {"contact_id": foreign("contact_id")}),
    ("POST", "/v1/leads/{lead_id}/disqualify"): Sample(lambda _: {"reason": "x"}),
    # a deal needs a permission of its own
    ("POST", "/v1/leads/{lead_id}/convert"): Sample(lambda foreign: {"company": {"id": foreign("company_id")}}),
    # only a lead that was decided on is reopened
    ("POST", "/v1/leads/{lead_id}/reopen"): Sample(control=(200, 422)),
    ("PUT", "/v1/assignment-rules"): Sample(
        lambda foreign: {
            "rules": [{"id": "r", "name": "x", "members": [foreign.world.users["sales"]]}],
            "version": foreign.client.get("/assignment-rules", **foreign.world.owner)["version"],
        }
    ),
    ("PUT", "/v1/response-target"): Sample(
        lambda foreign: {
            "minutes": 30,
            "enabled": False,
            "version": foreign.client.get("/response-target", **foreign.world.owner)["version"],
        }
    ),
    ("POST", "/v1/tasks"): Sample(
        lambda foreign: {"title": "x", "about": {"kind": "contact", "id": foreign("contact_id")}}
    ),
    ("PATCH", "/v1/tasks/{task_id}"): _version(title="x"),
    ("GET", "/v1/search"): Sample(query=lambda _: {"q": "canario"}),
    ("POST", "/v1/bulk"): Sample(
        lambda foreign: {
            "kind": "contact",
            "ids": [foreign("contact_id")],
            "action": {"name": "tag", "tags": ["canario"]},
        }
    ),
    # a job of a kind that can be neither stopped nor undone
    ("POST", "/v1/jobs/{job_id}/cancel"): Sample(control=(202, 409)),
    ("POST", "/v1/jobs/{job_id}/undo"): Sample(control=(202, 409)),
    ("POST", "/v1/exports"): Sample(lambda foreign: {"kind": "contact", "ids": [foreign("contact_id")]}),
    ("POST", "/v1/imports"): Sample(lambda _: {"file_name": "x.csv"}),
    # nothing can be started before the file is there, or undone before anything was written
    ("POST", "/v1/imports/{import_id}/start"): Sample(control=(202, 409)),
    ("POST", "/v1/imports/{import_id}/cancel"): Sample(control=(202, 409)),
    ("POST", "/v1/imports/{import_id}/undo"): Sample(control=(202, 409)),
    # sales
    ("POST", "/v1/pipelines"): Sample(
        lambda _: {"name": "x", "stages": [{"id": "first", "name": "First", "probability": 10}]}
    ),
    ("PATCH", "/v1/pipelines/{pipeline_id}"): _version(name="x"),
    ("POST", "/v1/deals"): Sample(lambda foreign: {"title": "x", "contact_id": foreign("contact_id")}),
    ("PATCH", "/v1/deals/{deal_id}"): _version(description="x"),
    ("POST", "/v1/deals/{deal_id}/move"): Sample(lambda foreign: {"version": 1, "stage_id": _stage(foreign)}),
    ("POST", "/v1/deals/{deal_id}/win"): _version(),
    ("POST", "/v1/deals/{deal_id}/lose"): _version(reason="x"),
    ("POST", "/v1/deals/{deal_id}/reopen"): Sample(lambda _: {"version": 1}, control=(409,)),  # it is open
    ("POST", "/v1/products"): Sample(lambda _: {"name": "x", "unit_price": "1"}),
    ("PATCH", "/v1/products/{product_id}"): _version(name="x"),
    ("PUT", "/v1/exchange-rates"): Sample(
        lambda foreign: {
            "rates": [{"currency": "USD", "rate": "4000", "from": "2026-01-01"}],
            "version": foreign.client.get("/exchange-rates", **foreign.world.owner)["version"],
        },
        control=(200, 409),
    ),
    ("POST", "/v1/quotes"): Sample(lambda foreign: {"deal_id": foreign("deal_id")}),
    ("PATCH", "/v1/quotes/{quote_id}"): _version(title="x"),
    # a draft can be submitted, but neither decided, nor issued, nor revised
    **{
        ("POST", f"/v1/quotes/{{quote_id}}/{step}"): Sample(control=(409,))
        for step in ("approve", "reject", "issue", "revise")
    },
    ("PUT", "/v1/approval-policy"): Sample(lambda _: {"enabled": True, "limits": [], "version": 0}),
    # marketing
    ("POST", "/v1/forms"): Sample(lambda _: FORM),
    ("PUT", "/v1/forms/{form_key}/settings"): _version(**FORM),
    ("PUT", "/v1/scoring-rules"): Sample(_rules),
    ("PUT", "/v1/prices"): Sample(_prices, control=(200, 409)),
    ("POST", "/v1/segments"): Sample(
        lambda foreign: {"name": "x", "kind": "static", "contact_ids": [foreign("contact_id")]}
    ),
    ("POST", "/v1/segments/preview"): Sample(lambda _: {"conditions": CONDITIONS}),
    ("PATCH", "/v1/segments/{segment_id}"): _version(name="x"),
    ("POST", "/v1/segments/{segment_id}/freeze"): Sample(lambda _: {"name": "x"}),
    ("POST", "/v1/segments/{segment_id}/contacts"): Sample(lambda foreign: {"contact_ids": [foreign("contact_id")]}),
    ("DELETE", "/v1/segments/{segment_id}/contacts"): Sample(lambda foreign: {"contact_ids": [foreign("contact_id")]}),
    ("POST", "/v1/templates"): Sample(lambda _: {"name": "x", "body": {"format": "html", "source": "<p>x</p>"}}),
    ("PATCH", "/v1/templates/{template_id}"): _version(name="x"),
    ("POST", "/v1/templates/{template_id}/versions/{number}/restore"): _version(),
    ("POST", "/v1/templates/preview"): Sample(
        lambda foreign: {"template_id": foreign("template_id"), "contact_id": foreign("contact_id")}
    ),
    ("POST", "/v1/templates/check"): Sample(lambda foreign: {"template_id": foreign("template_id")}),
    ("POST", "/v1/templates/test"): Sample(
        lambda foreign: {"template_id": foreign("template_id"), "to": "eva@secreto.example"}
    ),
    ("POST", "/v1/images"): Sample(lambda _: {"file_name": "x.png", "content_type": "image/png", "size": 10}),
    # its content is never sent here
    ("POST", "/v1/images/{image_id}/complete"): Sample(control=(422,)),
    ("PATCH", "/v1/images/{image_id}"): Sample(lambda _: {"version": 1, "alt": "x"}, control=(409,)),
    ("PUT", "/v1/brand"): Sample(lambda _: {"version": 0}),
    ("POST", "/v1/campaigns"): Sample(campaign),
    ("PATCH", "/v1/campaigns/{campaign_id}"): _version(name="x"),
    ("POST", "/v1/campaigns/{campaign_id}/test"): Sample(lambda _: {"to": "eva@secreto.example"}),
    ("GET", "/v1/campaigns/{campaign_id}/why"): Sample(query=lambda foreign: {"contact_id": foreign("contact_id")}),
    ("POST", "/v1/campaigns/{campaign_id}/winner"): Sample(lambda _: {"variant": 0}, control=(409,)),  # it has no test
    # only a campaign that is being sent can be paused, resumed or cancelled
    ("POST", "/v1/campaigns/{campaign_id}/pause"): Sample(control=(200, 409)),
    ("POST", "/v1/campaigns/{campaign_id}/resume"): Sample(control=(200, 409)),
    ("POST", "/v1/campaigns/{campaign_id}/cancel"): Sample(control=(200, 409)),
    ("POST", "/v1/campaigns/{campaign_id}/reclassify"): Sample(control=(409,)),  # a draft was not sent
    # a draft has no recipients, so nobody has hits
    ("GET", "/v1/campaigns/{campaign_id}/recipients/{contact_id}/hits"): Sample(control=(404,)),
    # a recipient is made by the planner, and only one whose fate is unknown can be resolved
    ("POST", "/v1/campaigns/{campaign_id}/recipients/{contact_id}/resolve"): Sample(
        lambda _: {"decision": "sent"}, control=(404, 409)
    ),
    # insight
    ("PUT", "/v1/reports/weekly/schedule"): Sample(
        lambda _: {
            "enabled": True,
            "weekday": 1,
            "hour": 8,
            "time_zone": "America/Bogota",
            "recipients": ["eva@secreto.example"],
            "language": "es",
            "version": 0,
        }
    ),
}

Params = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")


def sample_of(endpoint: Endpoint) -> Sample:
    given = SAMPLES.get((endpoint.method, endpoint.path))
    needs = (endpoint.body is not None and any(f.is_required() for f in endpoint.body.model_fields.values())) or (
        endpoint.query is not None and any(f.is_required() for f in endpoint.query.model_fields.values())
    )
    assert given is not None or not needs, f"tell SAMPLES what a good {endpoint.method} {endpoint.path} looks like"
    return given or Sample()


def names_in(endpoint: Endpoint) -> list[str]:
    return [part[1:-1] for part in endpoint.path.split("/") if part.startswith("{")]


def request(
    client: Any, endpoint: Endpoint, ids: Callable[[str], str], sample: Sample, foreign: Foreign, **who: Any
) -> Any:
    path = endpoint.path.removeprefix("/v1")
    for name in names_in(endpoint):
        path = path.replace("{" + name + "}", ids(name))
    body = None if endpoint.method == "GET" else sample.body(foreign)
    return client.request(endpoint.method, path, body, query=sample.query(foreign), **who)


@pytest.fixture(scope="module")
def runtime(table: Table) -> Runtime:
    """One for all tests here: two workspaces are enough."""
    return fake_runtime(table)


@pytest.fixture(scope="module")
def workspace(runtime: Runtime) -> World:
    """The intruder's workspace."""
    return make_world(runtime)


@pytest.fixture(scope="module")
def other_workspace(runtime: Runtime) -> World:
    """The workspace that has something to hide."""
    return make_world(runtime, CANARY)


@pytest.fixture(scope="module")
def items(dynamodb: str, table_name: str, table: Any) -> Callable[[str], dict[Any, Any]]:
    """All items of a workspace, but for notes of visits and kept answers."""
    dynamo = client_of("dynamodb", dynamodb)

    def read(workspace_id: str) -> dict[Any, Any]:
        found = {}
        pages = dynamo.get_paginator("scan").paginate(
            TableName=table_name,
            FilterExpression="workspace_id = :w AND kind <> :k",
            ExpressionAttributeValues={":w": {"S": workspace_id}, ":k": {"S": "idempotency"}},
        )
        for page in pages:
            for item in page["Items"]:
                seen = {name: value for name, value in item.items() if name not in ("last_seen_at", "last_used_at")}
                found[item["pk"]["S"], item["sk"]["S"]] = seen
        return found

    return read


def credentials(world: Any) -> list[tuple[str, dict[str, Any]]]:
    people = [(f"member {role}", world.as_role(role)) for role in Role]
    return people + [(f"key {role}", world.key_of(role)) for role in Role]


def allowed(endpoint: Endpoint, role: str) -> bool:
    from chalicelib.workspaces.members.domain import ROLES

    return endpoint.permission == SIGNED_IN or endpoint.permission in ROLES[Role(role.split()[1])]


@Params
def test_ids_of_another_workspace_are_not_found(
    endpoint: Endpoint, client: Any, workspace: Any, other_workspace: Any, items: Any
) -> None:
    sample, foreign = sample_of(endpoint), Foreign(client, other_workspace)
    for name in names_in(endpoint):
        foreign(name)
    sample.body(foreign)
    sample.query(foreign)
    before = items(other_workspace.id)
    unknown = new_id(NOON)
    for who, sent in credentials(workspace):
        reply = request(client, endpoint, foreign, sample, foreign, **sent)
        assert reply.status < 500, f"{who}: {reply.text}"
        assert CANARY not in reply.text, who
        assert other_workspace.id not in reply.text, who
        if not allowed(endpoint, who):
            assert reply.status == 403, f"{who}: {reply.status}"
        elif names_in(endpoint):
            assert reply.status == 404, f"{who}: {reply.status} {reply.text}"
            nobodys = request(client, endpoint, lambda _: unknown, sample, foreign, **sent)
            assert nobodys.status == 404, f"{who}: {nobodys.text}"
            assert {**nobodys.json, "request_id": ""} == {**reply.json, "request_id": ""}, (
                "tells that it exists elsewhere"
            )
        if reply.status < 300:
            asked_for = str(sample.body(foreign))
            for made in foreign.made.values():
                assert made in asked_for or made not in reply.text, f"{who} got {made}"
    assert items(other_workspace.id) == before
    control = request(client, endpoint, foreign, sample, foreign, **other_workspace.owner)
    if sample.control:
        assert control.status in sample.control, f"the sample is not good: {control.status} {control.text}"


@Params
def test_a_foreign_workspace_does_not_exist(
    endpoint: Endpoint, client: Any, workspace: Any, other_workspace: Any, items: Any
) -> None:
    sample, foreign = sample_of(endpoint), Foreign(client, other_workspace)
    for name in names_in(endpoint):
        foreign(name)
    sample.body(foreign)
    sample.query(foreign)
    before = items(other_workspace.id)
    odd = [new_id(NOON), "x", "#", f"W#{other_workspace.id}", f"{workspace.id}#"]
    for who, sent in credentials(workspace):
        for named in (other_workspace.id, *(odd if who in ("member owner", "key owner") else ())):
            headers = {**sent["headers"], "X-Workspace": named}
            reply = request(client, endpoint, foreign, sample, foreign, headers=headers)
            assert (reply.status, reply["detail"]) == (404, str(NotFoundError("There is no such workspace."))), who
    for headers in ({}, {"X-Workspace": other_workspace.id}, {"Authorization": "Bearer ck_live_x"}):
        assert request(client, endpoint, foreign, sample, foreign, headers=headers).status == 401
    assert items(other_workspace.id) == before


INJECTED = ("workspace_id", "pk", "kind", "changed_by", "created_at", "updated_at", "permissions", "score", "id")


@pytest.mark.parametrize(
    "endpoint",
    [endpoint for endpoint in ENDPOINTS if endpoint.body is not None and not endpoint.raw],
    ids=lambda endpoint: f"{endpoint.method} {endpoint.path}",
)
def test_nothing_is_taken_that_was_not_asked_for(
    endpoint: Endpoint, client: Any, workspace: Any, other_workspace: Any
) -> None:
    assert endpoint.body is not None
    names = set(INJECTED) - set(endpoint.body.model_fields)
    sample, foreign = sample_of(endpoint), Foreign(client, workspace)
    injected = Sample(lambda made: {**sample.body(made), **dict.fromkeys(names, other_workspace.id)}, sample.query)
    reply = request(client, endpoint, lambda _: new_id(NOON), injected, foreign, **workspace.owner)
    assert reply.status == 422, reply.text
    assert names == {error["field"] for error in reply["errors"]}


@pytest.mark.parametrize(
    "endpoint",
    [endpoint for endpoint in ENDPOINTS if endpoint.query is not None and "cursor" in endpoint.query.model_fields],
    ids=lambda endpoint: f"{endpoint.method} {endpoint.path}",
)
def test_a_cursor_of_another_workspace_or_list_is_refused(
    endpoint: Endpoint, client: Any, workspace: Any, other_workspace: Any
) -> None:
    sample, foreign = sample_of(endpoint), Foreign(client, workspace)
    for cursor in (
        client.runtime.cursors.write(other_workspace.id, "members", ["x"]),
        client.runtime.cursors.write(workspace.id, "another list", ["x"]),
        "x" * 20,
    ):
        with_cursor = Sample(sample.body, lambda made, cursor=cursor: {**sample.query(made), "cursor": cursor})
        reply = request(client, endpoint, foreign, with_cursor, foreign, **workspace.owner)
        assert reply.status == 422, reply.text
        assert {error["field"] for error in reply["errors"]} == {"cursor"}


def test_every_sample_is_of_a_route() -> None:
    present = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    mounted = {prefix for prefixes in wiring.ROUTES.values() for prefix in prefixes}
    assert {place for place in SAMPLES if place[1].split("/")[2] in mounted} <= present
