"""The OpenAPI 3.1 document, made of the declared routes and their models; never written by hand."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chalicelib.foundation.http.call import PUBLIC
from chalicelib.foundation.http.routes import Endpoint

_REASONS = {
    400: "The request cannot be read",
    401: "Nobody we know",
    403: "Not allowed",
    404: "Not in this workspace",
    409: "Changed meanwhile; carries the current record",
    410: "Gone",
    413: "The body is too long",
    415: "The body is of another media type",
    422: "Some values are not valid; names each field",
    429: "Too many requests; Retry-After says how long to wait",
    503: "Something we need did not answer",
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message", "code"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
        "current": {"type": "object", "description": "The record as it is now (409)."},
    },
}


def document(endpoints: Iterable[Endpoint], *, version: str, server: str = "/api") -> dict[str, Any]:
    """The whole document; ``server`` is what stands before ``/v1/…``."""
    listed = [endpoint for endpoint in endpoints if endpoint.path.startswith("/v1/")]
    models: list[tuple[type[BaseModel], Any]] = []
    for endpoint in listed:
        if endpoint.body:
            models.append((endpoint.body, "validation"))
        if endpoint.query:
            models.append((endpoint.query, "validation"))
        if endpoint.returns:
            models.append((endpoint.returns, "serialization"))
    references, definitions = models_json_schema(
        list(dict.fromkeys(models)), ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = {**definitions.get("$defs", {}), "Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in listed:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, references, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Clientela",
            "version": version,
            "description": "The API of Clientela. Lists are cursored, errors are problem documents (RFC 9457), every POST "
            "takes an Idempotency-Key, every change names the version it was made on.",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, references: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    text = (endpoint.view.__doc__ or "").strip()
    operation: dict[str, Any] = {
        "operationId": endpoint.view.__name__,
        "tags": [endpoint.tag],
        "summary": text.partition("\n")[0],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", endpoint.path)
        ],
        "responses": _responses(endpoint, references),
    }
    if "\n" in text:
        operation["description"] = text.partition("\n")[2].strip()
    if endpoint.permission != PUBLIC:
        operation["security"] = [{"bearer": []}]
        operation["x-permission"] = endpoint.permission
        operation["parameters"].append(
            {
                "name": "X-Workspace",
                "in": "header",
                "required": False,
                "schema": {"type": "string"},
                "description": "For people: the workspace they work in. An API key has its own.",
            }
        )
    if endpoint.once:
        operation["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    if endpoint.query:
        schema = schemas[references[endpoint.query, "validation"]["$ref"].rpartition("/")[2]]
        for name, its_schema in schema.get("properties", {}).items():
            operation["parameters"].append(
                {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": its_schema}
            )
    if endpoint.body:
        operation["requestBody"] = {
            "required": True,
            "content": {
                media_type: {"schema": references[endpoint.body, "validation"]}
                for media_type in (endpoint.media_types or ("application/json",))
            },
        }
    return operation


def _responses(endpoint: Endpoint, references: Any) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done"}
    if endpoint.returns:
        good["content"] = {"application/json": {"schema": references[endpoint.returns, "serialization"]}}
    responses = {str(endpoint.status): good}
    statuses = {404, 422, *endpoint.errors}
    if endpoint.permission != PUBLIC:
        statuses |= {401, 403}
    if endpoint.method in ("POST", "PUT", "PATCH", "DELETE"):
        statuses |= {409, 413, 415}
    for status in sorted(statuses):
        responses[str(status)] = {
            "description": _REASONS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return responses
