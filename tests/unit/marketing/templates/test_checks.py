"""What is said about a mail before it goes out."""

import json
import time

import pytest

from chalicelib.marketing.templates import checks
from chalicelib.marketing.templates.body import compile_whole
from chalicelib.marketing.templates.brand import COLOURS, Brand
from chalicelib.marketing.templates.colours import contrast, night_text
from chalicelib.marketing.templates.words import message

WORDS = "<p>" + "Una frase tranquila que dice algo útil a quien la lee. " * 8 + "</p>"


def found(source, *, form="html", subject="Novedades de mayo", preheader="Tres lecturas", **more):
    body, seen = compile_whole(body_format=form, source=source, subject=subject, preheader=preheader)
    return checks.notices(body, seen, subject=subject, preheader=preheader, **more)


def codes(source, **more):
    return {each.code for each in found(source, **more)} - {"opt_out_added"}


@pytest.mark.parametrize(
    ("address", "code", "severity"),
    [
        ("https://www.acme.example/path?a=1#b", "", "info"),
        ("https://münchen.example/", "", "info"),
        ("mailto:ana@acme.example?subject=Hola", "", "info"),
        ("tel:+34 600 00 00 00", "", "info"),
        ("{{ unsubscribe_url }}", "", "info"),
        ("https://acme.example/{{ contact.email }}", "", "info"),
        ("#ancla", "", "info"),
        ("{{ contact.custom.web | default('https://a.example') }}", "", "info"),
        ("", "empty", "error"),
        ("#", "empty", "error"),
        ("http://acme.example", "insecure", "warning"),
        ("{{ contact.custom.web }}", "placeholder_only", "warning"),
        ("http://localhost:8080/x", "local", "error"),
        ("https://127.0.0.1/", "local", "error"),
        ("https://192.168.1.20/", "local", "error"),
        ("https://[::1]/", "local", "error"),
        ("https://servidor.local/", "local", "error"),
        ("https://acme", "odd", "warning"),
        ("https://user:pass@acme.example/", "odd", "warning"),
        ("https://acme.example:8443/", "odd", "warning"),
        ("https://8.8.8.8/", "odd", "warning"),
        ("https://", "broken", "error"),
        ("https://a b.example/", "broken", "error"),
        ("https://acme.example:99999999/", "broken", "error"),
        ("https://[nada/", "broken", "error"),
        ("ftp://acme.example/", "broken", "error"),
        ("acme.example", "broken", "error"),
        ("mailto:nobody", "broken", "error"),
        ("tel:llámame", "broken", "error"),
    ],
)
def test_links(address, code, severity):
    assert checks.judged(address) == (code, severity)


def test_a_quiet_mail_has_nothing_said_about_it():
    assert (
        codes(WORDS + '<a href="https://acme.example/">Ver</a><img src="https://acme.example/x.png" alt="Mar">')
        == set()
    )


def test_each_finding_has_its_place_in_a_document():
    blocks = [
        {"type": "button", "text": "Haz clic aquí", "href": "http://acme.example/"},
        {
            "type": "columns",
            "columns": [{"blocks": [{"type": "image", "src": "http://acme.example/x.png"}]}, {"blocks": []}],
        },
        {"type": "text", "html": "<p>Más en <a>esta página</a> y {{ contact.city }}</p>"},
    ]
    places = {(each.code, each.field) for each in found(json.dumps({"version": 1, "blocks": blocks}), form="blocks")}
    assert {
        ("link_insecure", "body.blocks.0.href"),
        ("spam_word", "body.blocks.0.text"),
        ("image_no_alt", "body.blocks.1.columns.0.blocks.0.alt"),
        ("image_insecure", "body.blocks.1.columns.0.blocks.0.src"),
        ("link_empty", "body.blocks.2.html"),
        ("fallback_missing", "body.blocks.2.html"),
    } <= places


@pytest.mark.parametrize("form", ["html", "mjml", "text"])
def test_every_way_of_writing_is_looked_at(form):
    page = {
        "html": '<a href="http://localhost/">x</a><p>casino</p>',
        "mjml": '<mjml><mj-body><mj-section><mj-column><mj-text>casino</mj-text><mj-button href="http://localhost/">x</mj-button>'
        "</mj-column></mj-section></mj-body></mjml>",
        "text": "casino: http://localhost/",
    }[form]
    assert {"link_local", "spam_word"} <= codes(page, form=form)


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("", "subject_missing"),
        ("{{ contact.first_name }}", ""),
        ("a" * 61, "subject_long"),
        ("OFERTAS DE VERANO", "subject_shouting"),
        ("Ven ya!!", "subject_shouting"),
        ("¡Ven ya!", ""),
        ("OK, IVA", ""),
    ],
)
def test_subjects(subject, code):
    said = {each for each in codes(WORDS, subject=subject) if each.startswith("subject")}
    assert said == ({code} if code else set())


def test_the_gravest_comes_first_and_nothing_comes_without_end():
    many = "".join(f'<a href="http://acme.example/{number}">x</a>' for number in range(60)) + '<a href="">y</a>'
    said = found(WORDS + many)
    assert said[0].code == "link_empty"
    assert sum(each.code == "link_insecure" for each in said) == 10


def test_words_are_whole_and_said_once():
    said = [
        each
        for each in found("<p>procurando curarse, casinos. Urgente, URGENTE</p>" + WORDS)
        if each.code == "spam_word"
    ]
    assert [each.params["word"].lower() for each in said] == ["urgente"]
    assert "mete prisa" in message(said[0], "es")
    assert "hurries" in message(said[0], "en")


def test_pictures_without_words_look_like_spam():
    pictures = '<img src="https://a.example/x.png" alt="x">' * 3
    assert "images_many" in codes(pictures)
    assert "images_many" not in codes(pictures + WORDS)


def test_without_a_postal_address_it_is_said():
    assert "postal_address_missing" in codes(WORDS, own_address=False)


def test_colours_of_the_kit_that_are_hard_to_tell_apart():
    assert checks.brand_notices(Brand(colors=COLOURS)) == []
    (said,) = checks.brand_notices(Brand(colors={**COLOURS, "primary": "#ffee00"}))
    assert (said.code, said.field) == ("contrast_low", "colors.on_primary")
    assert "botones" in message(said, "es")


@pytest.mark.parametrize("colour", ["#000000", "#1d2733", "#5b6776", "#1a4fd6", "#aa0044", "#ffffff"])
def test_a_text_can_be_read_at_night(colour):
    assert contrast(night_text(colour), "#1e2328") >= 4.5


@pytest.mark.parametrize(
    "text", ["{{" * 5000, "http://" + "a." * 20_000, "gana " * 20_000, "<a href='" + "[" * 20_000 + "'>x</a>"]
)
def test_hostile_texts_end_quickly(text):
    from chalicelib.marketing.templates.seen import Seen

    seen = Seen()
    begin = time.process_time()
    seen.read(text, "x")
    seen.plain(text, "x")
    body, _ = compile_whole(body_format="html", source=WORDS)
    checks.notices(body, seen, subject=text[:255], preheader="")
    assert time.process_time() - begin < 2
