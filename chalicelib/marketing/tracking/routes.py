"""HTTP, public: the picture and the links of a message, and its page of choices. Nothing here needs a cookie."""

from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.marketing.tracking import service
from chalicelib.marketing.tracking.domain import Visitor, visitor
from chalicelib.marketing.tracking.words import WORDS, language_of, masked, purpose_label
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("tracking", __name__)

_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PIXEL_HEADERS = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex"}
_PAGE = "text/html; charset=utf-8"
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
}
_FORM = "application/x-www-form-urlencoded"


@routes.get("/t/o/{picture}", permission=PUBLIC, base="", raw=True)
def open_message(call: Call[None], picture: str) -> Answer:
    """The picture that tells that a message was opened; it comes whatever the token is."""
    runtime = call.runtime
    service.opened(
        table=runtime.table,
        clock=runtime.clock,
        signer=runtime.signer,
        token=picture.removesuffix(".gif"),
        visitor=_visitor(call),
    )
    return Answer(_PIXEL, 200, _PIXEL_HEADERS, "image/gif")


@routes.get("/t/c/{token}", permission=PUBLIC, base="", raw=True, status=302)
def click_link(call: Call[None], token: str) -> Answer:
    """On to the address that is stored for this link."""
    return _follow(call, token)


@routes.endpoint("HEAD", "/t/c/{token}", permission=PUBLIC, base="", raw=True, status=302)
def look_at_link(call: Call[None], token: str) -> Answer:
    """Where the link leads, for whoever only asks."""
    return _follow(call, token, quiet=True)


@routes.get("/u/{token}", permission=PUBLIC, base="", raw=True)
def show_choices(call: Call[None], token: str) -> Answer:
    """The page to unsubscribe and to choose. Looking at it changes nothing."""
    runtime = call.runtime
    if token == service.PREVIEW:
        return _page(call, "preview")
    try:
        found = service.choices(
            table=runtime.table, clock=runtime.clock, signer=runtime.signer, token=token, visitor=_visitor(call)
        )
    except NotFoundError:
        return _page(call, "gone", status=404)
    return _page(call, "ask" if found.contact is not None else "unknown", found, token)


@routes.post("/u/{token}", permission=PUBLIC, base="", raw=True, media_types=(_FORM, "multipart/form-data"))
def post_choices(call: Call[None], token: str) -> Answer:
    """Unsubscribe with one click (RFC 8058), or take the answers of the page's forms. Never redirects."""
    runtime = call.runtime
    if token == service.PREVIEW:
        return _page(call, "preview")
    fields = _fields(call)
    asked = fields.get("action", ["unsubscribe"])[0]
    common: dict[str, Any] = {
        "table": runtime.table,
        "clock": runtime.clock,
        "signer": runtime.signer,
        "token": token,
        "source_ip": call.source_ip,
    }
    try:
        if asked == "preferences":
            wanted = fields.get("purpose", [])[:50]
            wording = " · ".join(purpose_label(purpose, _language(call)) for purpose in wanted)[:2000]
            return _page(call, "saved", service.choose(wanted=wanted, wording=wording, **common), token)
        everything = asked == "everything"
        found = service.unsubscribe(everything=everything, **common)
    except NotFoundError:
        return _page(call, "gone", status=404)
    state = "unknown" if found.contact is None else "everything" if everything else "left"
    return _page(call, state, found, token)


def _follow(call: Call[None], token: str, *, quiet: bool = False) -> Answer:
    runtime = call.runtime
    try:
        address = service.clicked(
            table=runtime.table,
            clock=runtime.clock,
            signer=runtime.signer,
            token=token,
            visitor=_visitor(call),
            quiet=quiet,
        )
    except NotFoundError:
        return _page(call, "gone", status=404)
    headers = {
        "Location": address,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    return Answer("", 302, headers, "text/plain")


def _visitor(call: Call[Any]) -> Visitor:
    purpose = call.headers.get("purpose", "") + call.headers.get("sec-purpose", "") + call.headers.get("x-moz", "")
    return visitor(call.headers.get("user-agent", ""), call.method, purpose=purpose)


def _fields(call: Call[None]) -> dict[str, list[str]]:
    """The form's fields. A one-click post may come as multipart: it has no field that would say anything but "unsubscribe"."""
    if call.headers.get("content-type", _FORM).partition(";")[0].strip().lower() != _FORM:
        return {}
    return parse_qs(call.raw_body[:20_000].decode("utf-8", "replace"), max_num_fields=100)


def _language(call: Call[None], found: service.Choices | None = None) -> str:
    contact = found.contact if found is not None else None
    own = [contact.language] if contact is not None else []
    campaign = [found.campaign.language] if found is not None else []
    return language_of(*own, *call.languages, *campaign)


def _page(
    call: Call[None], state: str, found: service.Choices | None = None, token: str = "", *, status: int = 200
) -> Answer:
    from chalicelib.foundation.rendering import page  # brings Jinja

    language = _language(call, found)
    words = WORDS[language]
    workspace = get_workspace(table=call.runtime.table, workspace_id=found.copy.workspace_id) if found else None
    name = workspace.name if workspace else "Clientela"
    address = masked(found.contact.email) if found and found.contact else ""
    values = {
        key: words[key].format(workspace=name, address=address)
        for key in ("left", "explain", "everything", "everything_done")
    }
    purposes = [
        {"name": purpose, "label": purpose_label(purpose, language), "granted": granted}
        for purpose, granted in (found.purposes.items() if found else ())
    ]
    html = page(
        "marketing/tracking/choices.html",
        language=language,
        words=words,
        state=state,
        workspace_name=name,
        postal_address=workspace.postal_address if workspace else "",
        action=f"/u/{token}",
        purposes=purposes,
        everything_off=found.everything_off if found else False,
        **values,
    )
    return Answer(html, status, _PAGE_HEADERS, _PAGE)
