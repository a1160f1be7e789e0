"""From MJML and HTML to the templates of a message."""

import contextlib
import html
import time
from html.parser import HTMLParser

import pytest

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.rendering import placeholders
from chalicelib.foundation.signing import Signer
from chalicelib.marketing.templates.body import SOURCE_LIMIT, compile_body
from chalicelib.marketing.templates.domain import CustomField

MJML = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"
ACTIVE = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    '<script type="text/plain">x</script >',
    "<scr<script>ipt>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java&#115;cript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="data:text/html,<script>x</script>">x</a>',
    "<iframe src=https://evil.example></iframe>",
    "<object data=x></object>",
    "<embed src=x>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">x</button></form>',
    "<!--[if mso]><script>x</script><![endif]-->",
    "<body onload=alert(1)>",
    '<p style="color:red" onclick="x">a</p>',
    "<applet code=x></applet>",
)


def make(source, *, form="html", **more):
    return compile_body(body_format=form, source=source, **more)


class Tags(HTMLParser):
    """The attributes' names of each element."""

    def __init__(self):
        super().__init__()
        self.found = []

    @classmethod
    def of(cls, page):
        reader = cls()
        reader.feed(page)
        reader.close()
        return reader.found

    def handle_starttag(self, tag, attrs):
        self.found.append({name for name, _ in attrs})


@pytest.mark.parametrize("source", ACTIVE)
def test_nothing_active_stays(source):
    made = make(f"<p>before</p>{source}<p>after</p>").html.lower()
    decoded = html.unescape(made)
    for sign in ("<script", "javascript:", "vbscript:", "onerror", "onload", "onclick", "<iframe", "<object", "<embed", "<base", "<applet",
                 'http-equiv="refresh"', "data:text/html"):  # fmt: skip
        assert sign not in decoded
    assert "before" in made


@pytest.mark.parametrize(
    "source",
    [
        "<p title={{ contact.city }}>x</p>",
        "<p title={{ contact.city }}{{ contact.city }}/>",
        "<p {{ contact.city }}>x</p>",
        "<p/{{ contact.city }}>x</p>",
        "<p title=it's {{ contact.city }} lang='es'>x</p>",
        "<p {% if contact.city %}title={{ contact.city }}{% endif %}>x</p>",
        "<p title={% if contact.city %}{{ contact.city }}{% else %}a{% endif %}>x</p>",
        "<{{ contact.city }}>x</p>",
        "</{{ contact.city }}>",
        "<a href=https://x.example/?{{ contact.city }}>x</a>",
        '<p title="a>{{ contact.city }}">x</p>',
    ],
)
def test_a_value_never_brings_an_attribute_or_element_of_its_own(source):
    body = make(f"<body>{source}</body>")
    values = {"contact__city": "img src=x onerror=alert(1) x", "workspace__name": "", "workspace__postal_address": ""}
    page = placeholders(body.html, vocabulary=body.vocabulary(), mode="html", field="x").render(
        values | dict.fromkeys(("unsubscribe_url", "preferences_url", "pixel_url"), "")
    )
    assert "onerror" not in {name for tag in Tags.of(page) for name in tag}
    assert len(Tags.of(page)) <= len(Tags.of(body.html))


def test_conditions_within_a_tag_stay():
    source = "<p {% if contact.city %}title={{ contact.city }}{% endif %}>x</p>"
    body = make(source)
    assert '<p {% if contact.city %}title="{{ contact.city }}"{% endif %}>' in body.html


def test_markup_stays_as_it_was_written():
    source = '<TABLE  border=0 style="mso-x:1"><!--[if mso]><td>\n<![endif]--><tr><td bgcolor=#fff>&nbsp;&copy; <b>x</B></table>'
    assert source.replace("</B>", "</b>") in make(source).html


