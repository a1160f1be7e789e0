"""HTTP: a form's confirmations; and, public, the page that the mail leads to."""

from urllib.parse import quote

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.foundation.ids import is_id
from chalicelib.marketing.confirmations import service
from chalicelib.marketing.confirmations.domain import Confirmation
from chalicelib.marketing.confirmations.schemas import ConfirmationOut, ConfirmQuery, ResendIn
from chalicelib.marketing.confirmations.words import WORDS, language_of
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("forms", __name__)

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
}


@routes.get("/forms/{form_key}/confirmations", permission="forms:read", query=PageQuery, returns=Page[ConfirmationOut])
def list_confirmations(call: Call[None], form_key: str) -> Page[ConfirmationOut]:
    """What waits to be confirmed, and what was, newest first, for 30 days."""
    from chalicelib.marketing.forms import service as forms

    table, cursors, where, limit = call.runtime.table, call.runtime.cursors, call.workspace_id, call.query.limit
    forms.get_form(table=table, workspace_id=where, form_key=form_key)
    name = f"confirmations:{form_key}"
    position = cursors.read(where, name, call.query.cursor)
    found = service.list_confirmations(
        table=table, workspace_id=where, form_key=form_key, before=position[0] if position else "", limit=limit
    )
    now = call.runtime.clock.now()
    more = cursors.write(where, name, [found[-1].id]) if len(found) == limit else None
    items = [ConfirmationOut.of(each, each.state(now)) for each in found]
    return Page[ConfirmationOut](items=items, next_cursor=more)


@routes.post(
    "/forms/{form_key}/confirmations", permission="forms:write", body=ResendIn, returns=ConfirmationOut, status=202
)
def resend_confirmation(call: Call[ResendIn], form_key: str) -> Answer:
    """Ask for a confirmation once more; an address is asked once in 24 hours at most."""
    found = service.again(
        runtime=call.runtime, workspace_id=call.workspace_id, form_key=form_key, confirmation_id=call.body.id
    )
    return Answer(ConfirmationOut.of(found, found.state(call.runtime.clock.now())), 202)


@routes.get("/f/{form_key}/confirm", permission=PUBLIC, query=ConfirmQuery, raw=True, base="")
def show_confirmation(call: Call[None], form_key: str) -> Answer:
    """What is to be confirmed, with a button: looking at it confirms nothing."""
    try:
        found = service.look(runtime=call.runtime, form_key=form_key, token=call.query.t)
    except NotFoundError:
        return _page(call, "expired", None, form_key=form_key, status=404)
    return _page(call, "done" if found.confirmed_at else "ask", found)


@routes.post("/f/{form_key}/confirm", permission=PUBLIC, query=ConfirmQuery, raw=True, base="")
def confirm_consent(call: Call[None], form_key: str) -> Answer:
    """The owner of the address says yes."""
    try:
        found = service.confirm(runtime=call.runtime, form_key=form_key, token=call.query.t, source_ip=call.source_ip)
    except NotFoundError:
        return _page(call, "expired", None, form_key=form_key, status=404)
    return _page(call, "done", found)


def _page(call: Call[None], state: str, found: Confirmation | None, *, form_key: str = "", status: int = 200) -> Answer:
    from chalicelib.foundation.rendering import page  # brings Jinja

    wanted = found.language if found else next((each for each in call.languages if each in WORDS), "en")
    language = language_of(wanted)
    words = WORDS[language]
    brand = get_workspace(table=call.runtime.table, workspace_id=found.workspace_id).name if found else ""
    title, text = {"ask": ("title", "ask"), "done": ("done_title", "done"), "expired": ("expired_title", "expired")}[
        state
    ]
    html = page(
        "marketing/confirmations/confirm.html",
        language=language,
        state=state,
        brand=brand,
        title=words[title],
        text=words[text],
        given=[each.text for each in found.given] if found else [],
        button=words["button"],
        form=f"/f/{form_key}" if is_id(form_key) else "",
        form_label=words["form"],
        action=f"/f/{found.form_key}/confirm?t={quote(call.query.t)}" if found else "",
    )
    return Answer(html, status, _HEADERS, "text/html; charset=utf-8")
