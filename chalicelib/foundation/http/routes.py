"""Routes: the one way from an HTTP request to a view and back.

Every route names the permission it needs, or `PUBLIC`, or `SIGNED_IN` (any person we know); there is no default. Before the
view runs the caller is authenticated, allowed, and the query and body are parsed; whatever the view raises is answered as a
problem document. The same path runs in tests, locally and in AWS.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote

from chalice import Blueprint, Chalice, CORSConfig, Response
from pydantic import BaseModel, ValidationError

from chalicelib.foundation import observability
from chalicelib.foundation.errors import (
    AuthenticationError,
    ClientelaError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    UnsupportedError,
)
from chalicelib.foundation.http.call import ANONYMOUS, PUBLIC, SIGNED_IN, Actor, Authenticator, Call
from chalicelib.foundation.http.errors import CONTENT_TYPE, half_characters, invalid, problem
from chalicelib.foundation.http.idempotency import Idempotency
from chalicelib.foundation.runtime import Runtime

BASE = "/v1"
JSON = "application/json"
BODY_LIMIT = 256 * 1024
CORS = CORSConfig(
    allow_origin="*",  # tokens travel in a header, never in a cookie: another origin gains nothing by asking
    allow_headers=["Authorization", "Content-Type", "X-Workspace", "Idempotency-Key", "If-Match"],
    expose_headers=["Location", "X-Request-Id", "Retry-After"],
    max_age=600,
)
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is more than a model: its own status, headers or content. ``body`` is a model, text, or None."""

    body: BaseModel | str | bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route as it was declared; what routing and the OpenAPI document are made of."""

    method: str
    path: str
    permission: str
    view: Callable[..., Any]
    tag: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    returns: type[BaseModel] | None
    status: int
    raw: bool
    body_limit: int
    present: Callable[[Any], Any] | None
    errors: tuple[int, ...]
    media_types: tuple[str, ...]
    once: bool
    secrets: tuple[str, ...]


class Services:
    """What every endpoint shares: set once by the composition root."""

    runtime: Callable[[], Runtime]
    authenticator: Authenticator
    all_routes: Callable[[], list["Routes"]]

    @classmethod
    def endpoints(cls) -> list[Endpoint]:
        """Every endpoint of the product, mounted in this process or not."""
        return [endpoint for routes in cls.all_routes() for endpoint in routes.endpoints]


class Routes(Blueprint):
    """A feature's routes. ``present`` of a changing route shows the current record in a conflict's answer."""

    def __init__(self, tag: str, import_name: str):
        super().__init__(import_name)  # type: ignore[no-untyped-call,unused-ignore]
        self.tag = tag
        self.endpoints: list[Endpoint] = []

    def get(self, path: str, **options: Any) -> Callable[[View], View]:
        """A reading route; see `endpoint`."""
        return self.endpoint("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[View], View]:
        """A creating or ordering route; see `endpoint`."""
        return self.endpoint("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[View], View]:
        """A replacing route; see `endpoint`."""
        return self.endpoint("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[View], View]:
        """A changing route; see `endpoint`."""
        return self.endpoint("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[View], View]:
        """A deleting route; see `endpoint`."""
        return self.endpoint("DELETE", path, **{"status": 204, **options})

    def endpoint(
        self,
        method: str,
        path: str,
        *,
        permission: str,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        returns: type[BaseModel] | None = None,
        status: int = 200,
        raw: bool = False,
        body_limit: int = BODY_LIMIT,
        present: Callable[[Any], Any] | None = None,
        errors: Sequence[int] = (),
        media_types: Sequence[str] = (),
        base: str = BASE,
        once: bool = True,
        secrets: Sequence[str] = (),
    ) -> Callable[[View], View]:
        """Declare a route.

        ``permission`` is a permission's name, `PUBLIC` or `SIGNED_IN`. ``body`` and ``query`` are parsed into the call;
        unknown fields are errors. A ``raw`` route reads ``call.raw_body`` itself (``media_types`` say which it takes) and
        answers with `Answer`. ``errors`` are statuses of its own for the OpenAPI document; ``base`` is empty for pages
        outside of the API. A POST keeps its answer for a repetition with the same Idempotency-Key unless it is not ``once``
        (sign-in: repeating it is harmless and its answer is a secret); ``secrets`` are fields of the answer that are not kept,
        so a repetition shows them as null.
        """

        def declare(view: View) -> View:
            declared = Endpoint(
                method,
                base + path,
                permission,
                view,
                self.tag,
                body,
                query,
                returns,
                status,
                raw,
                body_limit,
                present,
                tuple(errors),
                tuple(media_types),
                once and method == "POST" and not raw,
                tuple(secrets),
            )
            self.endpoints.append(declared)

            def handle(**path_parameters: str) -> Response:
                return _handle(declared, self.current_request, path_parameters)

            handle.__name__ = view.__name__
            self.route(declared.path, methods=[method], content_types=["*/*"], cors=CORS)(handle)
            return view

        return declare


def mount(app: Chalice, features: Sequence[Routes]) -> None:
    """Put every feature's routes into the application."""
    for routes in features:
        app.register_blueprint(routes)