def test_links_are_numbered_and_kept_apart():
    made = make(
        '<a href="https://a.example/?x=1&amp;y=2">1</a><a class=x href=https://b.example>2</a><a href="https://a.example/?x=1&y=2">3</a>'
        '<a href="mailto:a@b.c">m</a><a href="#top">t</a><a href="{{ unsubscribe_url }}">u</a><a href="/relative">r</a>'
    )
    assert made.links == ("https://a.example/?x=1&y=2", "https://b.example")
    assert made.html.count("{{ link_0 }}") == 2
    assert 'href="mailto:a@b.c"' in made.html
    assert "https://a.example" not in made.html


def test_a_link_can_begin_no_header():
    made = make('<a href="https://a.example/&#13;&#10;Set-Cookie:%20x">x</a><a href="https://a.example/ñ b">y</a>')
    assert made.links == ("https://a.example/Set-Cookie:%20x", "https://a.example/%C3%B1b")


def test_a_link_with_a_placeholder_is_left_and_said():
    made = make('<a href="https://a.example/{{ contact.first_name }}">x</a>')
    assert made.links == ()
    assert "links_not_counted" in [notice.code for notice in made.warnings]


def test_opt_out_and_address_are_added_once():
    bare = make("<p>x</p>")
    assert bare.html.count("{{ unsubscribe_url }}") == 1
    assert "{{ workspace.postal_address }}" in bare.html
    assert "opt_out_added" in [notice.code for notice in bare.warnings]
    whole = make('<a href="{{ unsubscribe_url }}">adiós</a> {{ workspace.postal_address }}')
    assert whole.html.count("{{ unsubscribe_url }}") == 1
    assert "opt_out_added" not in [notice.code for notice in whole.warnings]


def test_the_plain_text_reads_well():
    made = make(
        "<h1>Title</h1><p>One &amp; <b>two</b>\n three</p><ul><li>a</li><li>b</li></ul><style>p{}</style><table><tr><td>x</td><td>y</td></tr>"
        '</table><p><a href="https://a.example">Go</a></p><img alt="Logo" src="x">{% if contact.city %}in {{ contact.city }}{% endif %}'
    )
    text = made.text
    assert text.startswith("Title\n\nOne & two three\n\n- a\n- b")
    assert "Go ({{ link_0 }})" in text
    assert "{% if contact.city %}in {{ contact.city }}{% endif %}" in text
    assert "Logo" in text
    assert "p{}" not in text


def test_braces_in_entities_are_no_placeholders():
    made = make("<p>&#123;&#123; contact.first_name }}</p>")
    assert made.warnings[0].code == "opt_out_added"
    assert '{{ "{" }}{ contact.first_name' in made.text


def test_mjml():
    made = make(
        MJML.format(
            '<mj-text>Hi {{ contact.first_name | default("you") }}</mj-text><mj-button href="https://a.example">Go</mj-button>'
        ),
        form="mjml",
    )
    assert '{{ contact.first_name | default("you") }}' in made.html
    assert made.links == ("https://a.example",)
    assert "fonts.googleapis.com" not in made.html


@pytest.mark.parametrize(
    "source",
    ["<mjml>", "<p>no mjml</p>", MJML.format('<mj-include path="/etc/passwd" />'), "x", "{{ x }}",
     MJML.format("<mj-text>{{ contact.first_name }</mj-text>"), "<mjml>" + "<mj-x>" * 20_000],
)  # fmt: skip
def test_broken_mjml_is_named(source):
    with pytest.raises(InvalidError) as caught:
        make(source, form="mjml")
    assert caught.value.fields[0].field == "body.source"


@pytest.mark.parametrize(
    "source",
    [
        "<" * 60_000,
        "<a " * 30_000,
        "<!--" * 30_000,
        "<!--[if mso]>" * 9_700,
        "&" * 60_000,
        "<a href='" + "x" * 100_000,
        "<p>" * 30_000,
        "<![" * 20_000,
    ],
)
def test_hostile_html_ends_quickly(source):
    started = time.process_time()
    with contextlib.suppress(InvalidError):
        make(source)
    assert time.process_time() - started < 2


