"""Rich text from people: nothing in it runs, leads astray or hides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.timeline import rich

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example' onclick='alert(1)' style='position:fixed' target='_top'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='https://evil.example'><input name=password></form>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href='https://evil.example'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example'>",
    "<p style='background:url(https://evil.example)'>x</p>",
    "<div><p onmouseover='alert(1)' class='a' id='b' data-x='c'>x</p></div>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><script>alert(1)</script></textarea>",
    "<b <script>alert(1)</script>>x</b>",
    '<a href="https://ok.example" rel="opener">x</a>',
    "\u202e<p>x</p>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs(attack):
    cleaned = rich.clean(attack).lower()
    for bad in ("<script", "onerror", "onload", "onclick", "onmouseover", "javascript:", "data:", "<img", "<svg", "<iframe", "<form",
                "<input", "style", "<meta", "<base", "<object", "<link", "class=", "id=", "target", "<!--", 'opener"'):  # fmt: skip
        assert bad not in cleaned.replace('rel="noopener nofollow"', ""), cleaned


def test_what_people_write_stays():
    html = (
        "<p>Hola <strong>Ana</strong>, <em>¿qué</em> <u>tal</u>?</p><ul><li>uno</li><li>dos &amp; tres</li></ul>"
        '<blockquote>Cita</blockquote><p>Ver <a href="https://acme.example/a?b=1&amp;c=2">la web</a>,<br>o '
        '<a href="mailto:ana@example.com">correo</a></p>'
    )
    cleaned = rich.clean(html)
    assert "<strong>Ana</strong>" in cleaned
    assert '<a href="https://acme.example/a?b=1&amp;c=2" rel="noopener nofollow">la web</a>' in cleaned
    assert rich.plain(cleaned) == ("Hola Ana, ¿qué tal?\n\n- uno\n- dos & tres\n\nCita\n\nVer la web,\no correo")


@given(st.text(max_size=300))
def test_plain_text_of_escaped_text_is_the_text(text):
    from html import escape

    from chalicelib.customers import texts

    if texts.refused(text, lines=True) or "\r" in text:
        return
    shown = rich.plain(rich.clean(f"<p>{escape(text)}</p>"))
    assert shown.split() == text.split()


@given(st.text(max_size=300))
def test_cleaning_again_changes_nothing(text):
    cleaned = rich.clean(text)
    assert rich.clean(cleaned) == cleaned
