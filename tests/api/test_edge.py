"""What every route does the same: problem documents, CORS, request ids, parsing, permissions, ids in the path."""

import json
from typing import Any

import pytest
from chalice import Chalice
from chalice.test import Client
from pydantic import Field

from chalicelib.foundation.errors import (
    AuthenticationError,
    ClientelaError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    TooManyError,
    UnavailableError,
    UnsupportedError,
)
from chalicelib.foundation.http import Answer, Call, Routes, Schema, Versioned
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.foundation.http.errors import CONTENT_TYPE, problem
from chalicelib.foundation.http.routes import Services
from chalicelib.foundation.runtime import Runtime
from tests.helpers import PROJECT, fake_runtime


class ThingIn(Schema):
    name: str = Field(max_length=5)
    size: int = 1


class ThingChange(Versioned):
    name: str


class ThingQuery(Schema):
    q: str
    tag: list[str] = []


class Present(Schema):
    name: str


RAISED: dict[str, Exception] = {
    "invalid": InvalidError("Wrong.", field="name", code="odd"),
    "unauthenticated": AuthenticationError("Who?"),
    "forbidden": ForbiddenError("No."),
    "missing": NotFoundError("Nothing."),
    "conflict": ConflictError(current="now"),
    "large": TooLargeError("Too long."),
    "unsupported": UnsupportedError("Odd."),
    "many": TooManyError("Slow down.", retry_after=7),
    "unavailable": UnavailableError("Later."),
    "bug": RuntimeError("with a secret in its text"),
    "root": ClientelaError("with a secret in its text"),
}
STATUS = {
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "large": 413,
    "unsupported": 415,
    "many": 429,
    "unavailable": 503,
    "bug": 500,
    "root": 500,
}


def make_application() -> Chalice:
    routes = Routes("things", __name__)

    @routes.get("/raise/{name}", permission=PUBLIC, present=lambda current: Present(name=current))
    def get_raise(call: Call[None], name: str) -> None:
        raise RAISED[name]

    @routes.get("/echo/{name}", permission=PUBLIC)
    def get_echo(call: Call[None], name: str) -> Answer:
        return Answer(json.dumps({"name": name, "languages": call.languages}))

    @routes.get("/search", permission=PUBLIC, query=ThingQuery)
    def get_search(call: Call[None]) -> Answer:
        return Answer(json.dumps(call.query.model_dump()))

    @routes.post("/things", permission=PUBLIC, body=ThingIn, returns=ThingIn, status=201)
    def post_thing(call: Call[ThingIn]) -> ThingIn:
        return call.body

    @routes.patch("/things/{name}", permission=PUBLIC, body=ThingChange)
    def patch_thing(call: Call[ThingChange], name: str) -> Answer:
        return Answer(json.dumps({"version": call.body.version}))

    @routes.get("/private", permission="contacts:read")
    def get_private(call: Call[None]) -> Answer:
        return Answer("{}")

    application = Chalice("edge")
    application.register_blueprint(routes)
    return application


class Http:
    def __init__(self) -> None:
        self._client = Client(make_application(), project_dir=str(PROJECT))

    def __call__(self, method: str, path: str, body: Any = b"", **headers: str) -> Any:
        sent = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._client.http.request(method, f"/v1{path}", headers=sent, body=content)


@pytest.fixture
def http() -> Any:
    before = Services.runtime
    runtime: Runtime = fake_runtime()
    Services.runtime = staticmethod(lambda: runtime)
    yield Http()
    Services.runtime = before


@pytest.mark.parametrize("name", list(RAISED))
def test_every_error_is_a_problem_document_with_cors(http: Http, name: str) -> None:
    answer = http("GET", f"/raise/{name}")
    document = json.loads(answer.body)
    assert answer.status_code == document["status"] == STATUS[name]
    assert answer.headers["Content-Type"] == CONTENT_TYPE
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
    assert document["type"].startswith("https://clientela.dev/problems/")
    assert document["request_id"] == answer.headers["X-Request-Id"]
    assert "secret" not in answer.body.decode()


def test_what_some_errors_say_besides(http: Http) -> None:
    invalid = json.loads(http("GET", "/raise/invalid").body)
    assert invalid["errors"] == [{"field": "name", "message": "Wrong.", "code": "odd"}]
    assert json.loads(http("GET", "/raise/conflict").body)["current"] == {"name": "now"}
    assert http("GET", "/raise/many").headers["Retry-After"] == "7"
    assert http("GET", "/raise/unauthenticated").headers["WWW-Authenticate"] == "Bearer"


