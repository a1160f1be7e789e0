"""Placeholders in MJML's attributes: mrml writes attributes with Rust's debug escapes."""

import pytest

from chalicelib.marketing.templates.body import compile_body

PAGE = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


@pytest.mark.parametrize(
    "content",
    [
        '<mj-text>Why <a href="{{ unsubscribe_url }}">Out</a></mj-text>',
        '<mj-button href="{{ unsubscribe_url }}">Out</mj-button>',
    ],
)
def test_link_may_be_a_placeholder(content):
    made = compile_body(body_format="mjml", source=PAGE.format(content))
    assert 'href="{{ unsubscribe_url }}"' in made.html
    assert "opt_out_added" not in [warning.code for warning in made.warnings]
