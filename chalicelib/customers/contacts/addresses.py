"""E-mail addresses, phone numbers and postal addresses in the one form in which they are kept and compared."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.customers.contacts.domain import (
    EmailAddress,
    PhoneNumber,
    PostalAddress,
    one_primary_address,
    one_primary_email,
    one_primary_phone,
)
from chalicelib.foundation.errors import InvalidError

EMAIL_LIMIT = 254  # RFC 5321; checked before anything else looks at the text
PHONE_LIMIT = 40

# What nearly every address looks like. email-validator agrees with it on each (a property test holds that) but takes 75 µs a
# call and 70 ms to import, so only the others go there. No label of the domain begins or ends with a hyphen or has two in a
# row (IDNA); the names it refuses as special end in one of the excluded words.
_PLAIN = re.compile(
    r"(?=.{1,64}@)[a-z0-9_+]+(?:[.-][a-z0-9_+]+)*@"
    r"(?=.{4,189}\Z)(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,16}){0,2}\.){1,4}(?!local|onion|arpa|invalid|localhost|test|alt)[a-z]{2,24}\Z"
)

_REGION_OF_ZONE = {
    "Europe/Madrid": "ES",
    "Atlantic/Canary": "ES",
    "Africa/Ceuta": "ES",
    "Europe/Lisbon": "PT",
    "Europe/Paris": "FR",
    "Europe/London": "GB",
    "Europe/Berlin": "DE",
    "Europe/Rome": "IT",
    "America/Bogota": "CO",
    "America/Mexico_City": "MX",
    "America/Lima": "PE",
    "America/Santiago": "CL",
    "America/Caracas": "VE",
    "America/Guayaquil": "EC",
    "America/Montevideo": "UY",
    "America/Asuncion": "PY",
    "America/La_Paz": "BO",
    "America/Argentina/Buenos_Aires": "AR",
    "America/Costa_Rica": "CR",
    "America/Panama": "PA",
    "America/Guatemala": "GT",
    "America/Santo_Domingo": "DO",
    "America/New_York": "US",
    "America/Chicago": "US",
    "America/Los_Angeles": "US",
}


def normalise_email(text: str, *, field: str = "email") -> str:
    """The address lower-cased, its domain in ASCII (IDNA). `InvalidError` names ``field``.

    Syntax only: nothing is looked up. Addresses that need SMTPUTF8 are refused, because SES does not take them. Names under
    ``.test`` are taken: they are reserved for trying things out (RFC 2606).
    """
    text = text.strip()
    if len(text) > EMAIL_LIMIT:
        raise InvalidError(f"An e-mail address has at most {EMAIL_LIMIT} characters.", field=field, code="too_long")
    lowered = text.lower()
    if lowered.isascii() and _PLAIN.match(lowered):
        return lowered
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidError("This is not an e-mail address.", field=field, code="email") from error
    return f"{found.local_part.lower()}@{(found.ascii_domain or found.domain).lower()}"


def normalise_phone(text: str, *, region: str = "", field: str = "phone") -> str:
    """The number in E.164. ``region`` (ISO 3166, ``ES``) is where a number without a country code is at home.

    `InvalidError` names ``field`` when it can be no number: too long or short for its country, or without country and region.
    """
    text = text.strip()
    if len(text) > PHONE_LIMIT:
        raise InvalidError(f"A phone number has at most {PHONE_LIMIT} characters.", field=field, code="too_long")
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException as error:
        raise InvalidError("This is not a phone number.", field=field, code="phone") from error
    if number.extension or not phonenumbers.is_possible_number(number):
        raise InvalidError("This is not a phone number.", field=field, code="phone")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def national_digits(number: str) -> str:
    """The digits of an E.164 number without the country's code; all of its digits when that is not known."""
    import phonenumbers

    try:
        return str(phonenumbers.national_significant_number(phonenumbers.parse(number)))
    except phonenumbers.NumberParseException:
        return number.lstrip("+")


def region_of(*, country: str = "", time_zone: str = "") -> str:
    """Where numbers without a country code are at home: the country given, or the zone's."""
    return country if len(country) == 2 and country.isalpha() else _REGION_OF_ZONE.get(time_zone, "")


def email_addresses(given: Sequence[Mapping[str, Any]]) -> tuple[EmailAddress, ...]:
    """``[{address, label, primary}]`` as they are kept. `InvalidError` names ``emails.0.address``."""
    emails = []
    for position, each in enumerate(given):
        address = normalise_email(each["address"], field=f"emails.{position}.address")
        emails.append(EmailAddress(address, each.get("label") or "", bool(each.get("primary"))))
    return one_primary_email(emails)


def phone_numbers(given: Sequence[Mapping[str, Any]], region: str) -> tuple[PhoneNumber, ...]:
    """``[{number, label, primary}]`` as they are kept; ``region`` as in `normalise_phone`. `InvalidError` names ``phones.0.number``."""
    phones = []
    for position, each in enumerate(given):
        number = normalise_phone(each["number"], region=region, field=f"phones.{position}.number")
        phones.append(PhoneNumber(number, each.get("label") or "", bool(each.get("primary"))))
    return one_primary_phone(phones)


def postal_addresses(given: Sequence[Mapping[str, Any]]) -> tuple[PostalAddress, ...]:
    """Postal addresses as they are kept; one without a place is none. `InvalidError` names ``addresses.0``."""
    addresses = []
    for position, each in enumerate(given):
        values = {name: value for name, value in each.items() if value}
        if not values.keys() - {"label", "primary", "country"} and not values.get("country"):
            raise InvalidError("An address says where.", field=f"addresses.{position}", code="missing")
        addresses.append(PostalAddress(**values))
    return one_primary_address(addresses)
