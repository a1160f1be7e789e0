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
_FORMATS = (
    "{{ contact.birthday | date('%Y') }}", "{{ contact.birthday | date(contact.city) }}", "{{ contact.birthday | date('short', 'en') }}",
    "{{ contact.birthday | date(form='short') }}", "{{ contact.birthday | date(*['short']) }}", "{{ contact.birthday | date.__class__ }}",
    "{{ contact.birthday | date('medium').__class__ }}", "{{ '2026-01-01'.__class__ | date }}", "{{ contact.city | money('EUR', 'en') }}",
    "{{ contact.city | money(**{'currency': 'EUR'}) }}", "{{ contact.city | number(1.5) }}", "{{ contact.city | number(10 ** 9) }}",
    "{{ contact.city | number(1000001) }}", "{{ contact.first_name | name.__globals__ }}", "{{ contact.first_name | name() . x }}",
    "{{ contact.first_name | date('{0.__class__}') }}", "{{ today.__class__ }}", "{{ today.year }}", "{{ today.strftime('%Y') }}",
    "{{ contact.custom }}", "{{ contact.custom.__class__ }}", "{{ contact.custom['x'] }}", "{{ contact.custom.nothing }}",
    "{{ contact.birthday | strftime }}", "{{ contact.birthday | datetime }}", "{{ contact.first_name | currency }}",
)  # fmt: skip
ESCAPES = (
    *_SHAPES,
    *_FORMATS,
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
        ("{{ '1' if 1 in contact.first_name else 'no' }}{{ '1' if contact.tags in contact.city else 'no' }}", "nono"),
        ("{% if 'x' not in contact.tags and 1 not in contact.tags and 'n' in contact.first_name %}x{% endif %}", "x"),
        ("{{ contact.first_name | urlencode }}", "Ana%20%3Cb%3E"),
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


def test_long_values_do_not_explode():
    """Lists that are shown whole are judged as lists; what is longer than anything was taken to be ends while it is rendered."""
    with pytest.raises(InvalidError):
        make("{{ contact.tags }}" * 200)
    long = make("{{ contact.first_name }}" * 1900)
    started = time.process_time()
    with pytest.raises(InvalidError) as caught:
        long.render({"contact__first_name": ["z" * 5000] * 50})
    assert (caught.value.fields[0].field, caught.value.fields[0].code) == ("body.source", "too_long")
    assert time.process_time() - started < 1


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


@pytest.mark.parametrize(
    ("template", "language", "value", "shown"),
    [
        ("{{ today | date }}", "es", "2026-11-02", "2 de noviembre de 2026"),
        ("{{ today | date }}", "en", "2026-11-02", "2 November 2026"),
        ("{{ today | date('short') }}", "es", "2026-11-02", "2/11/2026"),
        ("{{ today | date('short') }}", "en", "2026-11-02", "02/11/2026"),
        ("{{ today | date('long') }}", "es", "2026-11-02T10:00:00Z", "lunes, 2 de noviembre de 2026"),
        ("{{ today | date('long') }}", "en", "2026-11-02", "Monday 2 November 2026"),
        ("{{ today | date('day_month') }}", "es", "2026-11-02", "2 de noviembre"),
        ("{{ today | date }}", "es", "2026-13-45", "2026-13-45"),
        ("{{ today | date }}", "es", "mañana", "mañana"),
        ("{{ today | date }}", "es", "", ""),
        ("{{ today | default('2026-01-01') | date('day_month') }}", "en", "", "1 January"),
        ("{{ today | money('EUR') }}", "es", "1234.5", "1234,50 €"),
        ("{{ today | money('EUR') }}", "es", "12345.5", "12.345,50 €"),
        ("{{ today | money('EUR') }}", "en", "1234.5", "€1,234.50"),
        ("{{ today | money('EUR') }}", "en", "-3 USD", "-$3.00"),
        ("{{ today | money }}", "es", "12 JPY", "12 ¥"),
        ("{{ today | money }}", "en", "7 CHF", "CHF 7.00"),
        ("{{ today | money('euros') }}", "es", "7", "7,00"),
        ("{{ today | money('EUR') }}", "es", "gratis", "gratis"),
        ("{{ today | number }}", "es", "1234567.25", "1.234.567,25"),
        ("{{ today | number(1) }}", "en", "1234567.25", "1,234,567.3"),
        ("{{ today | number(999999) }}", "en", "1", "1.000000"),
        ("{{ 12345 | number }}", "es", "", "12.345"),
        ("{{ today | name }}", "es", "JOSÉ MARÍA DE LA CRUZ", "José María de la Cruz"),
        ("{{ today | name }}", "es", "ana-maría o'neill", "Ana-María O'Neill"),
        ("{{ today | name }}", "es", "Ana McDonald", "Ana McDonald"),
        ("{{ today | name }}", "es", "de la fuente", "De la Fuente"),
    ],
)
def test_values_are_written_for_people(template, language, value, shown):
    known = vocabulary(0, language=language)
    made = placeholders(template, vocabulary=known, mode="text", field="x")
    assert made.render({"today": value}).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    "kept", ["9" * 500, "1" + "0" * 39, "-" * 400, "1e999999999", "0." + "1" * 300, "9999-99-99" * 50, "\ud800" * 30]
)
@pytest.mark.parametrize("form", ["date", "money('EUR')", "number(6)", "name"])
def test_no_value_makes_a_format_slow_or_long(kept, form):
    made = placeholders("{{ today | " + form + " }}", vocabulary=KNOWN, mode="html", field="x")
    begin = time.process_time()
    assert len(made.render({"today": kept})) <= 1000
    assert time.process_time() - begin < 0.1
