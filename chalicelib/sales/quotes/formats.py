"""Money, numbers and dates on a quote, as people write them in Spanish and English."""

from datetime import date
from decimal import Decimal

from chalicelib.sales.money import amount_text, plain_text

_SPACE = "\u00a0"  # does not break
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "US$"}
_MONTHS = {
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def number(text: str, language: str) -> str:
    """Digits of a number that is not negative, in groups of three: ``1.234.567,50`` in Spanish, ``1,234,567.50`` in English."""
    whole, _, fraction = text.partition(".")
    grouped = f"{int(whole):,}"
    if language == "es":
        return grouped.replace(",", ".") + (f",{fraction}" if fraction else "")
    return grouped + (f".{fraction}" if fraction else "")


def money(amount: Decimal, currency: str, language: str) -> str:
    """An amount in its currency: ``1.200,50 €``, ``€1,200.50``; currencies without a symbol that everybody reads the same way are
    named by their code: ``1.200.000,00 COP``.
    """
    sign, digits = "−" if amount < 0 else "", number(amount_text(abs(amount), currency), language)
    symbol = _SYMBOLS.get(currency)
    if symbol is not None and language == "en":
        return f"{sign}{symbol}{digits}"
    return f"{sign}{digits}{_SPACE}{symbol or currency}"


def quantity(amount: Decimal, language: str) -> str:
    """A quantity without zeros at the end."""
    return number(plain_text(amount), language)


def percent(amount: Decimal, language: str) -> str:
    """``21 %`` or ``21%``."""
    return quantity(amount, language) + (f"{_SPACE}%" if language == "es" else "%")


def long_date(day: date, language: str) -> str:
    """``22 de noviembre de 2026`` or ``22 November 2026``."""
    month = _MONTHS[language][day.month - 1]
    return f"{day.day} de {month} de {day.year}" if language == "es" else f"{day.day} {month} {day.year}"
