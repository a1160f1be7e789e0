"""Errors as ``application/problem+json`` (RFC 9457). The only place where errors have status codes."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from chalicelib.foundation.errors import (
    AuthenticationError,
    ClientelaError,
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    TooManyError,
    UnavailableError,
    UnsupportedError,
    problem_fields,
)

_SURROGATE = re.compile("[\ud800-\udfff]")
CONTENT_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[ClientelaError], int, str, str], ...] = (
    (InvalidError, 422, "invalid", "The request is not valid"),
    (AuthenticationError, 401, "unauthenticated", "Sign in first"),
    (ForbiddenError, 403, "forbidden", "Not allowed"),
    (NotFoundError, 404, "not-found", "Not found"),
    (ConflictError, 409, "conflict", "Changed meanwhile"),
    (TooLargeError, 413, "too-large", "Too large"),
    (UnsupportedError, 415, "unsupported", "Unsupported media type"),
    (TooManyError, 429, "too-many", "Too many requests"),
    (UnavailableError, 503, "unavailable", "Try again"),
)


def problem(
    error: ClientelaError, request_id: str, present: Callable[[Any], Any] | None = None
) -> tuple[int, dict[str, Any], Mapping[str, str]]:
    """Status, problem document and extra headers for an error. ``present`` shows a conflict's current record."""
    status, name, title = 500, "internal", "Something went wrong"
    for kind, its_status, its_name, its_title in _STATUS:
        if isinstance(error, kind):
            status, name, title = its_status, its_name, its_title
            break
    document: dict[str, Any] = {
        "type": f"https://clientela.dev/problems/{name}",
        "title": title,
        "status": status,
        "request_id": request_id,
    }
    if status != 500:
        document["detail"] = str(error)
    headers: dict[str, str] = {}
    if isinstance(error, InvalidError) and error.fields:
        document["errors"] = problem_fields(error.fields)
    if isinstance(error, ConflictError) and error.current is not None and present is not None:
        document["current"] = present(error.current)
    if isinstance(error, NotFoundError):
        document |= error.members
    if isinstance(error, TooManyError):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, AuthenticationError):
        headers["WWW-Authenticate"] = "Bearer"
    return status, document, headers


def invalid(error: ValidationError, prefix: str = "") -> InvalidError:
    """Pydantic's findings as field errors: ``emails.0.address``, at most 50, without the values themselves."""
    fields = []
    for found in error.errors(include_url=False, include_context=False, include_input=False)[:50]:
        path = ".".join(str(part) for part in found["loc"]) or "body"
        fields.append(FieldError(prefix + path, found["msg"].removeprefix("Value error, "), found["type"]))
    return InvalidError("Some values are not valid.", fields=fields)


def half_characters(body: bytes) -> InvalidError | None:
    """The fields of a body whose texts have half a character (``d800`` escaped), which pydantic's parser only calls no JSON."""
    if b"\\u" not in body:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    fields: list[FieldError] = []
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting and len(fields) < 50:
        path, value = waiting.pop()
        if isinstance(value, str) and _SURROGATE.search(value):
            fields.append(
                FieldError(_SURROGATE.sub("?", path) or "body", "This text has half a character.", "lone_surrogate")
            )
        elif isinstance(value, dict):
            waiting += [(f"{path}.{name}".lstrip("."), each) for name, each in value.items()]
            waiting += [(path, name) for name in value]
        elif isinstance(value, list):
            waiting += [(f"{path}.{position}".lstrip("."), each) for position, each in enumerate(value)]
    return InvalidError("Some values are not valid.", fields=fields) if fields else None
