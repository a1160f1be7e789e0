"""Documents of blocks: what they become, what they refuse and where they say it is."""

import json
import re
from html.parser import HTMLParser

import pytest

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.rendering import placeholders
from chalicelib.marketing.templates.body import compile_body, compile_whole
from chalicelib.marketing.templates.brand import Brand
from chalicelib.marketing.templates.domain import CustomField

BRAND = Brand(
    logo_url="https://acme.example/logo.png",
    logo_alt="Acme",
    colors={"primary": "#aa0044"},
    social=(("x", "https://x.com/acme"),),
)
TEXT = {"type": "text", "html": "<p>Hola</p>"}


def make(*blocks, settings=None, **more):
    document = {"version": 1, "blocks": list(blocks), **({"settings": settings} if settings else {})}
    return compile_body(body_format="blocks", source=json.dumps(document), brand=BRAND, **more)


def shown(body, mode="html", **values):
    known = body.vocabulary()
    given = {known.variable(name): "" for name in known.texts} | {known.variable(name): () for name in known.lists}
    source = body.html if mode == "html" else body.text
    return placeholders(source, vocabulary=known, mode=mode, field="x").render(given | values)


def wrong(*blocks, **more):
    with pytest.raises(InvalidError) as caught:
        make(*blocks, **more)
    return [(error.field, error.code) for error in caught.value.fields]


EVERY = (
    {"type": "image", "src": "brand.logo", "id": "a"},
    {"type": "heading", "text": "Hola {{ contact.first_name | default('amigo') }}", "level": 2, "style": {"align": "center", "color": "primary"}},
    {"type": "text", "html": "<p>Uno <a href='https://a.example/?x=1&y=2'>dos</a></p><ul><li>tres</li></ul>", "style": {"line_height": 2}},
    {"type": "image", "src": "https://a.example/p.png", "alt": 'Una "foto"', "href": "https://a.example/", "width": 300, "style": {"radius": 8}},
    {"type": "button", "text": "Ir & ver", "href": "https://a.example/ir", "size": "large", "full_width": True},
    {"type": "button", "text": "Otro", "href": "mailto:a@b.example", "outline": True, "button_color": "#00aa00"},
    {"type": "columns", "columns": [{"width": 40, "blocks": [TEXT]}, {"width": 60, "blocks": [{"type": "divider"}]}], "stack": False, "gap": 0},
    {"type": "divider", "thickness": 3, "line": "dashed", "width": 50, "style": {"color": "muted"}},
    {"type": "spacer", "height": 40},
    {"type": "social"},
    {"type": "social", "look": "text", "links": [{"network": "youtube", "href": "https://youtube.com/@a"}, {"network": "x", "href": "https://x.com/b"}]},
    {"type": "product", "title": "Zapato", "price": "10 €", "old_price": "12 €", "layout": "left",
     "image": {"src": "https://a.example/z.png", "alt": "z"}, "text": "<b>Rojo</b>", "button": {"text": "Ver", "href": "https://a.example/z"}},
    {"type": "product", "title": "Bolso", "layout": "top", "image": {"src": "https://a.example/b.png"}},
    {"type": "html", "html": "<table><tbody><tr><td style='padding:4px'>libre</td></tr></tbody></table>"},
    {"type": "text", "html": "<p>noche</p>", "style": {"background": "#112233"}},
    {"type": "footer", "text": "<p>Adiós</p>", "unsubscribe_text": "Salir"},
)  # fmt: skip


def test_every_block_becomes_html_and_text():
    made = make(*EVERY, subject="Novedades")
    page = shown(made, contact__first_name="Ana & <b>", workspace__postal_address="Calle 1")
    for piece in ('alt="Acme"', "Hola Ana &amp; &lt;b&gt;", "<li>tres</li>", 'alt="Una &quot;foto&quot;"', "Ir &amp; ver", ">Otro<",
                  "YouTube", "<s ", "10 €", "libre", "noche", "Adiós", ">Salir<", "Calle 1", "#aa0044"):  # fmt: skip
        assert piece in page, piece
    assert "<title>Novedades</title>" in page
    text = shown(made, "text", contact__first_name="Ana", link_0="https://t/0")
    assert "Hola Ana" in text
    assert "Uno dos (https://t/0)" in text
    assert made.links[0] == "https://a.example/?x=1&y=2"
    assert "opt_out_added" not in {notice.code for notice in made.warnings}


