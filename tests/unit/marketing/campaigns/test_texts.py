"""All texts of a campaign compiled together: links have one numbering."""

from datetime import UTC, datetime

from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import AbTest, BodySource, Campaign, Variant, Wording
from chalicelib.marketing.campaigns.texts import compile_texts
from tests.memory_dynamodb import MemoryDynamoDB

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def campaign(**more):
    return Campaign("w", "k", "n", "Uno", NOW, NOW, **more)


def html(*addresses):
    return BodySource("html", "".join(f'<p><a href="{address}">x</a></p>' for address in addresses))


def test_links_have_one_number_over_all_texts():
    test = AbTest("body", 20, (Variant(Wording("", "", "html"), {"en": Wording("", "", "html")}),), "clicks", 60)
    made, _ = compile_texts(
        Table(MemoryDynamoDB(), "t"),
        campaign(translations={"en": Wording("One", "", "html")}, ab_test=test),
        {"": html("https://a.example", "https://b.example"), "en": html("https://c.example", "https://b.example"),
         "v1": html("https://b.example"), "v1.en": html("https://d.example", "https://c.example", "https://a.example")},
    )  # fmt: skip
    table = ("https://a.example", "https://b.example", "https://c.example", "https://d.example")
    assert {name: body.numbers for name, body in made.items()} == {
        "": (0, 1),
        "en": (2, 1),
        "v1": (1,),
        "v1.en": (3, 2, 0),
    }
    assert all(body.links == table for body in made.values())
    for body in made.values():
        in_html = [int(piece.split(" ")[0]) for piece in body.html.split("{{ link_")[1:]]
        in_text = [int(piece.split(" ")[0]) for piece in body.text.split("{{ link_")[1:]]
        assert tuple(in_html) == tuple(in_text) == body.numbers


def test_a_subject_variant_takes_the_campaigns_body():
    test = AbTest("subject", 20, (Variant(Wording("Dos")), Variant(Wording("Tres", "Mira"))), "opens", 60)
    made, _ = compile_texts(Table(MemoryDynamoDB(), "t"), campaign(ab_test=test), {"": html("https://a.example")})
    assert list(made) == ["", "v1", "v2"]
    assert "Mira" in made["v2"].html
    assert made["v2"].source == made["v1"].source == made[""].source


def test_notices_name_the_text_they_are_about():
    made = campaign(translations={"en": Wording("One", "", "html")})
    sources = {"": html("https://a.example"), "en": BodySource("html", "{{ contact.city }}")}
    _, notices = compile_texts(Table(MemoryDynamoDB(), "t"), made, sources)
    assert ("fallback_missing", "translations.en.body.source") in [(notice.code, notice.field) for notice in notices]
