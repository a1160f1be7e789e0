"""How texts become words to search by."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

PREFIX = 2
"""Characters that a search has at least; words are kept apart by them."""
TOKEN = 40
TOKENS = 60
"""Longest word and most words of one thing that are kept."""
QUERY = 120

_WORDS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[\s()+./-]*(?:\d[\s()+./-]*){4,20}\Z")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found."""

    kind: str
    id: str
    title: str
    subtitle: str


def fold(text: str) -> str:
    """The text without accents and differences of case: ``García`` → ``garcia``, ``STRASSE`` = ``straße``, ``ñ`` → ``n``."""
    if text.isascii():
        return text.lower()
    # twice: what a sign stands for may have capitals (℠ is SM), and a folded letter may come apart
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, letters and digits only, cut to what is kept."""
    return [word[:TOKEN] for word in _WORDS.findall(fold(text[:1000]))]


def tokens(texts: Iterable[str]) -> frozenset[str]:
    """The words under which something with these texts is found: those of two characters and more."""
    found: dict[str, None] = {}
    for text in texts:
        for word in words(text):
            if len(word) >= PREFIX:
                found[word] = None
    return frozenset(list(found)[:TOKENS])


def asked(query: str) -> list[str]:
    """The words somebody searches for, the longest first; digits in groups are one number. Words of one character say too
    little and are left out.
    """
    query = query[:QUERY]
    if _NUMBER.match(query):
        return ["".join(character for character in fold(query) if character.isdigit())]
    return sorted({word for word in words(query) if len(word) >= PREFIX}, key=lambda word: (-len(word), word))


def matches(asked_words: Iterable[str], kept: Iterable[str]) -> bool:
    """Whether each word asked for begins one of the words kept."""
    kept = list(kept)
    return all(any(word.startswith(each) for word in kept) for each in asked_words)