def test_a_comment_that_is_not_closed_is_refused_with_its_line():
    with pytest.raises(InvalidError) as caught:
        make("<p>a</p>\n<!-- b -->\n<!--[if mso]><p>c</p>")
    assert [(each.field, each.message) for each in caught.value.fields] == [
        ("body.source", "Line 3: the comment is not closed.")
    ]


def test_limits():
    with pytest.raises(InvalidError):
        make("x" * (SOURCE_LIMIT + 1))
    with pytest.raises(InvalidError):
        make("".join(f'<a href="https://a.example/{number}">x</a>' for number in range(201)))
    assert "big_mail" in [notice.code for notice in make("<p>" + "x" * 110_000 + "</p>").warnings]


def test_the_size_is_that_of_the_mail_that_is_sent():
    """With the addresses by which links are counted; 96 KB and a hundred links are more than Gmail shows."""
    words = "<p>" + "x" * 94_000 + "</p>"
    assert "big_mail" not in [notice.code for notice in make(words).warnings]
    body = make(words + "".join(f'<a href="https://a.example/{number}">x</a>' for number in range(100)))
    assert "big_mail" in [notice.code for notice in body.warnings]
    signer, address = Signer(b"s" * 32), "https://d111111abcdef8.cloudfront.net/t/c/"
    sent = body.html
    for number in range(100):
        sent = sent.replace(f"{{{{ link_{number} }}}}", address + signer.sign("click", b"x" * 51))
    assert abs(body.size - len(sent)) < 2500


def test_the_preheader_is_hidden_and_escaped():
    made = make("<html><body class=x><p>x</p></body></html>", preheader="1 < 2 {{ contact.city }}")
    assert "1 &lt; 2 {{ contact.city }}</div><p>x</p>" in made.html


def test_plain_text_keeps_its_paragraphs_and_numbers_its_addresses():
    made = make(
        "Hola {{ contact.first_name | default('amigo') }}:\n\nMira <esto> en https://a.example/x?a=1&b=2.\nAdiós",
        form="text",
    )
    assert made.links == ("https://a.example/x?a=1&b=2",)
    assert "Mira &lt;esto&gt; en <a" in made.html
    assert "</a>.<br>Adiós" in made.html
    assert made.text.startswith("Hola {{ contact.first_name | default('amigo') }}:\n\nMira <esto> en")
    assert "{{ unsubscribe_url }}" in made.text


def test_braces_that_are_no_placeholder_stay_text_in_plain_text():
    made = make("{ {x} 100 %} <script>alert(1)</script>", form="text")
    assert "<script" not in made.html
    assert "{ {x} 100 %} <script>alert(1)</script>" in made.text


def test_a_body_carries_the_custom_fields_that_it_names():
    plan = CustomField("plan", "01F", "choice", {"gold": "Oro"})
    size = CustomField("size", "02F", "number")
    made = compile_body(body_format="html", source="<p>{{ contact.custom.plan }}</p>", fields=(plan, size))
    assert made.fields == (plan,)
    assert [(notice.code, notice.params) for notice in made.warnings if notice.code == "fallback_missing"] == [
        ("fallback_missing", {"name": "contact.custom.plan"})
    ]
    with pytest.raises(InvalidError, match=r"there is no contact\.custom\.plan"):
        compile_body(body_format="html", source="<p>{{ contact.custom.plan }}</p>", fields=(size,))


@pytest.mark.parametrize(
    ("kind", "kept", "shown"),
    [
        ("choice", "gold", "Oro"),
        ("multi_choice", ["gold", "x"], ["Oro", "x"]),
        ("money", {"amount": "12.50", "currency": "EUR"}, "12.50 EUR"),
        ("number", 3, "3"),
        ("boolean", True, "✓"),
        ("boolean", False, ""),
        ("date", "2026-11-21", "2026-11-21"),
        ("text", None, ""),
    ],
)
def test_a_custom_value_becomes_a_text(kind, kept, shown):
    assert CustomField("x", "01F", kind, {"gold": "Oro"}).shown(kept) == shown