def test_each_block_stands_alone():
    for block in EVERY:
        assert make(block).html, block["type"]


class _Tags(HTMLParser):
    """The names of every tag and attribute."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(name for name, _ in attrs)}
        self.found |= {
            "javascript"
            for _, value in attrs
            if re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE)
        }


HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<iframe src='https://e.example'></iframe>", "<form action='/x'><input></form>",
    "<a href='javascript:alert(1)'>x</a>", "<svg onload=alert(1)>", "<style>*{display:none}</style>", "</mj-text><mj-raw><script>x</script></mj-raw>",
    "<mj-include path='/etc/passwd' />", "</div></td></tr></table><p onclick=x>", "<p style='background:url(https://spy.example/x)'>x</p>",
    '<p style="position:fixed;top:0">x</p>', "<!--<script>x</script>-->", "<![CDATA[<script>x</script>]]>", "<math><mtext></mtext><script>x</script></math>",
    "&lt;script&gt;", "<b>" * 60, "\x00\x0b\ufffe<i>x</i>", "]]></mj-text>", "<object data=x></object><embed src=x>", "<base href='https://e.example'>",
    "<meta http-equiv=refresh content='0;url=https://e.example'>", "<a href=' java\tscript:alert(1)'>x</a>", "<link rel=stylesheet href=//e>",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "block",
    [
        {"type": "heading", "text": ...},
        {"type": "text", "html": ...},
        {"type": "html", "html": ...},
        {"type": "button", "text": ..., "href": "https://a.example/"},
        {"type": "image", "src": "https://a.example/x.png", "alt": ...},
        {"type": "product", "title": ..., "text": ..., "price": ...},
        {"type": "footer", "text": ..., "unsubscribe_text": "x"},
    ],
    ids=lambda block: block["type"],
)
def test_hostile_texts_break_nothing_and_run_nothing(block, text):
    made = make(
        {name: text if value is ... else value for name, value in block.items()}
        | ({"price": "1"} if "price" in block else {}),
        TEXT,
    )
    tags = _Tags()
    tags.feed(made.html)
    assert not tags.found & {"script", "iframe", "form", "input", "svg", "object", "embed", "base", "link", "onerror", "onload",
                             "onclick", "javascript", "mj-raw", "mj-text", "mj-include"}  # fmt: skip
    if block["type"] not in ("button", "image"):  # there markup is text
        assert "spy.example" not in made.html
        assert "position:fixed" not in made.html
    assert "Hola" in made.html


@pytest.mark.parametrize(
    ("block", "place", "code"),
    [
        ({"type": "video"}, "body.blocks.1", "union_tag_invalid"),
        ({}, "body.blocks.1", "union_tag_not_found"),
        ({"type": "button", "text": "x"}, "body.blocks.1.href", "missing"),
        ({"type": "button", "text": "x", "href": "javascript:alert(1)"}, "body.blocks.1.href", "link"),
        ({"type": "button", "text": "x", "href": "data:text/html,x"}, "body.blocks.1.href", "link"),
        ({"type": "button", "text": "x", "href": "//e.example"}, "body.blocks.1.href", "link"),
        ({"type": "button", "text": "x", "href": " java\nscript:x"}, "body.blocks.1.href", "link"),
        ({"type": "image", "src": "data:image/png;base64,xx"}, "body.blocks.1.src", "link"),
        ({"type": "image", "src": "https://a.example/x", "width": "300"}, "body.blocks.1.width", "int_type"),
        ({"type": "image", "src": "https://a.example/x", "width": 3000}, "body.blocks.1.width", "less_than_equal"),
        ({"type": "spacer", "height": True}, "body.blocks.1.height", "int_type"),
        ({"type": "spacer", "onclick": "x"}, "body.blocks.1.onclick", "extra_forbidden"),
        ({**TEXT, "style": {"color": "red"}}, "body.blocks.1.style.color", "value_error"),
        ({**TEXT, "style": {"color": "#fff;}</style>"}}, "body.blocks.1.style.color", "value_error"),
        ({**TEXT, "style": {"font": "Comic Sans"}}, "body.blocks.1.style.font", "value_error"),
        ({**TEXT, "style": {"padding_top": 1e9}}, "body.blocks.1.style.padding_top", "int_type"),
        ({"type": "text", "html": "{{ contact.password }}"}, "body.blocks.1.html", "placeholder_not_allowed"),
        ({"type": "text", "html": "{% if contact.city %}x"}, "body.blocks.1.html", "placeholder_syntax"),
        ({"type": "text", "html": "{{ contact.first_name"}, "body.blocks.1.html", "placeholder_syntax"),
        ({"type": "image", "src": "https://a.example/x", "alt": "{{ ''.__class__ }}"}, "body.blocks.1.alt", "placeholder_not_allowed"),
        ({"type": "button", "text": "x", "href": "{{ lipsum() }}"}, "body.blocks.1.href", "placeholder_not_allowed"),
        ({**TEXT, "show_if": {"field": "contact.password", "op": "is_set"}}, "body.blocks.1.show_if.field", "placeholder_not_allowed"),
        ({**TEXT, "show_if": {"field": "contact.city %}", "op": "is_set"}}, "body.blocks.1.show_if.field", "placeholder_not_allowed"),
        ({**TEXT, "show_if": {"field": "contact.city", "op": "runs"}}, "body.blocks.1.show_if.op", "literal_error"),
        ({**TEXT, "show_if": {"field": "contact.city", "op": "is"}}, "body.blocks.1.show_if.value", "missing"),
        ({**TEXT, "show_if": {"field": "contact.city", "op": "is_set", "value": "x"}}, "body.blocks.1.show_if.value", "not_asked"),
        ({"type": "columns", "columns": [{"blocks": []}]}, "body.blocks.1.columns", "too_short"),
        ({"type": "columns", "columns": [{"blocks": [], "width": 50}, {"blocks": []}]}, "body.blocks.1.columns", "widths"),
        ({"type": "columns", "columns": [{"blocks": []}, {"blocks": [{"type": "columns", "columns": []}]}]},
         "body.blocks.1.columns.1.blocks.0", "union_tag_invalid"),
        ({"type": "columns", "columns": [{"blocks": []}, {"blocks": [{"type": "button", "text": "x", "href": "x"}]}]},
         "body.blocks.1.columns.1.blocks.0.href", "link"),
        ({"type": "social", "links": [{"network": "myspace", "href": "https://m.example"}]}, "body.blocks.1.links.0.network", "literal_error"),
        ({"type": "social", "links": [{"network": "x", "href": "nowhere"}]}, "body.blocks.1.links.0.href", "link"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(block, place, code):
    assert (place, code) in wrong(TEXT, block)


@pytest.mark.parametrize(
    ("source", "place", "code"),
    [
        ("{", "body.source", "json"),
        ("[]", "body.source", "json"),
        ("[" * 50_000, "body.source", "json"),
        ('{"version": 2, "blocks": []}', "body.version", "literal_error"),
        ('{"version": 1}', "body.blocks", "missing"),
        ('{"version": 1, "blocks": {}}', "body.blocks", "list_type"),
        ('{"version": 1, "blocks": [1, null]}', "body.blocks.0", "model_attributes_type"),
        ('{"version": 1, "blocks": [], "settings": {"width": 9000}}', "body.settings.width", "less_than_equal"),
        ('{"version": 1, "blocks": [{"type": "text", "html": "\\ud800"}]}', "body.source", "lone_surrogate"),
        ('{"version": 1, "blocks": [{"type": "text", "html": "x", "style": {"line_height": NaN}}]}', "body.blocks.0.style.line_height", "less_than_equal"),
        (json.dumps({"version": 1, "blocks": [TEXT] * 101}), "body.blocks", "too_many"),
        (json.dumps({"version": 1, "blocks": [{"type": "columns", "columns": [{"blocks": [TEXT] * 60}] * 2}]}), "body.blocks", "too_many"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(source, place, code):
    with pytest.raises(InvalidError) as caught:
        compile_body(body_format="blocks", source=source)
    assert (place, code) in [(error.field, error.code) for error in caught.value.fields]


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("block", [TEXT, EVERY[6], EVERY[11], EVERY[-1]], ids=["text", "columns", "product", "footer"])
def test_conditions_show_and_hide_in_html_and_text(block, at):
    marked = json.loads(
        json.dumps(block).replace("Hola", "SECRETO").replace("Zapato", "SECRETO").replace("Adi\\u00f3s", "SECRETO")
    )
    rest = [{"type": "text", "html": "<p>antes</p>"}, {"type": "text", "html": "<p>después</p>"}]
    rest.insert(at, marked | {"show_if": {"field": "contact.tags", "op": "contains", "value": 'v"i%}p\\'}})
    made = make(*rest)
    for mode in ("html", "text"):
        with_it, without = shown(made, mode, contact__tags=('v"i%}p\\',)), shown(made, mode, contact__tags=("x",))
        assert "SECRETO" in with_it
        assert "SECRETO" not in without
        assert "antes" in without
        assert "después" in without


def test_conditions_of_every_kind():
    plan = CustomField("plan", "01F", "choice", {"gold": "Oro"})

    def seen(op, field="contact.city", value=None, **values):
        condition = {"field": field, "op": op} | ({"value": value} if value else {})
        return "Hola" in shown(make(TEXT | {"show_if": condition}, fields=(plan,)), **values)

    assert seen("is_set", contact__city="Lugo")
    assert not seen("is_set")
    assert seen("is_not_set")
    assert seen("is", value="Lugo", contact__city="Lugo")
    assert not seen("is", value="Lugo", contact__city="lugo")
    assert seen("is_not", value="Lugo")
    assert seen("contains", value="ug", contact__city="Lugo")
    assert seen("not_contains", "contact.tags", "vip", contact__tags=("x",))
    assert seen("is", "contact.custom.plan", "gold", contact__custom__plan="Oro")
    for op, given, there in (
        ("is", " VIP ", True),
        ("is_not", "VIP", False),
        ("contains", "Vip", True),
        ("is", "vi", False),
    ):
        assert seen(op, "contact.tags", given, contact__tags=("vip", "x")) is there


def test_a_condition_on_a_value_is_its_fallback():
    block = {"type": "heading", "text": "En {{ contact.city }}"}
    assert [(each.code, each.field) for each in make(block, TEXT).warnings if each.code == "fallback_missing"] == [
        ("fallback_missing", "body.blocks.0.text")
    ]
    guarded = block | {"show_if": {"field": "contact.city", "op": "is_set"}}
    assert "fallback_missing" not in {each.code for each in make(guarded, TEXT).warnings}


def test_a_light_mail_turns_dark_and_a_dark_one_stays():
    light = make(TEXT, {**TEXT, "style": {"background": "#001133"}}).html
    assert "prefers-color-scheme: dark" in light
    night = 'class="cs nt'
    assert light.count(night) == 1  # the text on the dark ground keeps its white
    assert "prefers-color-scheme" not in make(TEXT, settings={"surface": "#101010", "background": "#000000"}).html


def test_text_on_a_chosen_ground_can_be_read():
    made = make({**TEXT, "style": {"background": "#001133"}}).html
    assert "color:#ffffff" in made


def test_a_mail_without_a_logo_has_no_hole():
    document = json.dumps({"version": 1, "blocks": [EVERY[0], TEXT]})
    assert "<img" in make(EVERY[0], TEXT).html.replace("pixel_url", "")
    assert compile_body(body_format="blocks", source=document).html.count("<img") == 1  # the pixel


def test_what_is_seen_has_its_place():
    document = json.dumps({"version": 1, "blocks": [EVERY[3], EVERY[2]]})
    _, seen = compile_whole(body_format="blocks", source=document)
    assert ("body.blocks.0.src", "https://a.example/p.png", 'Una "foto"') in seen.images
    assert ("body.blocks.1.html", "https://a.example/?x=1&y=2") in seen.links


def test_a_hundred_blocks_compile_fast_enough_to_type():
    import time

    begin = time.process_time()
    made = make(*[EVERY[number % 6] for number in range(100)])
    assert time.process_time() - begin < 2
    assert made.html.count("<h2") > 10


def test_the_footer_of_a_single_mail_has_no_way_out_of_a_list():
    made = make(TEXT, EVERY[-1], mailing=False)
    assert "Adiós" in made.html
    assert "unsubscribe_url" not in made.html
    assert "preferences_url" not in made.html
