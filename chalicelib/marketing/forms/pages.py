"""The public pages of a form: hosted form, thank-you, closed and missing. They need no script and ask no third party for anything."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chalicelib.foundation.errors import FieldError
from chalicelib.foundation.rendering import page as render
from chalicelib.marketing.forms.domain import Field, FieldType, Form, Page, text_in
from chalicelib.marketing.forms.schemas import options_in
from chalicelib.marketing.forms.words import say

CONTENT_TYPE = "text/html; charset=utf-8"
_RADIOS = 6  # options; more of them fold into a list
_INPUTS = {
    FieldType.EMAIL: ("email", "email"),
    FieldType.PHONE: ("tel", "tel"),
    FieldType.FIRST_NAME: ("text", "given-name"),
    FieldType.LAST_NAME: ("text", "family-name"),
    FieldType.COMPANY: ("text", "organization"),
    FieldType.COUNTRY: ("text", "country"),
    FieldType.CITY: ("text", "address-level2"),
    FieldType.NUMBER: ("text", "off"),
    FieldType.DATE: ("date", "off"),
    FieldType.URL: ("url", "url"),
}
"""Type → the input's type and autocomplete token."""


@cache
def _style() -> str:
    return (Path(__file__).parent / "templates" / "page.css").read_text(encoding="utf-8").strip()


@cache
def _style_hash() -> str:
    return b64encode(hashlib.sha256(_style().encode()).digest()).decode()


def headers(form: Form | None = None) -> dict[str, str]:
    """A page's headers. No script runs whatever a field holds; the form may be shown in other sites' frames, because customers do
    that; it posts to us, and browsers also want the place that we redirect to.
    """
    targets = "'self'"
    if form is not None and form.redirect_url:
        parts = urlsplit(form.redirect_url)
        targets += f" {parts.scheme}://{parts.netloc}"
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{_style_hash()}'; form-action {targets}; base-uri 'none'; frame-ancestors *"
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }


def form_page(
    form: Form,
    *,
    language: str,
    token: str,
    brand: str,
    page: Page,
    values: Mapping[str, Any] | None = None,
    consents: Sequence[str] = (),
    errors: Sequence[FieldError] = (),
    notice: str = "",
) -> str:
    """The form, empty or with what was posted and what is wrong with it; ``notice`` is about the whole post."""
    values = values or {}
    wrong = {error.field: error.message for error in errors}
    fields = [_field(field, language, values, wrong) for field in form.fields]
    boxes = [
        {
            "id": consent.id,
            "text": text_in(consent.text, language),
            "required": consent.required,
            "ticked": consent.id in consents,
            "error": wrong.get(f"consents.{consent.id}", ""),
        }
        for consent in form.consents
    ]
    summary = [(f"f-{field['name']}", field["label"], field["error"]) for field in fields if field["error"]]
    summary += [(f"c-{box['id']}", box["error"], "") for box in boxes if box["error"]]
    one = say("summary_one", language)
    return render(
        "marketing/forms/form.html",
        style=_style(),
        language=language,
        brand=brand,
        title=text_in(form.title, language) or form.name,
        action=f"/api/v1/forms/{form.key}/submissions",
        token=token,
        page=page,
        fields=fields,
        consents=boxes,
        summary=summary,
        summary_title=one if len(summary) == 1 else say("summary_many", language, count=len(summary)),
        notice=notice,
        submit_label=text_in(form.submit_label, language) or say("submit", language),
        say=lambda code: say(code, language),
        some_required=any(field["required"] for field in fields),
    )


def _field(field: Field, language: str, values: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, Any]:
    input_type, autocomplete = _INPUTS.get(field.type, ("text", "off"))
    options = options_in(field, language)
    widget = "input"
    match field.type:
        case FieldType.TEXTAREA:
            widget = "textarea"
        case FieldType.COUNTRY:
            widget = "select"
        case FieldType.CHOICE:
            widget = "radios" if len(options) <= _RADIOS else "select"
        case FieldType.MULTI_CHOICE:
            widget = "boxes"
        case FieldType.BOOLEAN:
            widget = "box"
        case FieldType.HIDDEN:
            widget = "hidden"
    posted = values.get(field.name, "")
    several = posted if isinstance(posted, list) else [posted]
    return {
        "name": field.name,
        "half": field.type in (FieldType.FIRST_NAME, FieldType.LAST_NAME),
        "widget": widget,
        "type": input_type,
        "inputmode": "decimal" if field.type is FieldType.NUMBER else "",
        "autocomplete": autocomplete,
        "label": text_in(field.label, language),
        "required": field.required,
        "max_length": field.length if field.type not in (FieldType.NUMBER, FieldType.DATE) else 0,
        "value": posted if isinstance(posted, str) else "",
        "chosen": [each for each in several if isinstance(each, str)],
        "options": options,
        "error": wrong.get(f"values.{field.name}", ""),
    }


def message_page(*, language: str, kind: str, title: str, text: str, brand: str = "", again: str = "") -> str:
    """A page that says one thing; ``kind`` is ``thanks``, ``closed`` or ``missing``, ``again`` the address of the form."""
    return render(
        "marketing/forms/message.html",
        style=_style(),
        language=language,
        kind=kind,
        title=title,
        text=text,
        brand=brand,
        again=again,
        again_label=say("again", language),
    )
