"""Numbers and dates as people write them in Spanish and English.

A table of our own rather than a locale library (30 MB installed for the two languages we have). Conventions follow the
Unicode CLDR: Spanish writes ``1234``, ``12.345``, ``3,5`` and ``18 %`` (with a space that does not break); English ``1,234``,
``3.5`` and ``18%``. Dates name the month, so that 3/4 is never read as 4/3.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Language = Literal["es", "en"]

NO_BREAK_SPACE = "\u00a0"
EN_DASH = "\u2013"

_WEEKDAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "es": (
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
    ),
    "en": (
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
    ),
}
# Three letters do in both languages but for the English and Spanish "sept", which CLDR writes with four.
_SHORT_SEPTEMBER = {"es": "sept", "en": "Sept"}


def whole(value: int, language: Language) -> str:
    """A count: ``1234``/``12.345`` in Spanish (four digits stay together), ``1,234``/``12,345`` in English."""
    if language == "en":
        return f"{value:,}"
    return str(value) if abs(value) < 10_000 else f"{value:,}".replace(",", ".")


def decimal(value: Decimal, language: Language, *, places: int = 1) -> str:
    """A figure rounded half up to at most ``places`` decimals, without trailing zeros: ``3,5``, ``42``."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    integer, _, fraction = f"{rounded:f}".partition(".")
    text = whole(int(integer), language)
    if text == "0" and integer.startswith("-") and fraction.strip("0"):
        text = "-0"
    fraction = fraction.rstrip("0")
    return f"{text}{',' if language == 'es' else '.'}{fraction}" if fraction else text


def percent(share: Decimal, language: Language, *, places: int = 0) -> str:
    """A share (``Decimal("0.18")``) as ``18 %`` or ``18%``."""
    return decimal(share * 100, language, places=places) + (f"{NO_BREAK_SPACE}%" if language == "es" else "%")


def share(part: int, total: int) -> Decimal:
    """Part of a total, 0 where the total is 0."""
    return Decimal(part) / Decimal(total) if total else Decimal(0)


def compact(value: int, language: Language) -> str:
    """A count in few characters, for labels on marks: ``950``, ``12,3 mil``/``12.3k``, ``1,2 M``/``1.2M``."""
    if abs(value) < 10_000:
        return whole(value, language)
    divisor, suffix = (1_000, {"es": f"{NO_BREAK_SPACE}mil", "en": "k"})
    if abs(value) >= 999_950:
        divisor, suffix = (1_000_000, {"es": f"{NO_BREAK_SPACE}M", "en": "M"})
    return decimal(Decimal(value) / divisor, language) + suffix[language]


def weekday(day: date, language: Language, *, short: bool = False) -> str:
    """``lunes``/``Monday``, or ``lun``/``Mon``."""
    name = _WEEKDAYS[language][day.weekday()]
    return name[:3] if short else name


def month(day: date, language: Language, *, short: bool = False) -> str:
    """``noviembre``/``November``, or ``nov``/``Nov``."""
    if short and day.month == 9:
        return _SHORT_SEPTEMBER[language]
    name = _MONTHS[language][day.month - 1]
    return name[:3] if short else name


def short_day(day: date, language: Language) -> str:
    """``9 nov``/``9 Nov``."""
    return f"{day.day} {month(day, language, short=True)}"


def long_day(day: date, language: Language) -> str:
    """``9 de noviembre de 2026``/``9 November 2026``."""
    between = " de " if language == "es" else " "
    return f"{day.day}{between}{month(day, language)}{between}{day.year}"


def day_range(start: date, end: date, language: Language, *, year: bool = True) -> str:
    """Both days included, nothing said twice: ``9–15 nov 2026``, ``28 sept – 4 oct 2026``, ``28 dic 2026 – 3 ene 2027``."""
    spaced = f" {EN_DASH} "
    if start.year != end.year:
        return f"{short_day(start, language)} {start.year}{spaced}{short_day(end, language)} {end.year}"
    tail = f" {end.year}" if year else ""
    if start == end:
        return short_day(start, language) + tail
    if start.month != end.month:
        return f"{short_day(start, language)}{spaced}{short_day(end, language)}{tail}"
    return f"{start.day}{EN_DASH}{short_day(end, language)}{tail}"
