"""What a text may hold: kept exactly as it was given, or refused by a rule with a name. Never mangled.

Right-to-left text, emoji, zero-width joiners, private-use characters and any script are texts like others. Refused are

- ``control_character``: NUL and the other control characters, which no field of ours means anything by and which break files,
  mails and terminals further on; texts of several lines may have line ends and tabs;
- ``lone_surrogate``: half of a character, which UTF-8 cannot write down;
- ``too_long``: more characters than the field has.

Everything that takes texts from people asks here: schemas by the types in `chalicelib.customers.schemas`, imports and forms by
`check_text`.
"""

import re

from chalicelib.foundation.errors import InvalidError

LINE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*"
"""One line: no control characters at all."""
LINES = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]*"
"""Several lines: tabs and line ends too."""

NAME, SHORT, LONG = 100, 200, 10_000
"""How many characters names, one-line texts and notes have at most."""

_LINE = re.compile(LINE)
_LINES = re.compile(LINES)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def refused(text: str, *, lines: bool = False) -> tuple[str, str] | None:
    """Why a text cannot be taken, as code and message; None when it can."""
    if (_LINES if lines else _LINE).fullmatch(text):
        return None
    if _SURROGATE.search(text):
        return "lone_surrogate", "This text has half a character."
    return "control_character", "This text has a control character."


def check_text(text: str, *, field: str, limit: int, lines: bool = False) -> str:
    """The same text; `InvalidError` names ``field`` and the rule that refuses it."""
    if len(text) > limit:
        raise InvalidError(f"At most {limit} characters.", field=field, code="too_long")
    reason = refused(text, lines=lines)
    if reason is not None:
        raise InvalidError(reason[1], field=field, code=reason[0])
    return text