def _handle(endpoint: Endpoint, request: Any, path_parameters: Mapping[str, str]) -> Response:
    started = time.perf_counter()
    request_id = str(request.context.get("requestId") or "")
    actor = ANONYMOUS
    claim: Idempotency | None = None
    try:
        runtime = Services.runtime()
        call, claim = _call(endpoint, request, runtime, request_id)
        actor = call.actor
        if claim is not None and claim.done is not None:
            status, headers, text = claim.done
            headers = {**headers, "Idempotent-Replayed": "true"}
        else:
            values = {name: _path_value(value) for name, value in path_parameters.items()}
            status, headers, text = _answer(endpoint, endpoint.view(call, **values))
            _keep(endpoint, claim, status, headers, text)
    except ClientelaError as error:
        status, document, more = problem(error, request_id, endpoint.present)
        if status == 500:
            observability.failure("request failed", route=endpoint.path, request_id=request_id)
        headers, text = {"Content-Type": CONTENT_TYPE, **more}, _dump(document)
        _keep(endpoint, claim, status, headers, text)
    except Exception:  # the edge: nothing may leave as anything but a problem document
        observability.failure("request failed", route=endpoint.path, request_id=request_id)
        status, document, more = problem(ClientelaError(), request_id)
        headers, text = {"Content-Type": CONTENT_TYPE, **more}, _dump(document)
        _keep(endpoint, claim, status, headers, text)
    if isinstance(text, bytes):
        # Chalice refuses a picture to a mail reader that asks for ``image/*`` or for nothing (aws/chalice#391); API Gateway is
        # told to hand everything over as bytes, so bytes may go out whatever the request says it accepts.
        request.headers = {"accept": "*/*"}
    headers["X-Request-Id"] = request_id
    headers.setdefault("Cache-Control", "no-store")
    observability.invocation(
        "request",
        started=started,
        method=endpoint.method,
        route=endpoint.path,
        status=status,
        workspace_id=actor.workspace_id,
        actor_id=actor.id,
        request_id=request_id,
    )
    return Response(body=text, status_code=status, headers={**headers})


def _path_value(value: str) -> str:
    """What stands in the path, unquoted once. No id of ours has the separator of our keys or fills one."""
    plain = unquote(value)
    if "#" in plain or len(plain.encode(errors="replace")) > 900:
        raise NotFoundError("There is no such thing.")
    return plain


def _keep(endpoint: Endpoint, claim: Idempotency | None, status: int, headers: dict[str, str], text: Any) -> None:
    """Keep the answer for a repetition of the request. What was done is done: failing to note it is no failure."""
    if claim is None or claim.done is not None:
        return
    if endpoint.secrets and status < 300:
        values = json.loads(text)
        text = json.dumps({name: None if name in endpoint.secrets else value for name, value in values.items()})
    try:
        claim.finish(status, dict(headers), text)
    except ClientelaError:
        observability.failure("answer not kept", route=endpoint.path)


