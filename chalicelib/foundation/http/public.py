"""What the API says of itself: health, the OpenAPI document and a page that shows it."""

import json
from functools import cache
from html import escape

from chalicelib.foundation.http.call import PUBLIC, Call
from chalicelib.foundation.http.openapi import document
from chalicelib.foundation.http.routes import Answer, Routes
from chalicelib.foundation.http.schemas import Schema

routes = Routes("api", __name__)


class HealthOut(Schema):
    """The service is up."""

    status: str
    version: str
    region: str
    stage: str


@routes.get("/health", permission=PUBLIC, returns=HealthOut)
def get_health(call: Call[None]) -> HealthOut:
    """Whether the API answers, and which version of it."""
    settings = call.runtime.settings
    return HealthOut(status="ok", version=settings.version, region=settings.region, stage=settings.stage)


@cache
def openapi_text(version: str) -> str:
    """The OpenAPI document of all routes."""
    from chalicelib.foundation.http.routes import Services

    return json.dumps(document(Services.endpoints(), version=version), ensure_ascii=False)


@routes.get("/openapi.json", permission=PUBLIC)
def get_openapi(call: Call[None]) -> Answer:
    """The OpenAPI 3.1 document of this API."""
    return Answer(openapi_text(call.runtime.settings.version), headers={"Cache-Control": "public, max-age=300"})


@routes.get("/docs", permission=PUBLIC)
def get_docs(call: Call[None]) -> Answer:
    """A page that shows the OpenAPI document, without scripts."""
    api = json.loads(openapi_text(call.runtime.settings.version))
    rows = []
    for path, operations in sorted(api["paths"].items()):
        for method, operation in operations.items():
            rows.append(
                f"<tr><td><b>{method.upper()}</b></td><td><code>/api{escape(path)}</code></td>"
                f"<td>{escape(operation['summary'])}</td><td><code>{escape(operation.get('x-permission', 'public'))}</code></td></tr>"
            )
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>Clientela API</title><style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui;margin:2rem auto;"
        "max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%}td{padding:.35rem .6rem;border-bottom:1px "
        "solid #8884;vertical-align:top}code{font-size:.92em}</style>"
        f"<h1>Clientela API {escape(api['info']['version'])}</h1><p>{escape(api['info']['description'])}</p>"
        "<p><a href='openapi.json'>openapi.json</a></p><table>" + "".join(rows) + "</table></html>"
    )
    return Answer(page, content_type="text/html; charset=utf-8")
