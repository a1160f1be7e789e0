"""The API as callers see it: requests through Chalice's test client, on DynamoDB Local, with fakes for the rest.

::

    def test_contacts(client, workspace):
        reply = client.post("/contacts", {"first_name": "Ana"}, **workspace.owner)
        assert reply.status == 201
        assert client.get("/contacts", **workspace.key)["items"]
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import Client

import app as application
from chalicelib.foundation.http.routes import Services
from chalicelib.foundation.identity import FakeIdentity
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.access import Access
from chalicelib.workspaces.api_keys import service as api_keys
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import PERMISSIONS, ROLES, Role
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from tests.helpers import PROJECT

Credentials = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; ``reply["items"]`` reads its JSON. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text) if self.text else None

    def __getitem__(self, name: str) -> Any:
        return self.json[name]


class Api:
    """Requests to ``/v1/…`` (or, with ``base=""``, to a page). A body that is no text is sent as JSON."""

    def __init__(self, runtime: Runtime):
        self.runtime = runtime
        self._client = Client(application.app, project_dir=str(PROJECT))

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        idempotency_key: str = "",
        base: str = "/v1",
    ) -> Reply:
        sent = {"Content-Type": "application/json", **(headers or {})}
        if idempotency_key:
            sent["Idempotency-Key"] = idempotency_key
        address = base + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        content = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        answer = self._client.http.request(method, address, headers=sent, body=content)
        headers_out = {name.lower(): str(value) for name, value in answer.headers.items()}
        return Reply(answer.status_code, headers_out, answer.body.decode())

    def get(self, path: str, **options: Any) -> Reply:
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.request("POST", path, {} if body is None else body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.request("PUT", path, {} if body is None else body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.request("PATCH", path, {} if body is None else body, **options)

    def delete(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.request("DELETE", path, body, **options)


class _OfRoles(Mapping[str, str]):
    """One of each role, made when somebody asks for it: most tests need one or two."""

    def __init__(self, make: Callable[[Role], str]):
        self._make = make
        self._made: dict[str, str] = {}
        self._lock = threading.Lock()

    def __getitem__(self, role: str) -> str:
        with self._lock:
            if role not in self._made:
                self._made[role] = self._make(Role(role))
            return self._made[role]

    def __iter__(self) -> Iterator[str]:
        return (role.value for role in Role)

    def __len__(self) -> int:
        return len(Role)


@dataclass(frozen=True, slots=True)
class World:
    """A workspace with one member and one API key per role. ``world.owner``, ``world.sales``, … and ``world.key`` (all
    permissions) are keyword arguments for a request; ``world.as_role("sales")`` and ``world.key_of("sales")`` are the same
    by name.
    """

    workspace: Workspace
    users: Mapping[str, str]
    keys: Mapping[str, str]

    @property
    def id(self) -> str:
        return self.workspace.id

    def as_role(self, role: str) -> Credentials:
        return {"headers": {"Authorization": f"Bearer access.{self.users[role]}", "X-Workspace": self.id}}

    def key_of(self, role: str) -> Credentials:
        return {"headers": {"Authorization": f"Bearer {self.keys[role]}"}}

    @property
    def key(self) -> Credentials:
        return self.key_of("owner")

    def __getattr__(self, role: str) -> Credentials:
        if role in Role.__members__.values():
            return self.as_role(role)
        raise AttributeError(role)


def make_world(runtime: Runtime, name: str = "Acme") -> World:
    """A workspace with one member and one API key per role, in the runtime's table and user pool."""
    identity = runtime.identity
    assert isinstance(identity, FakeIdentity)
    workspace = settings.create_workspace(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=runtime.new_id(),
        name=name,
        time_zone="America/Bogota",
        currency="COP",
        postal_address="Calle 1, Bogotá",
        sender_name=name,
        sender_email="hola@acme.example",
    )

    def member(role: Role) -> str:
        email = f"{role}.{workspace.id.lower()}@acme.example"
        user_id = identity.add(email, role.title(), "Password-12345", f"{role}-{workspace.id}")
        members.add_member(
            table=runtime.table,
            clock=runtime.clock,
            workspace_id=workspace.id,
            user_id=user_id,
            email=email,
            name=role.title(),
            role=role,
        )
        return user_id

    def key(role: Role) -> str:
        _, secret = api_keys.add_api_key(
            table=runtime.table,
            clock=runtime.clock,
            workspace_id=workspace.id,
            key_id=runtime.new_id(),
            name=f"{role} key",
            scopes=PERMISSIONS if role is Role.OWNER else ROLES[role],
        )
        return secret

    world = World(workspace, _OfRoles(member), _OfRoles(key))
    assert world.users[Role.OWNER]  # every workspace has one
    return world


@pytest.fixture
def client(runtime: Runtime) -> Iterator[Api]:
    """The API on this test's runtime."""
    before = Services.runtime, Services.authenticator
    Services.runtime = staticmethod(lambda: runtime)
    Services.authenticator = Access()
    yield Api(runtime)
    Services.runtime, Services.authenticator = before


@pytest.fixture
def workspace(runtime: Runtime) -> World:
    """A workspace of this test's own."""
    return make_world(runtime)


@pytest.fixture
def other_workspace(runtime: Runtime) -> World:
    """Somebody else's workspace."""
    return make_world(runtime, "Other")
