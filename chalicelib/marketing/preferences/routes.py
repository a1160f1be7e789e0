"""HTTP: a workspace's topics; and, public, the preference centre as a page and as JSON. Nothing public here needs a cookie."""

from typing import Any
from urllib.parse import parse_qs

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.marketing.campaigns.domain import PURPOSE
from chalicelib.marketing.preferences import centre, service
from chalicelib.marketing.preferences.pages import HEADERS, MEDIA_TYPE, language_for, page_of
from chalicelib.marketing.preferences.posted import wish_in
from chalicelib.marketing.preferences.schemas import PreferencesIn, PreferencesOut, TopicsIn, TopicsOut
from chalicelib.marketing.tracking.judging import request_of

routes = Routes("preferences", __name__)

_FORM = "application/x-www-form-urlencoded"


@routes.get("/preference-topics", permission="campaigns:read", returns=TopicsOut)
def get_topics(call: Call[None]) -> TopicsOut:
    """What the workspace writes about, for people to choose from."""
    return TopicsOut.of(service.get_topics(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put("/preference-topics", permission="campaigns:send", body=TopicsIn, returns=TopicsOut, present=TopicsOut.of)
def put_topics(call: Call[TopicsIn]) -> TopicsOut:
    """Replace them. What people said of one that goes stays in the ledger."""
    topics = service.put_topics(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        topics=call.body.taken(),
        changed_by=call.actor.reference,
    )
    return TopicsOut.of(topics)


@routes.get("/preferences/{token}", permission=PUBLIC, returns=PreferencesOut)
def get_preferences(call: Call[None], token: str) -> PreferencesOut:
    """What somebody can choose and has chosen. The token is the one in the unsubscribe link of a message. Changes nothing."""
    found = centre.choices(
        runtime=call.runtime, token=token, request=request_of(call.headers, call.method, call.source_ip)
    )
    return PreferencesOut.of(found, language_for(call, found), PURPOSE)


@routes.post("/preferences/{token}", permission=PUBLIC, body=PreferencesIn, returns=PreferencesOut, once=False)
def post_preferences(call: Call[PreferencesIn], token: str) -> PreferencesOut:
    """Take somebody's answers."""
    present = centre.choices(runtime=call.runtime, token=token)
    common: dict[str, Any] = {
        "runtime": call.runtime,
        "token": token,
        "shown_in": language_for(call, present),
        "source_ip": call.source_ip,
    }
    if call.body.everything_off:
        found = centre.unsubscribe(everything=True, **common)
    else:
        found = centre.choose(wish=call.body.wish(PURPOSE), **common)
    return PreferencesOut.of(found, language_for(call, found), PURPOSE)


@routes.get("/u/{token}", permission=PUBLIC, base="", raw=True)
def show_choices(call: Call[None], token: str) -> Answer:
    """The page to unsubscribe and to choose. Looking at it changes nothing."""
    if token == centre.PREVIEW:
        return _answer(call, "preview")
    try:
        found = centre.choices(
            runtime=call.runtime, token=token, request=request_of(call.headers, call.method, call.source_ip)
        )
    except NotFoundError:
        return _answer(call, "gone", status=404)
    return _answer(call, "ask" if found.contact is not None else "unknown", found, token)


@routes.post("/u/{token}", permission=PUBLIC, base="", raw=True, media_types=(_FORM, "multipart/form-data"))
def post_choices(call: Call[None], token: str) -> Answer:
    """Unsubscribe with one click (RFC 8058), or take the answers of the page's forms. Never redirects."""
    if token == centre.PREVIEW:
        return _answer(call, "preview")
    fields = _fields(call)
    asked = fields.get("action", ["unsubscribe"])[0]
    try:
        present = centre.choices(runtime=call.runtime, token=token)
        common: dict[str, Any] = {
            "runtime": call.runtime,
            "token": token,
            "shown_in": language_for(call, present),
            "source_ip": call.source_ip,
        }
        if asked == "preferences":
            found, state = centre.choose(wish=wish_in(fields, present), **common), "saved"
        else:
            found = centre.unsubscribe(everything=asked == "everything", **common)
            state = "everything" if asked == "everything" else "left"
    except NotFoundError:
        return _answer(call, "gone", status=404)
    return _answer(call, state if found.contact is not None else "unknown", found, token)


def _fields(call: Call[None]) -> dict[str, list[str]]:
    """The form's fields. A one-click post may come as multipart: it has no field that would say anything but "unsubscribe"."""
    if call.headers.get("content-type", _FORM).partition(";")[0].strip().lower() != _FORM:
        return {}
    try:
        return parse_qs(call.raw_body[:20_000].decode("utf-8", "replace"), max_num_fields=200)
    except ValueError:
        return {}


def _answer(
    call: Call[None], state: str, found: centre.Choices | None = None, token: str = "", *, status: int = 200
) -> Answer:
    return Answer(page_of(call, state, found, token), status, HEADERS, MEDIA_TYPE)
