"""How texts become words to search by."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers.search.domain import PREFIX, TOKEN, TOKENS, asked, fold, matches, tokens, words

texts = st.lists(st.text(max_size=60), max_size=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("José-María Núñez", ["jose", "maria", "nunez"]),
        ("ana.garcia+crm@mail.ejemplo.es", ["ana", "garcia", "crm", "mail", "ejemplo", "es"]),
        ("STRASSE straße", ["strasse", "strasse"]),
        ("Müller & Söhne, S.L.", ["muller", "sohne", "s", "l"]),
        ("Ⅳ ﬁn ℠", ["iv", "fin", "sm"]),
        ("北京 Ελλάδα", ["北京", "ελλαδα"]),
        ("\u202eabc\x00def", ["abc", "def"]),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(texts)
@settings(deadline=None)
def test_every_beginning_of_every_word_finds_the_thing(given_texts: list[str]) -> None:
    kept = tokens(given_texts)
    assert len(kept) <= TOKENS
    for word in kept:
        assert PREFIX <= len(word) <= TOKEN
        assert "#" not in word
        for length in range(PREFIX, len(word) + 1):
            assert matches([word[:length]], kept)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_folding_twice_changes_nothing_for_words(text: str) -> None:
    for word in words(text):
        assert words(word) in ([word], [])  # a cut word may end in a character that is no letter by itself
    assert fold(text.upper()) is not None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("  García  an ", ["garcia", "an"]),
        ("a", []),
        ("", []),
        ("600 11 12 22", ["600111222"]),
        ("+34 600-111", ["34600111"]),
        ("12", ["12"]),
        ("ana ana ANA", ["ana"]),
        ("###", []),
    ],
)
def test_what_is_asked_for(query: str, expected: list[str]) -> None:
    assert asked(query) == expected
