"""How dates, amounts, numbers and names are written for people, in Spanish and English.

A value that cannot be read is shown as it is: a mail with an odd date is better than no mail.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

LANGUAGES = ("es", "en")
DATES = ("medium", "short", "long", "day_month")
"""The ways of a date: ``22 de noviembre de 2026``, ``22/11/2026``, with its weekday, without its year."""

_MONTHS = {
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
           "diciembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip
_DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "MXN": "$", "COP": "$", "ARS": "$", "CLP": "$", "PEN": "S/"}
_DECIMALS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF"), 0
    ),
    **dict.fromkeys(("XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""ISO 4217's minor units where they are not two."""
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?", re.ASCII | re.DOTALL)
_AMOUNT = re.compile(r"\s*(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)(?:\s+([A-Z]{3}))?\s*", re.ASCII)
_SMALL = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "el",
        "y",
        "e",
        "da",
        "das",
        "do",
        "dos",
        "di",
        "du",
        "van",
        "von",
        "der",
        "den",
        "ten",
        "ter",
    ]
)


def decimals_of(currency: str) -> int:
    """How many decimals a currency's amounts have: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _DECIMALS.get(currency, 2)


def date_text(value: str, language: str, form: str = "medium") -> str:
    """An ISO date (or instant) in words."""
    found = _DATE.fullmatch(value)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        day = None
    if day is None:
        return value
    spanish = language != "en"
    if form == "short":
        return f"{day.day}/{day.month}/{day.year}" if spanish else f"{day.day:02}/{day.month:02}/{day.year}"
    month = _MONTHS["es" if spanish else "en"][day.month - 1]
    text = f"{day.day} de {month}" if spanish else f"{day.day} {month}"
    if form == "day_month":
        return text
    text += f" de {day.year}" if spanish else f" {day.year}"
    if form == "long":
        weekday = _DAYS["es" if spanish else "en"][day.weekday()]
        return f"{weekday}, {text}" if spanish else f"{weekday} {text}"
    return text


def number_text(value: str, language: str, decimals: int | None = None) -> str:
    """Digits with the language's separators; Spanish groups from five digits on (Ortografía de la lengua española, 2010)."""
    found = _AMOUNT.fullmatch(value)
    if found is None:
        return value
    try:
        number = Decimal(found[1])
        if decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-min(max(decimals, 0), 6)), rounding="ROUND_HALF_UP")
    except InvalidOperation:
        return value
    text = f"{number:,f}"
    if language == "en":
        return text
    if abs(number) < 10_000:
        text = text.replace(",", "")
    return text.translate(str.maketrans(",.", ".,"))


def money_text(value: str, language: str, currency: str = "") -> str:
    """An amount (``12.5`` or ``12.5 EUR``) with its currency: ``12,50 €``, ``€12.50``. ``currency`` is meant where it has none."""
    found = _AMOUNT.fullmatch(value)
    if found is None:
        return value
    currency = found[2] or currency
    if not re.fullmatch(r"[A-Z]{3}", currency):
        return number_text(found[1], language, 2)
    amount = number_text(found[1], language, decimals_of(currency))
    sign = _SIGNS.get(currency)
    if language != "en":
        return f"{amount} {sign or currency}"
    if sign is None:
        return f"{currency} {amount}"
    return f"-{sign}{amount[1:]}" if amount.startswith("-") else f"{sign}{amount}"


def name_text(value: str) -> str:
    """A name as people write theirs, where all of it came in small letters or capitals: ``JOSÉ DE LA CRUZ`` → ``José de la Cruz``."""
    text = " ".join(value.split())
    if text != text.upper() and text != text.lower():
        return text
    words = text.lower().split(" ")
    return " ".join(word if at and word in _SMALL else _capital(word) for at, word in enumerate(words))


def _capital(word: str) -> str:
    return re.sub(r"(^|[-'’])(\w)", lambda found: found[1] + found[2].upper(), word)
