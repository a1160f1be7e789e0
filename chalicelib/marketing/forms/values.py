"""Checking what people wrote. Nothing here takes more than linear time in the length of a value, which is limited first."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.customers.contacts.addresses import normalise_email, normalise_phone, region_of
from chalicelib.customers.countries import codes
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.marketing.forms.domain import PERSONAL, Field, FieldType, Form, is_web_address
from chalicelib.marketing.forms.words import say

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROLS_IN_PARAGRAPHS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,6})?")
_SHOWN = re.compile(r"[^A-Za-z0-9_.-]")
_YES, _NO = ("true", "on", "1", "yes"), ("false", "off", "0", "no")
_NUMBER_LIMIT = 10**15
_ERRORS = 20


class _Wrong(Exception):
    def __init__(self, code: str, **values: object):
        self.code, self.values = code, values
        super().__init__(code)


def read_values(
    form: Form, posted: Mapping[str, Any], *, language: str, time_zone: str
) -> tuple[dict[str, Any], list[FieldError]]:
    """The values as they are kept, without empty ones, and what is wrong with the others, in the form's language.

    ``time_zone`` is the workspace's: a phone number without its country's code is taken to be from there, unless the form's
    country says otherwise.
    """
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    country = _country_in(form, posted)
    region = region_of(country=country, time_zone=time_zone)
    for field in form.fields:
        raw = posted.get(field.name)
        try:
            value = _value(field, raw, region)
        except _Wrong as wrong:
            message = say(wrong.code, language, **wrong.values)
            errors.append(FieldError(f"values.{field.name}", message, wrong.code))
            continue
        if value is not None:
            values[field.name] = value
        elif field.required:
            errors.append(FieldError(f"values.{field.name}", say("missing", language), "missing"))
    known = {field.name for field in form.fields}
    for name in posted:
        if name not in known:
            shown = _SHOWN.sub("?", name[:60])
            errors.append(FieldError(f"values.{shown}", say("unknown", language), "unknown"))
    return values, errors[:_ERRORS]


def person_in(form: Form, values: Mapping[str, Any]) -> dict[str, str]:
    """What of the values describes the person, by the names of capture."""
    return {PERSONAL[field.type]: str(values[field.name]) for field in form.fields if field.type in PERSONAL and field.name in values}  # fmt: skip


def _country_in(form: Form, posted: Mapping[str, Any]) -> str:
    name = next((field.name for field in form.fields if field.type is FieldType.COUNTRY), "")
    value = posted.get(name)
    return value.strip().upper() if isinstance(value, str) and len(value) <= 10 else ""


def _value(field: Field, raw: Any, region: str) -> Any:
    """The value to keep, or None for an empty one."""
    if raw is None or raw == "" or raw == []:
        return None
    match field.type:
        case FieldType.BOOLEAN:
            return _boolean(raw)
        case FieldType.MULTI_CHOICE:
            return _choices(field, raw)
        case FieldType.NUMBER:
            return _number(raw)
    if not isinstance(raw, str):
        raise _Wrong("type")
    text = raw.strip()
    if not text:
        return None
    if len(text) > field.length:
        raise _Wrong("too_long", limit=field.length)
    if field.type is FieldType.TEXTAREA:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if _CONTROLS_IN_PARAGRAPHS.search(text):
            raise _Wrong("control_characters")
        return text
    if _CONTROLS.search(text):
        raise _Wrong("control_characters")
    return _text(field, text, region)


def _text(field: Field, text: str, region: str) -> str:
    match field.type:
        case FieldType.EMAIL:
            return _normalised(normalise_email, text, "email")
        case FieldType.PHONE:
            return _normalised(lambda given: normalise_phone(given, region=region), text, "phone")
        case FieldType.DATE:
            return _date(text)
        case FieldType.URL:
            return _url(text)
        case FieldType.CHOICE:
            if text not in {option.value for option in field.options}:
                raise _Wrong("choice")
        case FieldType.COUNTRY:
            if text.upper() not in codes():
                raise _Wrong("country")
            return text.upper()
    return text


def _normalised(normalise: Any, text: str, code: str) -> str:
    try:
        return str(normalise(text))
    except InvalidError as error:
        raise _Wrong(code) from error


def _boolean(raw: Any) -> bool | None:
    """True, or None for no: a box that is not ticked is an empty answer."""
    if raw is True or (isinstance(raw, str) and raw.strip().lower() in _YES):
        return True
    if raw is False or (isinstance(raw, str) and raw.strip().lower() in _NO):
        return None
    raise _Wrong("type")


def _choices(field: Field, raw: Any) -> list[str]:
    several = [raw] if isinstance(raw, str) else raw
    if not isinstance(several, list) or not all(isinstance(each, str) for each in several):
        raise _Wrong("type")
    offered = {option.value for option in field.options}
    if len(several) > len(offered) or any(each not in offered for each in several):
        raise _Wrong("choice")
    return [option.value for option in field.options if option.value in several]


def _number(raw: Any) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise _Wrong("type")
    if isinstance(raw, str):
        text = raw.strip()
        if len(text) > 30 or not _NUMBER.fullmatch(text):
            raise _Wrong("number")
        exact = Decimal(text.replace(",", "."))
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    if not -_NUMBER_LIMIT < raw < _NUMBER_LIMIT:  # not a number, infinite, or beyond what a float keeps exactly
        raise _Wrong("number")
    return int(raw) if raw == int(raw) else round(raw, 6)


def _date(text: str) -> str:
    try:
        found = date.fromisoformat(text) if len(text) == len("2026-11-21") else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2200:
        raise _Wrong("date")
    return found.isoformat()


def _url(text: str) -> str:
    address = text if "://" in text[:10] else f"https://{text}"
    if not is_web_address(address) or "." not in address:
        raise _Wrong("url")
    return address
