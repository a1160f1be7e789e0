"""Reading a post: JSON from scripts, ``application/x-www-form-urlencoded`` and ``multipart/form-data`` from plain HTML."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalicelib.foundation.errors import InvalidError, UnsupportedError
from chalicelib.marketing.forms.domain import Page, Post

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MEDIA_TYPES = (JSON, URLENCODED, MULTIPART)
BODY_LIMIT = 64 * 1024
UTM = ("source", "medium", "campaign", "term", "content")
_INPUTS_LIMIT = 300
_UTM_LIMIT = 200
_ADDRESS_LIMIT = 2000


def media_type(headers: Mapping[str, str]) -> str:
    """The body's media type, in lower case and without parameters; JSON when nothing is said."""
    return headers.get("content-type", JSON).partition(";")[0].strip().lower()


def is_html(headers: Mapping[str, str]) -> bool:
    """Whether this is a plain HTML form's post, which wants a page for an answer."""
    return media_type(headers) in (URLENCODED, MULTIPART)


def read(headers: Mapping[str, str], body: bytes) -> Post:
    """The post in this body. `UnsupportedError` for other media types; `InvalidError` names what cannot be read."""
    kind = media_type(headers)
    if kind == JSON:
        return _from_json(body, headers)
    if kind == URLENCODED:
        return _from_inputs(_urlencoded(body), headers)
    if kind == MULTIPART:
        return _from_inputs(_multipart(headers.get("content-type", ""), body), headers)
    raise UnsupportedError(f"Send {', '.join(MEDIA_TYPES)}.")


def _from_json(body: bytes, headers: Mapping[str, str]) -> Post:
    from pydantic import ValidationError

    from chalicelib.foundation.http.errors import invalid
    from chalicelib.marketing.forms.schemas import SubmissionIn

    try:
        posted = SubmissionIn.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise invalid(error) from error
    page = posted.page
    utm = {name: value for name in UTM if (value := getattr(page.utm, name))}
    return Post(
        token=posted.token,
        values=posted.values,
        consents=tuple(posted.consents),
        page=page_of(page.url, page.referrer, utm),
        trap=posted.website,
        language=posted.language,
        idempotency_key=headers.get("idempotency-key", ""),
    )


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode()
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_INPUTS_LIMIT)
    except ValueError as error:  # no UTF-8, or too many inputs
        raise InvalidError("The form cannot be read.", field="body", code="urlencoded") from error


def _multipart(content_type: str, body: bytes) -> list[tuple[str, str]]:
    """The inputs of a multipart body (RFC 7578). Files are refused: no field takes one."""
    from email.parser import BytesParser
    from email.policy import HTTP

    wrong = InvalidError("The form cannot be read.", field="body", code="multipart")
    if "\n" in content_type or "\r" in content_type or len(content_type) > 300:
        raise wrong
    try:
        message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
        if not message.is_multipart():
            raise wrong
        inputs: list[tuple[str, str]] = []
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            if not isinstance(name, str) or part.get_filename() is not None or part.is_multipart():
                raise wrong
            content = part.get_payload(decode=True)
            inputs.append((name, content.decode() if isinstance(content, bytes) else ""))
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        IndexError,
    ) as error:  # what a broken body makes of the parser
        raise wrong from error
    if len(inputs) > _INPUTS_LIMIT:
        raise wrong
    return inputs


def _from_inputs(inputs: list[tuple[str, str]], headers: Mapping[str, str]) -> Post:
    own: dict[str, str] = {}
    consents: list[str] = []
    values: dict[str, Any] = {}
    for name, value in inputs:
        if name == "consent":
            consents.append(value[:64])
        elif name in ("token", "website", "language", "page_url", "referrer") or (
            name[:4] == "utm_" and name[4:] in UTM
        ):
            own.setdefault(name, value)
        elif name not in values:
            values[name] = value
        elif isinstance(values[name], list):
            values[name].append(value)
        else:
            values[name] = [values[name], value]
    utm = {name: own[f"utm_{name}"] for name in UTM if own.get(f"utm_{name}")}
    return Post(
        token=own.get("token", ""),
        values=values,
        consents=tuple(consents),
        page=page_of(own.get("page_url") or headers.get("referer", ""), own.get("referrer", ""), utm),
        trap=own.get("website", ""),
        language=own.get("language", "")[:2],
        html=True,
    )


def page_of(url: str, referrer: str, utm: Mapping[str, str]) -> Page:
    """Where the form was filled in. What is too long is cut: nobody's details are refused for the address they came with. Without
    a campaign of its own the one in the address counts.
    """
    url, referrer = _printable(url, _ADDRESS_LIMIT), _printable(referrer, _ADDRESS_LIMIT)
    found = {name: _printable(value, _UTM_LIMIT) for name, value in utm.items()}
    if not found:
        found = utm_in(url)
    return Page(url, referrer, {name: value for name, value in found.items() if value})


def utm_in(url: str) -> dict[str, str]:
    """The campaign in an address's query."""
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=_INPUTS_LIMIT)
    except ValueError:
        return {}
    found = {name.removeprefix("utm_"): value for name, value in reversed(pairs) if name.startswith("utm_")}
    return {name: _printable(value, _UTM_LIMIT) for name, value in found.items() if name in UTM and value}


def _printable(text: str, limit: int) -> str:
    return "".join(each for each in text[:limit] if each.isprintable()).strip()
