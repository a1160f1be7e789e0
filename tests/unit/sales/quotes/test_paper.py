"""A quote on paper: every text as it is written, nothing of it carried out."""

import re
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from chalicelib.sales.quotes import paper
from chalicelib.sales.quotes.document import document_of
from chalicelib.sales.quotes.domain import Party, Quote
from chalicelib.sales.totals import Line

pytest.importorskip("typst")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = [
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    "#panic()",
    "$ integral_0^oo $ *bold* _it_ `raw` = Heading",
    '"} #eval("1+1") {"',
    "\\#{ } [ ] < > @ref ~ --- ...",
    "// comment /* */",
    "<script>alert(1)</script>",
    "مرحبا بالعالم",
    "👩‍👩‍👧‍👦 zero\u200bwidth \u202ereversed",
    "x" * 200,
    "日本語のテキスト",
    "{{ 7*7 }} ${7*7} %s {0} {number}",
]


def document(text: str = "Web", *, lines: int = 1, language: str = "es", terms: str = ""):
    made = tuple(Line(str(n), text, Decimal(n + 1), Decimal("99.99"), Decimal(5), Decimal(21)) for n in range(lines))
    quote = Quote(
        workspace_id="w", id="q", deal_id="d", title=text, currency="EUR", valid_until=date(2026, 12, 22), created_at=NOW,
        updated_at=NOW, number="Q-2026-0001", issued_at=NOW, lines=made, terms=terms or text, sender=Party(text, (text, text)),
        recipient=Party(text, (text,)),
    )  # fmt: skip
    return document_of(quote, language=language, zone=ZoneInfo("Europe/Madrid"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_set_as_they_are(text):
    made = paper.to_pdf(document(text), at=NOW, accept_url="https://crm.example/q/" + "a" * 92)
    assert made.startswith(b"%PDF-")
    assert b"root:" not in made


def test_the_same_quote_gives_the_same_bytes():
    first = paper.to_pdf(document(), at=NOW)
    assert paper.to_pdf(document(), at=NOW) == first
    assert paper.to_pdf(document(), at=NOW.replace(microsecond=123456)) == first
    assert paper.to_pdf(document("Otra"), at=NOW) != first


def test_characters_without_a_font_are_boxes_and_no_failure():
    made = paper.to_pdf(document("日本 👩"), at=NOW)
    assert b"pdfuaid:part" not in made + b"".join(_streams(made))


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_is_tagged_for_readers_that_speak_and_says_its_language(language):
    made = paper.to_pdf(document(language=language), at=NOW)
    text = made + b"".join(_streams(made))
    assert b"pdfuaid:part" in text
    assert f"/Lang({language})".encode() in text
    assert b"/StructTreeRoot" in text


def test_a_hundred_lines_go_on_over_pages_with_their_heading():
    pages = paper.to_pictures(document("Un servicio con un nombre algo más largo de lo normal", lines=100))
    assert len(pages) >= 3
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_ten_thousand_characters_of_terms_fit():
    assert len(paper.to_pictures(document(terms="Una condición.\n" * 650))) > 3


def test_a_link_is_the_given_address_and_nothing_else():
    made = paper.to_pdf(document("https://evil.example"), at=NOW, accept_url="https://crm.example/q/abc")
    links = re.findall(rb"/URI\(([^)]*)\)", made + b"".join(_streams(made)))
    assert set(links) == {b"https://crm.example/q/abc"}


def _streams(content: bytes) -> list[bytes]:
    """The compressed streams of a PDF, as far as they are plain deflate."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return found
