"""Sending domains and the seed list as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema, Versioned
from chalicelib.marketing.domains.domain import SEEDS_LIMIT, SendingDomain
from chalicelib.marketing.domains.testing import Result


class DomainIn(Schema):
    """A domain to send from."""

    domain: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=253)]


class DomainPatch(Versioned):
    """When its warm-up began (null: it is not warmed up), and the part before the @ that single mails come from."""

    warm_up_started_on: date | None = None
    messages_from: Annotated[str, StringConstraints(max_length=64)] | None = None

    def changes(self) -> dict[str, Any]:
        """What is to be changed."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"version"}}
        return {name: value or "" if name == "messages_from" else value for name, value in given.items()}


class DnsRecordOut(Schema):
    """A record to be entered in the domain's DNS, and what was found there when it was last asked."""

    purpose: Literal["dkim", "mail_from", "spf", "dmarc"]
    type: Literal["CNAME", "TXT", "MX"]
    name: str
    value: str
    state: Literal["ok", "missing", "different", "unknown"]
    found: list[str]


class DomainOut(Schema):
    """A domain to send from; ``verified`` ones may be."""

    id: str
    domain: str
    state: Literal["pending", "verified"]
    records: list[DnsRecordOut]
    checked_at: Instant | None
    warm_up_started_on: date | None
    messages_from: str
    created_at: Instant
    version: int

    @classmethod
    def of(cls, domain: SendingDomain) -> Self:
        """The domain as shown."""
        records = [
            DnsRecordOut(
                purpose=each.purpose,
                type=each.type,
                name=each.name,
                value=each.value,
                state=each.state.value,
                found=list(each.found),
            )
            for each in domain.records
        ]
        return cls(
            id=domain.id,
            domain=domain.domain,
            state=domain.state,
            records=records,
            checked_at=domain.checked_at,
            warm_up_started_on=domain.warm_up_started_on,
            messages_from=domain.messages_from,
            created_at=domain.created_at,
            version=domain.version,
        )


class DomainsOut(Schema):
    """A workspace's domains."""

    items: list[DomainOut]


class SelfTestResult(Schema):
    """One message of a self-test: what became of it, and what should."""

    kind: Literal["success", "bounce", "complaint"]
    to: str
    state: str
    expected: str
    at: Instant | None


class SelfTestOut(Schema):
    """The last self-test of a domain. ``simulated`` is false where there is no simulator: the local cloud's mail catcher takes every
    message and reports none as bounced or complained of.
    """

    started_at: Instant | None
    simulated: bool
    results: list[SelfTestResult]

    @classmethod
    def of(cls, started_at: datetime | None, results: list[Result], *, simulated: bool) -> Self:
        """The test as shown."""
        items = [
            {"kind": each.kind, "to": each.to, "state": each.state, "expected": each.expected, "at": each.at}
            for each in results
        ]
        return cls.model_validate({"started_at": started_at, "simulated": simulated, "results": items})


class SeedList(Schema):
    """Addresses of one's own that get a copy of every campaign."""

    emails: Annotated[list[Annotated[str, StringConstraints(max_length=254)]], Field(max_length=SEEDS_LIMIT)]
