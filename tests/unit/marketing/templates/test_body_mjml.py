"""Placeholders in MJML's attributes: mrml writes attributes with Rust's debug escapes. And what would end it: elements thousands deep."""

import pytest

from chalicelib.foundation.errors import InvalidError
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


@pytest.mark.parametrize("element", ["mj-wrapper", "mj-section", "mj-column", "mj-group"])
def test_what_is_nested_too_deep_is_refused_with_its_line(element):
    """mrml takes the whole process with it when its stack ends, some thousand levels down."""
    source = f"<mjml><mj-body>\n{f'<{element}>' * 2400}{f'</{element}>' * 2400}</mj-body></mjml>"
    with pytest.raises(InvalidError) as caught:
        compile_body(body_format="mjml", source=source)
    [error] = caught.value.fields
    assert (error.field, error.code, error.message) == (
        "body.source",
        "too_deep",
        "Line 2: elements nest at most 50 deep.",
    )
