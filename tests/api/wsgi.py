"""The API as a WSGI application, for tools that speak WSGI: Chalice's own local gateway in between, no socket."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from chalice import Chalice
from chalice.config import Config
from chalice.local import ForbiddenError, LocalGateway

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


def wsgi_of(app: Chalice) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """Serve the application's routes below ``/api``, as API Gateway's stage does."""
    gateway = LocalGateway(app, Config(chalice_stage="test"))

    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        # WSGI hands the path over unquoted, as Latin-1; API Gateway hands it over as it was sent.
        path = quote(
            environ["PATH_INFO"].encode("latin-1").decode("utf-8", "surrogateescape"), errors="surrogateescape"
        )
        path = path.removeprefix("/api") or "/"
        if environ.get("QUERY_STRING"):
            path += "?" + environ["QUERY_STRING"]
        headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        try:
            answer = gateway.handle_request(environ["REQUEST_METHOD"], path, headers, body)
        except ForbiddenError:  # what API Gateway says of a path or method it does not know, as the template words it
            answer = {
                "statusCode": 404,
                "headers": {"Content-Type": "application/problem+json"},
                "body": b'{"type":"about:blank","title":"Not found","status":404,"request_id":""}',
            }
        body = answer["body"] or b""
        content = body if isinstance(body, bytes) else body.encode()
        start_response(f"{answer['statusCode']} -", [(name, str(value)) for name, value in answer["headers"].items()])
        return [content]

    return serve
