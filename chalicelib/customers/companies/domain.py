"""What a company is: an organisation that contacts belong to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.contacts.domain import EmailAddress, PhoneNumber, PostalAddress
from chalicelib.foundation.errors import InvalidError

DOMAINS_LIMIT = 20
PARENTS = 20
"""How many companies stand above one, at most."""

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation. Each of its ``domains`` (``example.com``) belongs to one company in its workspace; the first is the one
    shown. ``size`` is how many people work there, ``parent_id`` the company it belongs to; ``custom`` holds the workspace's own
    fields by their ids. A company in the bin has ``deleted_at``; one that was merged away has ``merged_into``.
    """

    workspace_id: str
    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shard: int = 0
    domains: tuple[str, ...] = ()
    website: str = ""
    industry: str = ""
    size: int | None = None
    emails: tuple[EmailAddress, ...] = ()
    phones: tuple[PhoneNumber, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()
    city: str = ""
    country: str = ""
    owner_id: str = ""
    tags: frozenset[str] = frozenset()
    parent_id: str = ""
    description: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    deleted_at: datetime | None = None
    deleted_by: str = ""
    merged_into: str = ""
    merged_ids: tuple[str, ...] = ()
    changed_by: str = ""

    @property
    def domain(self) -> str:
        """The domain that is shown, or empty."""
        return self.domains[0] if self.domains else ""

    @property
    def gone(self) -> bool:
        """Whether ordinary reads do not see it: in the bin, or merged into another."""
        return self.deleted_at is not None or bool(self.merged_into)

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Under which ids things hang on this company: its own, and those merged into it."""
        return (self.id, *self.merged_ids)

    @property
    def claims(self) -> set[Claim]:
        """The domains that are this company's alone."""
        return {Claim("domain", domain) for domain in self.domains}

    @property
    def address(self) -> PostalAddress | None:
        """Where to write to on paper."""
        return next((each for each in self.addresses if each.primary), self.addresses[0] if self.addresses else None)


def normalise_domains(texts: Sequence[str]) -> tuple[str, ...]:
    """Domains as they are kept, each once, in the order given. `InvalidError` names ``domains.0``."""
    if len(texts) > DOMAINS_LIMIT:
        raise InvalidError(f"A company has at most {DOMAINS_LIMIT} domains.", field="domains", code="too_many")
    found = [normalise_domain(text, field=f"domains.{position}") for position, text in enumerate(texts)]
    return tuple(dict.fromkeys(domain for domain in found if domain))


def normalise_domain(text: str, *, field: str = "domain") -> str:
    """A domain without scheme, path and ``www.``, lower-case, in ASCII (IDNA); empty stays empty. `InvalidError` names
    ``field``.
    """
    text = text.strip().lower()
    if not text:
        return ""
    if len(text) > 253:
        raise InvalidError("A domain has at most 253 characters.", field=field, code="too_long")
    text = text.partition("://")[2] or text
    text = text.partition("/")[0].partition(":")[0].removeprefix("www.").rstrip(".")
    if not text.isascii():
        import idna

        try:
            text = idna.encode(text, uts46=True).decode()
        except idna.IDNAError as error:
            raise InvalidError("This is not a domain.", field=field, code="domain") from error
    if not _DOMAIN.match(text):
        raise InvalidError("This is not a domain.", field=field, code="domain")
    return text