def test_every_error_has_its_status() -> None:
    def leaves(kind: type[ClientelaError]) -> list[type[ClientelaError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in leaves(child))]

    mapped = {InvalidError: 422, NotFoundError: 404, ConflictError: 409, UnavailableError: 503}
    for kind, status in mapped.items():
        for leaf in leaves(kind):
            error = leaf.__new__(leaf)
            Exception.__init__(error, "x")
            error.fields, error.current, error.retry_after, error.members = (), None, 1, {}  # type: ignore[attr-defined]
            assert problem(error, "r")[0] == status


@pytest.mark.parametrize(
    "quoted, plain",
    [("a%20b", "a b"), ("%C3%B1", "ñ"), ("a%2520b", "a%20b"), ("a+b", "a+b"), ("100%25", "100%")],
)
def test_what_stands_in_the_path_is_unquoted_once(http: Http, quoted: str, plain: str) -> None:
    answer = http("GET", f"/echo/{quoted}")
    assert json.loads(answer.body)["name"] == plain


@pytest.mark.parametrize("quoted", ["a%23b", "a" * 1000, "%C3%B1" * 500])
def test_what_cannot_be_an_id_is_not_found(http: Http, quoted: str) -> None:
    assert http("GET", f"/echo/{quoted}").status_code == 404


def test_languages_by_preference(http: Http) -> None:
    answer = http("GET", "/echo/x", Accept_Language="en;q=0.5, es-CO, fr;q=x, pt;q=0.9")
    assert json.loads(answer.body)["languages"] == ["es", "pt", "en"]


def fields(answer: Any) -> set[str]:
    return {error["field"] for error in json.loads(answer.body)["errors"]}


def test_bodies_are_parsed_and_unknown_fields_refused(http: Http) -> None:
    assert json.loads(http("POST", "/things", {"name": " x "}).body) == {"name": "x", "size": 1}
    assert fields(http("POST", "/things", {"name": "x", "workspace_id": "w", "role": "owner"})) == {
        "workspace_id",
        "role",
    }
    assert fields(http("POST", "/things", {"name": "too long", "size": "x"})) == {"name", "size"}
    assert fields(http("POST", "/things", b"{")) == {"body"}
    assert fields(http("POST", "/things", b"[]")) == {"body"}
    assert http("POST", "/things", b"\xff\xfe").status_code == 422
    assert http("POST", "/things", b"x" * 300_000).status_code == 413
    assert http("POST", "/things", b"name=x", Content_Type="application/x-www-form-urlencoded").status_code == 415


def test_queries_are_parsed(http: Http) -> None:
    assert json.loads(http("GET", "/search?q=a&tag=x&tag=y").body) == {"q": "a", "tag": ["x", "y"]}
    assert fields(http("GET", "/search")) == {"q"}
    assert fields(http("GET", "/search?q=a&q=b")) == {"q"}
    assert fields(http("GET", "/search?q=a&unknown=1")) == {"unknown"}


def test_if_match_is_the_version(http: Http) -> None:
    assert json.loads(http("PATCH", "/things/x", {"name": "a"}, If_Match='"3"').body) == {"version": 3}
    assert json.loads(http("PATCH", "/things/x", {"name": "a", "version": 4}, If_Match='"3"').body) == {"version": 4}
    assert fields(http("PATCH", "/things/x", {"name": "a"})) == {"version"}
    assert http("PATCH", "/things/x", {"name": "a"}, If_Match="x").status_code == 422
    deep = b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert http("PATCH", "/things/x", deep, If_Match="3").status_code == 422


@pytest.mark.parametrize("authorization", ["", "Basic x", "Bearer", "Bearer  ", "Bearer unknown", "bearer ck_live_x"])
def test_nobody_gets_in(client: Any, authorization: str) -> None:
    reply = client.get("/workspace", headers={"Authorization": authorization, "X-Workspace": "x"})
    assert reply.status == 401
    assert reply.headers["access-control-allow-origin"] == "*"


def test_a_method_that_is_not_there(client: Any) -> None:
    assert client.delete("/workspace").status == 405


def test_preflight_is_answered_for_every_route(client: Any) -> None:
    gateway = client._client.http._local_gateway  # its own client trips over an answer without a body
    for path in ("/v1/members", "/v1/session", "/v1/jobs/{job_id}"):
        answer = gateway.handle_request(method="OPTIONS", path=path, headers={"Origin": "https://x.example"}, body=b"")
        allowed = answer["headers"]["Access-Control-Allow-Headers"].lower().split(",")
        assert {"authorization", "x-workspace", "idempotency-key", "if-match"} <= set(allowed)
        assert answer["headers"]["Access-Control-Allow-Origin"] == "*"


def test_health_and_documents_are_public(client: Any) -> None:
    assert client.get("/health").json == {
        "status": "ok",
        "version": "0.0.0-test",
        "region": "eu-west-1",
        "stage": "test",
    }
    document = client.get("/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert client.get("/docs").headers["content-type"].startswith("text/html")
