"""Whatever the API finds wrong with a value has a Spanish sentence in the SPA (`web/src/api/faults.ts`)."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPANISH: dict[str, str] = json.loads((ROOT / "web/src/api/faults.es.json").read_text())

#: Where each of these is given a fault's code, beside ``code=``.
PLACES = {"FieldError": 2, "_WrongError": 2, "Problem": 1, "PydanticCustomError": 0}


def trees() -> Iterator[ast.AST]:
    for path in (ROOT / "chalicelib").rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text()))


def codes() -> set[str]:
    found = []
    for node in trees():
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            place = PLACES.get(name)
            if place is not None and len(node.args) > place:
                found.append(node.args[place])
    return {each.value for each in found if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def texts() -> Iterator[str]:
    """Every text in the sources, with ``#`` for what is filled in and for numbers."""
    for node in trees():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield numbered(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                numbered(part.value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else "#"
                for part in node.values
            )


def numbered(text: str) -> str:
    return re.sub(r"\d+(?:[.,]\d+)*", "#", text)


def test_each_kind_has_a_sentence() -> None:
    missing = sorted(code for code in codes() if f"code:{code}" not in SPANISH)
    assert missing == []


def test_each_sentence_is_for_something_that_is_said() -> None:
    """But for pydantic's own, which begin with what was to be given."""
    said = set(texts())
    own = [each for each in SPANISH if not each.startswith(("code:", "String should", "List should"))]
    assert len(own) > 100
    assert [each for each in own if each.replace("*", "#") not in said] == []


@pytest.mark.parametrize("sentence", [each for each in SPANISH if not each.startswith("code:")])
def test_no_sentence_asks_for_more_than_the_message_has(sentence: str) -> None:
    assert SPANISH[sentence].count("#") <= sentence.count("#")
    assert SPANISH[sentence].count("*") <= sentence.count("*")


def test_no_sentence_for_a_code_asks_for_words() -> None:
    assert [each for each in SPANISH if each.startswith("code:") and "*" in SPANISH[each]] == []
