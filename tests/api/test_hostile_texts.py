"""Hostile texts in every place where people type: kept exactly as given (but for spaces around), or refused by a rule that names
the field. Never mangled, never an error of ours.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Api, World

KEPT = [
    "O'Brien; DROP TABLE contacts;--",
    '<script>alert("x")</script>',
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }} ${7*7} #{7*7} <%= 7*7 %> %s %n %x",
    '=HYPERLINK("http://example.com","x")',
    "+1-2",
    "@SUM(A1:A9)",
    "null",
    "NaN",
    "undefined",
    "-1e309",
    "../../etc/passwd",
    "\\u0000 \\x00 \\",
    "مرحبا بالعالم",
    "שלום",
    "Ж́̂̃ Z̡̛͔a͜l̀g͝o",
    "田中さん 王小明 김철수",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽",
    "ﬁ ﷺ Å Å ｆｕｌｌ",
    "Ñandú çedilla œuvre Łódź İstanbul ß",
    "“comillas” «angulares» — guion…",
    "a b c",
    "Null Byte%00 CR%0d%0aSet-Cookie: x=1",
]
EITHER = [
    "‮txt.exe",
    "‏‫abc‬",
    "zero​width‌joiner‍",
    "﻿BOM",
    "line\nbreak",
    "tab\tinside",
    "soft­hyphen",
    " line separator ",
]
REFUSED = ["nul\x00inside", "bell\x07", "esc\x1b[31m", "\ud800 alone", "x" * 10_001, "ñ" * 20_000]


def _contact(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    return "/contacts", {"first_name": text}, lambda found: found["first_name"]


def _company(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    return "/companies", {"name": text}, lambda found: found["name"]


def _deal(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    return "/deals", {"title": text}, lambda found: found["title"]


def _task(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    return "/tasks", {"title": text}, lambda found: found["title"]


def _product(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    return "/products", {"name": text, "unit_price": "1.00"}, lambda found: found["name"]


def _pipeline(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    stages = [{"id": "one", "name": "One", "probability": 10}]
    return "/pipelines", {"name": text, "stages": stages}, lambda found: found["name"]


def _field(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    return "/fields", {"kind": "contact", "name": text, "type": "text"}, lambda found: found["name"]


def _view(text: str) -> tuple[str, dict[str, Any], Callable[[Any], str]]:
    return "/views", {"kind": "contact", "name": text, "filter": []}, lambda found: found["name"]


PLACES = {
    "contact": _contact,
    "company": _company,
    "deal": _deal,
    "task": _task,
    "product": _product,
    "pipeline": _pipeline,
    "field": _field,
    "view": _view,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_text_is_kept_as_given_or_refused_by_name(client: Api, workspace: World, place: str) -> None:
    for text in [*KEPT, *EITHER, *REFUSED]:
        path, body, read = PLACES[place](text)
        reply = client.post(path, json.dumps(body), **workspace.owner)
        assert reply.status in (201, 422), (text[:40], reply.status, reply.text[:300])
        if reply.status == 201:
            assert text not in REFUSED, (place, text[:40])
            assert read(reply.json) == text.strip(), (place, text)
            again = client.get(f"{path}/{reply['id']}", **workspace.owner)
            assert again.status == 200
            assert read(again.json) == text.strip(), (place, text)
        else:
            assert text not in KEPT, (place, text, reply.text)
            assert reply["errors"], (place, text[:40])
            assert all(error["field"] and error["code"] for error in reply["errors"]), reply.text
