"""Values are checked in linear time, and pages need no script."""

import time
from datetime import timedelta

import pytest

from chalicelib.customers import countries
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.signing import Signer
from chalicelib.marketing.forms import posts, suspicion, tokens
from chalicelib.marketing.forms.domain import Field, FieldType, Form, Option, is_web_address
from chalicelib.marketing.forms.values import read_values
from chalicelib.marketing.forms.words import MESSAGES, say
from tests.helpers import NOON, SECRET

ES = {"es": "x"}
OPTIONS = (Option("a", ES), Option("b", ES))
FORM = Form(
    "W", "F", "Form",
    tuple(
        Field(each.value, each, ES, options=OPTIONS if "choice" in each.value else (), max_length=0)
        for each in FieldType
    ),
    NOON, NOON,
)  # fmt: skip
HOSTILE = [
    "a" * 50_000, "a@" + "a." * 25_000, "a" * 25_000 + "@" * 25_000, "." * 50_000, "-" * 50_000, "+" + "1" * 50_000, "(" * 50_000,
    "1" * 50_000, "1," * 25_000, " " * 50_000, "\t" * 50_000 + "x", "http://" + "a" * 50_000, "http://" + "[" * 50_000, "á" * 25_000,
    "https://" * 6_000, "www." * 12_000, '"' * 50_000, "\\" * 50_000, "%" * 50_000, "\x00" * 50_000, "0" * 50_000 + "-",
]  # fmt: skip


@pytest.mark.parametrize("kind", list(FieldType))
def test_hostile_values_take_no_time(kind: FieldType) -> None:
    read_values(FORM, {kind.value: "x"}, language="es", time_zone="Europe/Madrid")  # imports what it needs
    for text in HOSTILE:
        for value in (text, text[:250]):
            started = time.process_time()
            values, _ = read_values(FORM, {kind.value: value}, language="es", time_zone="Europe/Madrid")
            suspicion.reason(FORM, values, "")
            assert time.process_time() - started < 0.02, (kind, text[:20], len(value))


def test_messages_are_in_the_language_of_the_form() -> None:
    for language, message in (("es", "Escribe como máximo 100 caracteres."), ("en", "Use at most 100 characters.")):
        _, errors = read_values(FORM, {"first_name": "x" * 101}, language=language, time_zone="")
        assert [(error.field, error.message, error.code) for error in errors] == [
            ("values.first_name", message, "too_long")
        ]


def test_every_message_is_in_both_languages() -> None:
    for code, (spanish, english) in MESSAGES.items():
        assert spanish != english, code
        assert say(code, "es", limit=1, count=1)
        assert say(code, "en", limit=1, count=1)


def test_a_number_of_zero_and_an_unticked_box() -> None:
    values, errors = read_values(FORM, {"number": 0, "boolean": False, "text": "0"}, language="es", time_zone="")
    assert (values, errors) == ({"number": 0, "text": "0"}, [])


def test_tokens() -> None:
    signer = Signer(SECRET)
    nonce = new_id(NOON)
    token = tokens.issue(signer, form_key="F", nonce=nonce, language="en")
    assert tokens.redeem(signer, token, form_key="F", now=NOON + timedelta(seconds=3)) == (nonce, "en")
    assert tokens.redeem(signer, token, form_key="F", now=NOON + timedelta(hours=2)) == (nonce, "en")
    for now, key, given, code in (
        (NOON + timedelta(seconds=2.9), "F", token, "too_fast"),
        (NOON - timedelta(seconds=60), "F", token, "too_fast"),
        (NOON + timedelta(hours=2, seconds=1), "F", token, "expired"),
        (NOON + timedelta(minutes=1), "G", token, "forged"),
        (NOON + timedelta(minutes=1), "F", tokens.issue(Signer(SECRET[::-1]), form_key="F", nonce=nonce), "forged"),
        (NOON + timedelta(minutes=1), "F", signer.sign("unsubscribe", f"F:{nonce}".encode()), "forged"),
        (NOON + timedelta(minutes=1), "F", signer.sign("form", b"\xff"), "forged"),
        (NOON + timedelta(minutes=1), "F", "é", "forged"),
        (NOON + timedelta(minutes=1), "F", "", "missing"),
    ):
        with pytest.raises(InvalidError) as error:
            tokens.redeem(signer, given, form_key=key, now=now)
        assert [(each.field, each.code) for each in error.value.fields] == [("token", code)]


@pytest.mark.parametrize(
    "address", ["https://a.example", "http://a.example:8080/x?y=z#w", "https://xn--nez-7ma8b.example/"]
)
def test_web_addresses(address: str) -> None:
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "a", "//a.example", "javascript:alert(1)", "https:a", "https://", "https://a b", "https://a\r\nb", "https://u@a", "https://[", "ftp://a",
     "https://a\\@b", "data:text/html,x", "https://" + "a" * 3000],
)  # fmt: skip
def test_no_web_addresses(address: str) -> None:
    assert not is_web_address(address)


def test_countries() -> None:
    assert len(countries.codes()) > 240
    spanish = dict(countries.names("es"))
    assert (spanish["ES"], spanish["MX"], dict(countries.names("en"))["ES"]) == ("España", "México", "Spain")
    names = [name for _, name in countries.names("es")]
    assert names.index("España") < names.index("Estonia") < names.index("Zimbabue")
    assert names[0] == "Afganistán"


def test_the_campaign_in_the_address_counts_without_another() -> None:
    assert posts.utm_in("https://a.example/?utm_source=a&utm_source=b&utm_x=c&utm_term=") == {"source": "a"}
    assert posts.utm_in("https://[") == {}
    assert posts.page_of("https://a.example/?utm_source=a", "", {"source": "z"}).utm == {"source": "z"}
