"""One call of the API: who asks, for which workspace, with what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

from chalicelib.foundation.errors import AuthenticationError, ForbiddenError
from chalicelib.foundation.runtime import Runtime

Body = TypeVar("Body")
PUBLIC = "public"
SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. ``workspace_id`` comes from the server-side membership or the API key, never from the request's content;
    it is empty for a person who has not named a workspace, and for the public.
    """

    kind: Literal["public", "member", "api_key"]
    id: str = ""
    workspace_id: str = ""
    role: str = ""
    permissions: frozenset[str] = frozenset()
    email: str = ""

    @property
    def reference(self) -> str:
        """Who it is, in one word for ``changed_by`` and the audit: ``member:<user id>``, ``api_key:<id>``, ``public``."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    def may(self, permission: str) -> bool:
        """Whether this actor has the permission in its workspace."""
        return permission in self.permissions


ANONYMOUS = Actor("public")


class Authenticator(Protocol):
    """Turns credentials into an actor; `AuthenticationError` for anything it does not know."""

    def authenticate(self, runtime: Runtime, bearer: str, workspace_id: str) -> Actor:
        """The actor behind a bearer token (an access token of the user pool or a ``ck_live_…`` key). ``workspace_id`` is
        what the header ``X-Workspace`` names, or empty; a workspace the person does not belong to is `NotFoundError`.
        """
        ...


@dataclass(slots=True)
class Call(Generic[Body]):
    """What a view gets. ``query`` is the parsed query model of the route. ``creation_id`` is the id for the thing that this
    request creates: the same again when the request is repeated with its Idempotency-Key.
    """

    runtime: Runtime
    actor: Actor
    body: Body
    query: Any
    request_id: str
    creation_id: str
    method: str = ""
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    source_ip: str = ""
    raw_body: bytes = b""

    @property
    def workspace_id(self) -> str:
        """The workspace of the call; `AuthenticationError` when there is none."""
        if not self.actor.workspace_id:
            raise AuthenticationError("Name a workspace with the X-Workspace header.")
        return self.actor.workspace_id

    def require(self, permission: str) -> None:
        """For a permission that depends on the content of the request."""
        if not self.actor.may(permission):
            raise ForbiddenError(f"This needs the permission {permission}.")

    @property
    def languages(self) -> list[str]:
        """The browser's languages in its order of preference, as lower-case primary tags (``es``, ``en``)."""
        wanted = []
        for position, part in enumerate(self.headers.get("accept-language", "").split(",")[:20]):
            tag, _, weight = part.strip().partition(";q=")
            try:
                wanted.append((-float(weight or 1), position, tag.split("-")[0].lower()))
            except ValueError:
                continue
        return [tag for _, _, tag in sorted(wanted) if tag]
