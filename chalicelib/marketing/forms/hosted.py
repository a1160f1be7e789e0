"""Answering people with pages: the hosted form, and plain HTML posts from it or from anybody's own page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalicelib.foundation.errors import (
    ClientelaError,
    FieldError,
    InvalidError,
    NotFoundError,
    TooManyError,
    UnavailableError,
)
from chalicelib.foundation.http import Answer, Call
from chalicelib.marketing.forms import pages, posts, service
from chalicelib.marketing.forms.domain import LANGUAGES, FieldType, Form, Page, Post
from chalicelib.marketing.forms.words import say
from chalicelib.workspaces.settings import service as settings

_TOKEN_NOTICES = {"missing": "token_missing", "too_fast": "token_too_fast", "reused": "token_reused"}


def show(call: Call[Any], form_key: str) -> Answer:
    """The form, empty."""
    query: dict[str, str] = call.query.texts()
    try:
        form = service.public_form(table=call.runtime.table, form_key=form_key)
    except NotFoundError as error:
        return _absent(call, error, query.get("lang", ""))
    language = form.language_for([query.get("lang", ""), *call.languages])
    address = f"{call.runtime.public_url}/f/{form.key}"
    url = f"{address}?{urlencode(query)}" if query else address
    page = posts.page_of(url, call.headers.get("referer", ""), {})
    hidden = {field.name: query.get(field.name, "") for field in form.fields if field.type is FieldType.HIDDEN}
    return _form(call, form, language, page, values=hidden)


def thanks(call: Call[Any], form_key: str) -> Answer:
    """What people see afterwards; also of a form that has been paused meanwhile."""
    query = call.query.texts()
    asked = query.get("lang", "")
    try:
        form = service.public_form(table=call.runtime.table, form_key=form_key)
    except NotFoundError as error:
        return _absent(call, error, asked)
    language = form.language_for([asked, *call.languages])
    text = pages.message_page(
        language=language,
        kind="thanks",
        title=say("thanks_title", language),
        text=service.thank_you(form, language, asked=form.double_opt_in and "confirm" in query),
        brand=_brand(call, form),
        again=f"/f/{form.key}?{urlencode({'lang': language})}",
    )
    return Answer(text, 200, pages.headers(form), pages.CONTENT_TYPE)


def submit(call: Call[Any], form_key: str) -> Answer:
    """A plain HTML post: on to the thank-you page or the form's own address; or the form again, with what was written and what is
    wrong with it. A post without a token (a form on somebody's static page) is shown like this, too, to be confirmed.
    """
    try:
        form = service.public_form(table=call.runtime.table, form_key=form_key)
    except NotFoundError as error:
        return _absent(call, error, "")
    language = form.language_for(call.languages)
    try:
        post = posts.read(call.headers, call.raw_body)
    except InvalidError:
        return _form(call, form, language, Page(), status=422, notice=say("unavailable", language))
    language = form.language_for([post.language, *call.languages])
    try:
        receipt = service.submit(
            table=call.runtime.table,
            clock=call.runtime.clock,
            signer=call.runtime.signer,
            form=form,
            post=post,
            language=language,
            source_ip=call.source_ip,
        )
    except (InvalidError, TooManyError, UnavailableError) as error:
        return _again(call, form, language, post, error)
    query = {"lang": language} | ({"confirm": "1"} if receipt.asked else {})
    following = form.redirect_url or f"/f/{form.key}/thanks?{urlencode(query)}"
    return Answer(None, 303, {**pages.headers(form), "Location": following})


def _again(call: Call[Any], form: Form, language: str, post: Post, error: ClientelaError) -> Answer:
    status, notice, more, token = 503, say("unavailable", language), {}, post.token
    fields: tuple[FieldError, ...] = ()
    if isinstance(error, TooManyError):
        status, notice, more = 429, say("throttled", language), {"Retry-After": str(error.retry_after)}
    elif isinstance(error, InvalidError):
        status, fields = 422, error.fields
        code = next((each.code for each in fields if each.field == "token"), "")
        notice = say(_TOKEN_NOTICES.get(code, "token"), language) if code else ""
        if code and code != "too_fast":
            token = ""
        unknown = [each for each in fields if each.code in ("unknown", "unknown_consent")]
        if unknown and not notice:
            notice = f"{unknown[0].message} ({unknown[0].field})"
    return _form(
        call,
        form,
        language,
        post.page,
        values=post.values,
        consents=post.consents,
        errors=fields,
        notice=notice,
        status=status,
        more=more,
        token=token,
    )


def _form(
    call: Call[Any],
    form: Form,
    language: str,
    page: Page,
    *,
    status: int = 200,
    more: Mapping[str, str] | None = None,
    token: str = "",
    **shown: Any,
) -> Answer:
    token = token or service.new_token(signer=call.runtime.signer, form=form, nonce=call.creation_id, language=language)
    text = pages.form_page(form, language=language, token=token, brand=_brand(call, form), page=page, **shown)
    return Answer(text, status, {**pages.headers(form), **(more or {})}, pages.CONTENT_TYPE)


def _absent(call: Call[Any], error: NotFoundError, asked: str) -> Answer:
    language = next((each for each in (asked, *call.languages) if each in LANGUAGES), LANGUAGES[0])
    closed = isinstance(error, service.ClosedError)
    text = pages.message_page(
        language=language,
        kind="closed" if closed else "missing",
        title=say("closed_title" if closed else "missing_title", language),
        text=say("closed" if closed else "missing_page", language),
    )
    return Answer(text, 404, pages.headers(), pages.CONTENT_TYPE)


def _brand(call: Call[Any], form: Form) -> str:
    return settings.get_workspace(table=call.runtime.table, workspace_id=form.workspace_id).name
