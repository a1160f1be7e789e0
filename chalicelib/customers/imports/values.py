"""Cells as values: dates, numbers, lists and the rest as people write them in Spanish and English. `InvalidError` carries the code.

Texts stay as they are, but for the space around them; what `chalicelib.customers.texts` refuses is refused here too.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from chalicelib.customers.countries import code_of
from chalicelib.customers.fields.domain import Field, FieldType
from chalicelib.customers.texts import LINE, check_text
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import decode, encode
from chalicelib.workspaces.settings.domain import Workspace

Cleaner = Callable[[str], Any]

_LINE = re.compile(LINE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?\Z")
_PARTS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: .*)?\Z")
_NUMBER = re.compile(r"[+-]?[\d.,' \u00a0\u202f]*\d\Z", re.ASCII)
_US_ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix")
_YES = frozenset({"1", "true", "yes", "y", "si", "s", "verdadero", "x", "on", "cierto"})
_NO = frozenset({"0", "false", "no", "n", "falso", "off"})
_LANGUAGES = {
    "spanish": "es", "espanol": "es", "castellano": "es", "english": "en", "ingles": "en", "french": "fr",
    "frances": "fr", "francais": "fr", "german": "de", "aleman": "de", "deutsch": "de", "italian": "it",
    "italiano": "it", "portuguese": "pt", "portugues": "pt", "catalan": "ca", "catala": "ca", "gallego": "gl",
    "galego": "gl", "euskera": "eu", "basque": "eu", "dutch": "nl", "neerlandes": "nl",
}  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_SYMBOLS = {"€": "EUR", "$": "", "£": "GBP", "¥": "JPY"}


def folded(text: str) -> str:
    """Lower case, without accents, single spaces: for comparing words."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(each for each in text if not unicodedata.combining(each)).split())


def line(limit: int, field: str) -> Cleaner:
    """A text of one line."""
    match = _LINE.fullmatch

    def clean(cell: str) -> str:
        return cell if len(cell) <= limit and match(cell) else check_text(cell, field=field, limit=limit)

    return clean


def lines(limit: int, field: str) -> Cleaner:
    """A text that may have several lines."""
    return lambda cell: check_text(cell, field=field, limit=limit, lines=True)


def day_first(workspace: Workspace) -> bool:
    """Whether 3/4 is the third of April here."""
    return not (workspace.language == "en" and workspace.time_zone in _US_ZONES)


def to_date(cell: str, *, field: str, days_first: bool) -> str:
    """``31/05/1990``, ``1990-05-31``, ``31.5.90`` → ``1990-05-31``."""
    match = _ISO.match(cell)
    if match:
        year, month, day = map(int, match.groups())
    else:
        match = _PARTS.match(cell)
        if match is None:
            raise InvalidError("This is not a date.", field=field, code="date")
        one, two, year = map(int, match.groups())
        day, month = (one, two) if days_first else (two, one)
        if month > 12 >= day:
            day, month = month, day
        if len(match.group(3)) == 2:
            year += 2000 if year < 30 else 1900
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise InvalidError("This is not a date.", field=field, code="date") from error


