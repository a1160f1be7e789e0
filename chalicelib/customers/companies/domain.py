"""What a company is: an organisation that contacts belong to."""

import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib.foundation.errors import InvalidError

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation. ``domain`` (``example.com``) belongs to one company in its workspace."""

    workspace_id: str
    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shard: int = 0
    domain: str = ""
    city: str = ""
    country: str = ""
    tags: frozenset[str] = frozenset()
    changed_by: str = ""


def normalise_domain(text: str) -> str:
    """A domain without scheme, path and ``www.``, lower-case, in ASCII (IDNA); empty stays empty. `InvalidError` names
    ``domain``.
    """
    text = text.strip().lower()
    if not text:
        return ""
    if len(text) > 253:
        raise InvalidError("A domain has at most 253 characters.", field="domain", code="too_long")
    text = text.partition("://")[2] or text
    text = text.partition("/")[0].partition(":")[0].removeprefix("www.").rstrip(".")
    if not text.isascii():
        import idna

        try:
            text = idna.encode(text, uts46=True).decode()
        except idna.IDNAError as error:
            raise InvalidError("This is not a domain.", field="domain", code="domain") from error
    if not _DOMAIN.match(text):
        raise InvalidError("This is not a domain.", field="domain", code="domain")
    return text
