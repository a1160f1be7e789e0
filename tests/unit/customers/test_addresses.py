"""E-mail addresses and phone numbers in their one form."""

import time

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.customers.contacts.addresses import (
    _PLAIN,
    national_digits,
    normalise_email,
    normalise_phone,
    region_of,
)
from chalicelib.foundation.errors import InvalidError

LETTERS = "abcxyz019._-+ñÉ@ #'\"\\(),:;<>[]"
near_addresses = st.one_of(
    st.builds(
        "{}@{}.{}".format,
        st.text(LETTERS, max_size=12),
        st.text("abz09-.ñ", max_size=12),
        st.sampled_from(["com", "es", "test", "local", "museum", "c", "xn--p1ai", "invalid", "co.uk", "онлайн"]),
    ),
    st.text(max_size=40),
    st.emails(),
)


def judged(address: str) -> str | None:
    """What email-validator makes of an address."""
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        return None
    return f"{found.local_part.lower()}@{(found.ascii_domain or found.domain).lower()}"


@given(near_addresses)
@example("a@b-c.co.uk")
@example("A.B+c@Example.COM")
@example("x@ñandú.es")
@example("a@local.com")
@example("a@x.localhost")
@settings(max_examples=400, deadline=None)
def test_the_short_way_says_what_email_validator_says(address: str) -> None:
    address = address.strip()
    expected = judged(address) if len(address) <= 254 else None
    if expected is None:
        with pytest.raises(InvalidError):
            normalise_email(address)
    else:
        assert normalise_email(address) == expected


@given(near_addresses)
@settings(max_examples=200, deadline=None)
def test_a_normalised_address_stays_as_it_is(address: str) -> None:
    try:
        normal = normalise_email(address)
    except InvalidError:
        return
    assert normalise_email(normal) == normal
    assert normal.isascii()
    assert normal == normal.lower()
    assert normalise_email(f"  {normal.upper()} ") == normal


@pytest.mark.parametrize("hostile", ["a" * 50_000, "a." * 25_000 + "@b.com", "@" * 50_000, "a@" + "b-" * 25_000])
def test_hostile_texts_cost_nothing(hostile: str) -> None:
    started = time.process_time()
    with pytest.raises(InvalidError) as refused:
        normalise_email(hostile, field="emails.0.address")
    assert time.process_time() - started < 0.01
    assert refused.value.fields[0].field == "emails.0.address"
    near_limit = hostile[:253]
    started = time.process_time()
    _PLAIN.match(near_limit)
    assert time.process_time() - started < 0.01


@pytest.mark.parametrize(
    ("given_number", "region", "kept"),
    [
        ("600 11 12 22", "ES", "+34600111222"),
        ("+34 (600) 111-222", "", "+34600111222"),
        ("0034600111222", "ES", "+34600111222"),
        ("300 123 4567", "CO", "+573001234567"),
        ("+1 212 555 0123", "ES", "+12125550123"),
    ],
)
def test_numbers_become_e164(given_number: str, region: str, kept: str) -> None:
    assert normalise_phone(given_number, region=region) == kept


@pytest.mark.parametrize(
    ("wrong", "region"),
    [
        ("600111222", ""),
        ("12", "ES"),
        ("hola", "ES"),
        ("+34600111222 ext. 7", ""),
        ("1" * 41, "ES"),
        ("", "ES"),
        ("+999123456789", ""),
    ],
)
def test_what_can_be_no_number_is_refused(wrong: str, region: str) -> None:
    with pytest.raises(InvalidError) as refused:
        normalise_phone(wrong, region=region, field="values.phone")
    assert refused.value.fields[0].field == "values.phone"


@given(st.text("+0123456789 ()-.xeabc", max_size=24), st.sampled_from(["", "ES", "US", "MX"]))
@settings(max_examples=300, deadline=None)
def test_a_normalised_number_stays_as_it_is(text: str, region: str) -> None:
    try:
        number = normalise_phone(text, region=region)
    except InvalidError:
        return
    assert number.startswith("+")
    assert number[1:].isdigit()
    assert normalise_phone(number) == number
    assert number.endswith(national_digits(number))


def test_the_region_is_the_country_or_the_zones() -> None:
    assert region_of(country="MX", time_zone="Europe/Madrid") == "MX"
    assert region_of(time_zone="America/Bogota") == "CO"
    assert region_of(country="Spain", time_zone="Asia/Tokyo") == ""
