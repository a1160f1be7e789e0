"""What a campaign says: one text, or one for each language and each variant of a test."""

from dataclasses import dataclass
from typing import Literal

from chalicelib.marketing.templates.domain import Format


@dataclass(frozen=True, slots=True)
class BodySource:
    """What a marketer wrote."""

    format: Format
    source: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text says beside its body. ``body_format`` is empty where a variant takes the body of the campaign's own text."""

    subject: str = ""
    preheader: str = ""
    body_format: Format | Literal[""] = ""


def text_name(variant: int = 0, language: str = "") -> str:
    """The name of a text of a campaign: empty for its own, ``en``, ``v1``, ``v1.en``."""
    return ".".join(part for part in (f"v{variant}" if variant else "", language) if part)


def variant_in(name: str) -> int:
    """Of which variant of a test the text of this name is; 0 for the campaign's own and its translations."""
    first = name.partition(".")[0]
    return int(first[1:]) if first[:1] == "v" and first[1:].isdigit() else 0


def field_of(name: str) -> str:
    """Where the API has the text of this name, with a dot at the end: ``translations.en.``; empty for the campaign's own."""
    variant = variant_in(name)
    if not variant:
        return f"translations.{name}." if name else ""
    place, language = f"ab_test.variants.{variant - 1}.", name.partition(".")[2]
    return f"{place}translations.{language}." if language else place
