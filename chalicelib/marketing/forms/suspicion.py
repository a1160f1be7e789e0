"""What makes a post suspicious. Few rules, each explained: a false alarm costs a person's click in the quarantine, a rule nobody
understands costs leads that nobody misses.

- ``trap``: an input that people cannot see was filled in. Programs fill in everything.
- ``links``: more than three web addresses in free texts. People ask questions, programs place links.
- ``link_in_name``: a web address where a name, company or city belongs, which no one has.

Asked too fast or with a forged, expired or used token is not suspicious but refused (`tokens`).
"""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.marketing.forms.domain import FieldType, Form

LINKS = 3
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_NAMES = (FieldType.FIRST_NAME, FieldType.LAST_NAME, FieldType.COMPANY, FieldType.CITY)
_FREE = (FieldType.TEXT, FieldType.TEXTAREA)


def reason(form: Form, values: Mapping[str, Any], trap: str) -> str:
    """Why this post should be looked at by a person; empty when it need not."""
    if trap.strip():
        return "trap"
    links = 0
    for field in form.fields:
        value = values.get(field.name)
        if not isinstance(value, str):
            continue
        if field.type in _NAMES and _LINK.search(value):
            return "link_in_name"
        if field.type in _FREE:
            links += len(_LINK.findall(value))
    return "links" if links > LINKS else ""
