"""The data of single mails in a template: ``{{ data.total }}`` is filled by whoever orders the mail (``POST /messages``)."""

import re
from typing import Any

from chalicelib.marketing.templates.domain import Names, Wording

_NAME = r"data\.[a-z][a-z0-9_]{0,39}\b"
_NAMED = re.compile(rf"(?<![\w.]){_NAME}")
_REPEATED = re.compile(rf"\bin\s+({_NAME})")


def names_in(wording: Wording) -> Names:
    """The data that a wording names. What it repeats is a list."""
    text = f"{wording.subject}\n{wording.preheader}\n{wording.source}"
    lists = frozenset(_REPEATED.findall(text))
    return Names(frozenset(_NAMED.findall(text)) - lists, lists)


def samples(names: Names) -> dict[str, Any]:
    """What stands for data nobody has given: its name in brackets."""
    shown = {name: f"[{name.partition('.')[2]}]" for name in (*names.texts, *names.lists)}
    return {name.replace(".", "__"): [text, text] if name in names.lists else text for name, text in shown.items()}
