"""The customer's page of a quote. It needs no script and asks no third party for anything; looking at it changes nothing."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from chalicelib.customers import texts
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http import Answer, Call
from chalicelib.foundation.rendering import page as render
from chalicelib.sales.quotes import formats, presenting, service
from chalicelib.sales.quotes.document import document_of
from chalicelib.sales.quotes.domain import LANGUAGES, Quote, QuoteState
from chalicelib.sales.quotes.service import Whole
from chalicelib.sales.quotes.words import WORDS
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

CONTENT_TYPE = "text/html; charset=utf-8"
NAME = range(2, 121)
REASON = 1000
_FORM = "application/x-www-form-urlencoded"
_TONES = {
    QuoteState.ACCEPTED: "",
    QuoteState.DECLINED: "quiet",
    QuoteState.EXPIRED: "warn",
    QuoteState.SUPERSEDED: "warn",
}
_NOTHING = {"action": "", "name": "", "reason": ""}


def show(call: Call[Any], token: str) -> Answer:
    """The quote, and the form to answer it while it is open."""
    try:
        found = _find(call, token)
    except NotFoundError:
        return _gone(call)
    return _page(call, found, token)


def pdf(call: Call[Any], token: str) -> Answer:
    """On to the PDF; back to the page while there is none."""
    try:
        found = _find(call, token)
    except NotFoundError:
        return _gone(call)
    place = presenting.pdf_link(call, found) or f"/q/{token}"
    return Answer("", 302, {**headers(), "Location": place}, "text/plain")


def answer(call: Call[Any], token: str) -> Answer:
    """Take the customer's yes or no and show the page as it is then. What is missing is said beside the form."""
    try:
        found = _find(call, token)
    except NotFoundError:
        return _gone(call)
    given = _fields(call)
    errors = _wrong(given, WORDS[_language(call, found.quote)])
    if errors and found.quote.open(call.runtime.clock.now()):
        return _page(call, found, token, errors=errors, given=given, status=422)
    if not errors:
        service.answer(
            table=call.runtime.table,
            clock=call.runtime.clock,
            quote=found.quote,
            accept=given["action"] == "accept",
            name=given["name"],
            ip=call.source_ip,
            reason=given["reason"],
        )
    language = _language(call, found.quote)
    return Answer(None, 303, {**headers(), "Location": f"/q/{token}?lang={language}"})


def headers() -> dict[str, str]:
    """A page's headers: no script runs whatever a quote holds, nobody frames it, and its address goes nowhere."""
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{_style_hash()}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
        "Cache-Control": "no-store",
    }


def _find(call: Call[Any], token: str) -> Whole:
    return service.find_by_token(table=call.runtime.table, signer=call.runtime.signer, token=token)


def _fields(call: Call[Any]) -> dict[str, str]:
    """What the form says; anything else says nothing."""
    if call.headers.get("content-type", _FORM).partition(";")[0].strip().lower() != _FORM:
        return dict(_NOTHING)
    posted = parse_qs(call.raw_body[:20_000].decode("utf-8", "replace"), max_num_fields=20)
    found = {name: posted.get(name, [""])[0].strip() for name in ("action", "name", "reason", "confirm")}
    return {**found, "name": " ".join(found["name"].split()), "reason": found["reason"].replace("\r\n", "\n")}


def _wrong(given: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    """What is missing: the field's id in the page, and the sentence."""
    declining = given["action"] == "decline"
    wrong = {}
    if len(given["name"]) not in NAME or texts.refused(given["name"]):
        wrong["decline-name" if declining else "name"] = words["name_missing"]
    if not declining and (given["action"] != "accept" or given["confirm"] != "yes"):
        wrong["confirm"] = words["confirm_missing"]
    if declining and (len(given["reason"]) > REASON or texts.refused(given["reason"], lines=True)):
        wrong["reason"] = words["reason_long"]
    return wrong


def _page(
    call: Call[Any],
    found: Whole,
    token: str,
    *,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    status: int = 200,
) -> Answer:
    quote = found.quote
    workspace = get_workspace(table=call.runtime.table, workspace_id=quote.workspace_id)
    language = _language(call, quote)
    words = WORDS[language]
    document = document_of(quote, language=language, zone=workspace.zone)
    text = render(
        "sales/quotes/page.html",
        style=_style(),
        language=language,
        other_language=_other(language),
        words=words,
        brand=quote.sender.name,
        title=words["title"].format(number=quote.number),
        document=document,
        notice=_notice(call, quote, workspace, language),
        open=quote.open(call.runtime.clock.now()),
        confirm=words["confirm"].format(number=quote.number, total=document.total),
        pdf=f"/q/{token}/pdf" if found.paper_key else "",
        errors=dict(errors or {}),
        given=dict(given or _NOTHING),
    )
    return Answer(text, status, headers(), CONTENT_TYPE)


def _notice(call: Call[Any], quote: Quote, workspace: Workspace, language: str) -> dict[str, str] | None:
    """What has become of the quote, unless it waits for an answer."""
    state = quote.shown_state(call.runtime.clock.now())
    if state not in _TONES:
        return None
    words = WORDS[language]
    said = {"sender": quote.sender.name, "name": "", "time": "", "date": formats.long_date(quote.valid_until, language)}
    if quote.reply is not None and state in (QuoteState.ACCEPTED, QuoteState.DECLINED):
        at = quote.reply.at.astimezone(workspace.zone)
        said |= {"name": quote.reply.name, "date": formats.long_date(at.date(), language), "time": f"{at:%H:%M}"}
    return {
        "tone": _TONES[state],
        "title": words[f"{state.value}_title"],
        "text": words[state.value].format(**said),
    }


def _gone(call: Call[Any]) -> Answer:
    asked = (call.query.language, *call.languages)
    language = next((each for each in asked if each in LANGUAGES), LANGUAGES[0])
    words = WORDS[language]
    text = render(
        "sales/quotes/page.html",
        style=_style(),
        language=language,
        other_language=_other(language),
        words=words,
        brand="",
        title=words["gone_title"],
        document=None,
        notice={"tone": "quiet", "title": words["gone_title"], "text": words["gone"]},
    )
    return Answer(text, 404, headers(), CONTENT_TYPE)


def _language(call: Call[Any], quote: Quote) -> str:
    asked = call.query.language
    return asked if asked in LANGUAGES else quote.language


def _other(language: str) -> str:
    return "en" if language == "es" else "es"


@cache
def _style() -> str:
    return (Path(__file__).parent / "templates" / "page.css").read_text(encoding="utf-8").strip()


@cache
def _style_hash() -> str:
    return b64encode(hashlib.sha256(_style().encode()).digest()).decode()
