"""What marketers may write into a template, and everything that they may not: escapes, bombs, and what they cost."""

import time

import pytest

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.rendering import OUTPUT_LIMIT, Ready, placeholder_parts, placeholders
from chalicelib.marketing.templates.domain import vocabulary

KNOWN = vocabulary(2)

_OBJECTS = ("contact", "workspace", "company", "campaign", "unsubscribe_url", "self", "loop", "cycler", "joiner", "namespace",
            "lipsum", "range", "dict", "config", "request", "os", "__builtins__", "environment", "caller", "varargs", "kwargs")  # fmt: skip
_PATHS = ("__class__", "__init__.__globals__", "__class__.__mro__", "__class__.__base__.__subclasses__()", "_fields", "items()",
          "__dict__", "format", "mro()", "__reduce__")  # fmt: skip
_SHAPES = (
    "{{ ''.__class__ }}", "{{ [].__class__.__base__ }}", "{{ ().__class__.__bases__[0] }}", "{{ {}.__class__ }}",
    "{{ (1).__class__ }}", "{{ 'x'.format(1) }}", "{{ '{0.__class__}'.format(contact) }}", "{{ '%s' % contact }}",
    "{{ 'x' * 100000000 }}", "{{ 'x' ~ 'y' }}", "{{ 10 ** 10 ** 10 }}", "{{ 1 + 1 }}", "{{ -1 }}", "{{ 1 / 0 }}", "{{ 7 // 2 }}",
    "{{ [1, 2] }}", "{{ (1, 2) }}", "{{ {'a': 1} }}", "{{ contact['first_name'] }}", "{{ contact.first_name[0] }}",
    "{{ contact.first_name[0:2] }}", "{{ contact.first_name.upper() }}", "{{ contact.first_name | attr('__class__') }}",
    "{{ contact | map(attribute='x') }}", "{{ contact.tags | map('upper') | list }}", "{{ contact.tags | batch(3) }}",
    "{{ contact.tags | tojson }}", "{{ contact.first_name | safe }}", "{{ contact.first_name | e }}",
    "{{ contact.first_name | replace('a', 'b' ) }}", "{{ contact.first_name | center(100000000) }}",
    "{{ contact.first_name | format }}", "{{ contact.first_name | indent(100000) }}", "{{ contact.first_name | wordwrap }}",
    "{{ contact.first_name | xmlattr }}", "{{ contact.first_name | pprint }}", "{{ contact.first_name | default(*[1]) }}",
    "{{ contact.first_name | default('a', 'b') }}", "{{ contact.first_name | default(default_value='a') }}",
    "{{ contact.first_name is defined }}", "{{ contact.first_name is callable }}", "{{ contact.first_name is eq('a') }}",
    "{{ contact.first_name < 'b' }}", "{{ 1 < 2 < 3 }}", "{{ 'a' in 'abc' }}", "{{ 'a' in ['a'] }}",
    "{% set x = 1 %}", "{% set x %}a{% endset %}", "{% macro m() %}{% endmacro %}", "{% call m() %}{% endcall %}",
    "{% include 'x' %}", "{% import 'x' as y %}", "{% from 'x' import y %}", "{% extends 'x' %}", "{% block b %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}", "{% with %}{% endwith %}", "{% autoescape false %}x{% endautoescape %}",
    "{% raw %}{{ x }}", "{% do x %}", "{% break %}", "{% continue %}", "{% debug %}", "{% trans %}x{% endtrans %}",
    "{% for x in range(10) %}{% endfor %}", "{% for x in 'abc' %}{% endfor %}", "{% for x in contact %}{% endfor %}",
    "{% for x in contact.first_name %}{% endfor %}", "{% for x in [1,2,3] %}{% endfor %}", "{% for x, y in contact.tags %}{% endfor %}",
    "{% for x in contact.tags recursive %}{{ loop(x) }}{% endfor %}", "{% for x in contact.tags if x %}{% endfor %}",
    "{% for contact in contact.tags %}{{ contact.__class__ }}{% endfor %}", "{% for loop in contact.tags %}{% endfor %}",
    "{% for x in contact.tags %}{% for y in contact.tags %}x{% endfor %}{% endfor %}", "{% for x in contact.tags %}{{ x.y }}{% endfor %}",
    "{% for x in contact.tags %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for x in contact.tags %}{{ loop.changed(x) }}{% endfor %}",
    "{% for x in contact.tags %}{{ loop.previtem }}{% endfor %}", "{% for _x in contact.tags %}{% endfor %}",
    "{% for x in contact.tags %}{{ loop.__class__ }}{% endfor %}", "{{ x }}", "{{ loop.index }}", "{{ contact }}", "{{ contact.id }}",
    "{{ contact.password }}", "{{ link_0 if true else 1.5 }}", "{{ link_7 }}", "{{ 1e400 }}", "{{ '" + "x" * 501 + "' }}",
    "{{ 1000001 }}", "{{ contact.first_name", "{% if %}{% endif %}", "{% if contact.first_name %}", "{% endif %}", "{{ }}", "{% %}",
    "{{ lipsum(n=1000) }}", "{{ lipsum.__globals__ }}", "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ url_for.__globals__ }}", "{{ get_flashed_messages.__globals__ }}", "{{ self._TemplateReference__context }}",
    "{{ contact.first_name.__class__.__mro__[1].__subclasses__() }}", "{{ ''['__cl' ~ 'ass__'] }}", "{{ '\\x5f\\x5fclass' }}{{ ''|attr('x') }}",
)  # fmt: skip
ESCAPES = (
    *_SHAPES,
    *(f"{{{{ {thing}.{path} }}}}" for thing in _OBJECTS for path in _PATHS),
    *(f"{{% if {thing}.{_PATHS[0]} %}}x{{% endif %}}" for thing in _OBJECTS),
)
BOMBS = {
    "parentheses": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "nots": "{{ " + "not " * 20_000 + "1 }}",
    "conditions": "{% if contact.first_name %}" * 3000 + "{% endif %}" * 3000,
    "a long number": "{{ " + "9" * 100_000 + " }}",
    "a long name": "{{ " + "a" * 190_000 + " }}",
    "a chain of attributes": "{{ contact" + ".a" * 50_000 + " }}",
    "filters": "{{ contact.first_name" + " | upper" * 20_000 + " }}",
    "placeholders": "{{ contact.first_name }}" * 8000,
    "a loop over much text": "{% for x in contact.tags %}" + "x" * 20_000 + "{% endfor %}",
    "loops": "{% for x in contact.tags %}xxxxxxxxxx{% endfor %}" * 3000,
    "braces": "{{" * 90_000,
    "blocks": "{%" * 90_000,
    "size": "x" * 200_001,
    "comparisons": "{{ contact.first_name" + " == 'a'" * 10_000 + " }}",
    "ands": "{{ " + "contact.first_name and " * 8000 + "1 }}",
}