def to_number_text(cell: str, *, field: str, comma: bool, machine: bool) -> str:
    """``1.234,50`` → ``1234.50``. ``comma``: whether a single separator of thousands or decimals is read as in Spanish;
    ``machine``: a workbook's number, which has a point only.
    """
    text = cell.strip()
    if not _NUMBER.match(text):
        raise InvalidError("This is not a number.", field=field, code="number")
    text = re.sub(r"['\s]", "", text)
    if not machine:
        point, comma_at = text.rfind("."), text.rfind(",")
        if point >= 0 and comma_at >= 0:
            thousands = "," if point > comma_at else "."
            text = text.replace(thousands, "").replace(",", ".")
        elif comma_at >= 0:
            many = text.count(",") > 1 or (not comma and re.fullmatch(r"[+-]?\d{1,3},\d{3}", text))
            text = text.replace(",", "" if many else ".")
        elif text.count(".") > 1 or (comma and re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", text)):
            text = text.replace(".", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", text):
        raise InvalidError("This is not a number.", field=field, code="number")
    return text.removeprefix("+")


def to_boolean(cell: str, *, field: str) -> bool:
    """``sí``, ``no``, ``true``, ``0``, ``x`` …"""
    word = folded(cell)
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidError("This is neither yes nor no.", field=field, code="boolean")


def to_money(cell: str, *, field: str, currency: str, comma: bool, machine: bool) -> dict[str, str]:
    """``1.200 €``, ``USD 99.90``, ``99,90`` (in ``currency``) → amount and currency."""
    text = cell.strip()
    for symbol, code in _SYMBOLS.items():
        if symbol in text:
            text, currency = text.replace(symbol, "").strip(), code or currency
    match = re.match(r"([A-Za-z]{3})\s*(.+)\Z", text) or re.match(r"(?P<a>.+?)\s*(?P<c>[A-Za-z]{3})\Z", text)
    if match:
        one, two = match.groups()
        currency, text = (one.upper(), two) if one.isalpha() else (two.upper(), one)
    return {"amount": to_number_text(text, field=field, comma=comma, machine=machine), "currency": currency}


def to_list(cell: str) -> list[str]:
    """``a; b, c`` → its parts. Semicolons and bars separate; commas do where there are none of these."""
    parts = re.split(r"[;|]", cell) if re.search(r"[;|]", cell) else cell.split(",")
    return [" ".join(part.split()) for part in parts if part.strip()]


@lru_cache(maxsize=2048)
def to_country(cell: str) -> str:
    """A country's code, out of the code or the name."""
    found = code_of(cell)
    if found is None:
        raise InvalidError("This is not a country.", field="country", code="country")
    return found


@lru_cache(maxsize=512)
def to_language(cell: str) -> str:
    """``Español`` → ``es``; ``en_GB`` → ``en-GB``."""
    found = _LANGUAGES.get(folded(cell))
    if found is None:
        head, _, rest = cell.replace("_", "-").partition("-")
        found = f"{head.lower()}-{rest}" if rest else head.lower()
    if len(found) > 35 or not _LANGUAGE.match(found):
        raise InvalidError("This is not a language.", field="language", code="language")
    return found


def custom_cleaner(field: Field, workspace: Workspace, *, machine: bool) -> Cleaner:
    """How a cell becomes a value of a custom field, as the API takes it; the field's own rules look at it afterwards."""
    path, comma = f"custom.{field.key}", workspace.language == "es"
    match field.type:
        case FieldType.NUMBER:

            def number(cell: str) -> int | float:
                text = to_number_text(cell, field=path, comma=comma, machine=machine)
                return float(text) if "." in text else int(text)

            return number
        case FieldType.MONEY:
            return lambda cell: to_money(cell, field=path, currency=workspace.currency, comma=comma, machine=machine)
        case FieldType.DATE:
            return lambda cell: to_date(cell, field=path, days_first=day_first(workspace))
        case FieldType.BOOLEAN:
            return lambda cell: to_boolean(cell, field=path)
        case FieldType.CHOICE:
            return _choices(field, path)
        case FieldType.MULTI_CHOICE:
            choose = _choices(field, path)
            return lambda cell: [choose(part) for part in to_list(cell)]
    return lambda cell: cell


def _choices(field: Field, path: str) -> Cleaner:
    known: Mapping[str, str] = {
        **{folded(option.label): option.value for option in field.options},
        **{folded(option.value): option.value for option in field.options},
    }

    def choose(cell: str) -> str:
        found = known.get(folded(cell))
        if found is None:
            raise InvalidError("This is none of the choices.", field=path, code="choice")
        return found

    return choose


class RowIds:
    """The ids of what an import makes: the same again for the same row, and known as this import's."""

    def __init__(self, started_ms: int, import_id: str):
        own = int.from_bytes(blake2b(import_id.encode(), digest_size=5).digest(), "big")
        self._base = started_ms << 80 | own << 40
        self._prefix = encode(self._base)[:18]

    def of(self, row: int) -> str:
        """The id of what this row makes."""
        return encode(self._base | row)

    def row_of(self, identifier: str) -> int:
        """Which row of this import made it."""
        return decode(identifier) & ((1 << 40) - 1)

    def is_ours(self, identifier: str) -> bool:
        """Whether a row of this import made it."""
        return identifier[:18] == self._prefix


def digest(text: str) -> int:
    """A number for a text, by which rows are compared without keeping what they say."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