def _call(endpoint: Endpoint, request: Any, runtime: Runtime, request_id: str) -> tuple[Call[Any], Idempotency | None]:
    headers = {name.lower(): value for name, value in (request.headers or {}).items()}
    actor = _actor(endpoint, headers, runtime)
    raw_body: bytes = request.raw_body if endpoint.method in ("POST", "PUT", "PATCH", "DELETE") else b""
    if len(raw_body) > endpoint.body_limit:
        raise TooLargeError(f"The body has more than {endpoint.body_limit} bytes.")
    query = _query(endpoint, request.query_params)
    body = None if endpoint.raw else _body(endpoint, headers, raw_body)
    claim = None
    key = headers.get("idempotency-key")
    if key is not None and endpoint.once:
        from chalicelib.foundation.http import idempotency

        caller, route = f"{actor.kind}:{actor.id}", request.context.get("path") or endpoint.path
        claim = idempotency.claim(
            runtime, workspace_id=actor.workspace_id, caller=caller, route=route, key=key, body=raw_body
        )
    call = Call(
        runtime=runtime,
        actor=actor,
        body=body,
        query=query,
        request_id=request_id,
        creation_id=claim.record.creation_id if claim is not None else runtime.new_id(),
        method=endpoint.method,
        path=str(request.context.get("path") or endpoint.path),
        headers=headers,
        source_ip=str((request.context.get("identity") or {}).get("sourceIp") or ""),
        raw_body=raw_body,
    )
    return call, claim


def _actor(endpoint: Endpoint, headers: Mapping[str, str], runtime: Runtime) -> Actor:
    if endpoint.permission == PUBLIC:
        return ANONYMOUS
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise AuthenticationError("Send a Bearer token.")
    actor = Services.authenticator.authenticate(runtime, token.strip(), headers.get("x-workspace", "").strip())
    if endpoint.permission != SIGNED_IN:
        if not actor.workspace_id:
            raise AuthenticationError("Name a workspace with the X-Workspace header.")
        if not actor.may(endpoint.permission):
            raise ForbiddenError(f"This needs the permission {endpoint.permission}.")
    return actor


def _query(endpoint: Endpoint, params: Any) -> Any:
    if endpoint.query is None:
        return None
    values: dict[str, Any] = {}
    fields = endpoint.query.model_fields
    for name in params or {}:
        several = params.getlist(name)
        wants_list = name in fields and "list" in str(fields[name].annotation)
        if not wants_list and len(several) > 1:
            raise InvalidError("This parameter stands once.", field=name, code="repeated")
        values[name] = several if wants_list else several[0]
    try:
        return endpoint.query.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from error


def _body(endpoint: Endpoint, headers: Mapping[str, str], raw: bytes) -> Any:
    if endpoint.body is None:
        return None
    media_type = headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type != JSON:
        raise UnsupportedError(f"Send {JSON}.")
    text = raw or b"{}"
    version = headers.get("if-match", "").strip().strip('"')
    try:
        if version and "version" in endpoint.body.model_fields:
            values = json.loads(text)
            if isinstance(values, dict):
                values.setdefault("version", int(version))
            return endpoint.body.model_validate_json(json.dumps(values))
        return endpoint.body.model_validate_json(text)
    except ValidationError as error:
        raise half_characters(text) or invalid(error) from error
    except (ValueError, RecursionError) as error:
        raise InvalidError(fields=[FieldError("body", "The body is not JSON.", "json_invalid")]) from error


def _answer(endpoint: Endpoint, result: Any) -> tuple[int, dict[str, str], Any]:
    if isinstance(result, Answer):
        status, headers, content = result.status, dict(result.headers), result.body
        content_type = result.content_type
    else:
        status, headers, content, content_type = endpoint.status, {}, result, JSON
    if isinstance(content, BaseModel):
        content = content.model_dump_json(by_alias=True)
    if content is None:
        return status, headers, ""
    headers.setdefault("Content-Type", content_type)
    return status, headers, content


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    return str(value)