def make(source, mode="html"):
    return placeholders(source, vocabulary=KNOWN, mode=mode, field="body.source")


def test_there_are_more_than_a_hundred():
    assert len(set(ESCAPES)) > 300


@pytest.mark.parametrize("source", ESCAPES)
def test_no_escape_is_compiled(source):
    for mode in ("html", "text"):
        with pytest.raises(InvalidError) as caught:
            make(source, mode)
        assert caught.value.fields[0].field == "body.source"


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_quickly_and_small(name):
    started = time.process_time()
    with pytest.raises(InvalidError):
        make(BOMBS[name])
    assert time.process_time() - started < 2


def test_the_biggest_text_that_is_allowed_stays_small_and_quick():
    source = "{% for x in contact.tags %}" + "y" * 1200 + "{{ x }}{% endfor %}" * 1
    made = make(source)
    started = time.process_time()
    text = made.render({"contact__tags": ["t" * 60] * 100_000})
    assert time.process_time() - started < 2
    assert len(text) <= OUTPUT_LIMIT


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ contact.first_name }}", "Ana &lt;b&gt;"),
        ("{{ contact.last_name | default('you') }}", "you"),
        ("{{ contact.first_name | upper }}", "ANA &lt;B&gt;"),
        ("{{ contact.first_name | truncate(3) }}", "An…"),
        ("{% if contact.last_name %}a{% elif contact.city %}b{% else %}c{% endif %}", "c"),
        ("{% if contact.language == 'es' %}hola{% endif %}", "hola"),
        ("{% if 'vip' in contact.tags %}vip{% endif %}", "vip"),
        ("{% if not contact.city and contact.language != 'en' %}x{% endif %}", "x"),
        (
            "{% for tag in contact.tags %}{{ tag }}{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}",
            "vip, &amp;co",
        ),
        ("{{ contact.tags | join(' · ') }}", "vip · &amp;co"),
        ("{{ contact.tags | length }}{{ contact.tags | first }}", "2vip"),
        ("{{ 'a' if contact.city else 'b' }}", "b"),
        ("a {# no comment #} }} { b", "a {# no comment #} }} { b"),
        ("<style>@media{#x{color:red}}</style>", "<style>@media{#x{color:red}}</style>"),
    ],
)
def test_what_is_allowed(source, text):
    values = {
        "contact__first_name": "Ana <b>",
        "contact__last_name": "",
        "contact__city": "",
        "contact__language": "es",
        "contact__tags": ["vip", "&co"],
    }
    assert make(source).render(values) == text


def test_only_what_is_ready_is_not_escaped():
    made = make("{{ unsubscribe_url }}")
    assert made.render({"unsubscribe_url": "<x>"}) == "&lt;x&gt;"
    assert made.render({"unsubscribe_url": Ready("<x>")}) == "<x>"


def test_names_without_a_fallback_are_known():
    made = make(
        "{{ contact.first_name }} {{ contact.city | default('x') }} {% if contact.last_name %}{{ contact.last_name }}{% endif %}"
    )
    assert made.bare == {"contact.first_name"}
    assert made.names == {"contact.first_name", "contact.city", "contact.last_name"}


@pytest.mark.parametrize(
    "source", ["a{{ x }}b{% if y %}c{% endif %}", "{{ 'a }} b' }}x", "", "}}", '{{ a | default("q") }}\n']
)
def test_parts_joined_are_the_source(source):
    assert "".join(piece for _, piece in placeholder_parts(source, field="f")) == source
