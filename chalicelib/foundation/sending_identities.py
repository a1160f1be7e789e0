"""Domains that mail may be sent from: SES's side of them, and what DNS says. Both can be told apart from the rest in tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

from chalicelib.foundation.errors import ClientelaError, InvalidError, UnavailableError
from chalicelib.foundation.settings import Settings

RecordType = Literal["CNAME", "TXT", "MX"]


@dataclass(frozen=True, slots=True)
class SendingIdentity:
    """A domain as SES knows it: whether mail may be sent from it, the names of its DKIM keys, and its MAIL FROM domain."""

    verified: bool
    dkim_tokens: tuple[str, ...]
    mail_from: str = ""


class SendingIdentities(Protocol):
    """The provider's list of domains."""

    def add(self, domain: str, *, mail_from: str) -> SendingIdentity:
        """Begin to verify a domain; of one that is there what is missing is made up for. Bounces go to ``mail_from``, a subdomain of it.
        `InvalidError` names ``domain`` when the provider takes it for none, `UnavailableError` when it does not answer.
        """
        ...

    def get(self, domain: str) -> SendingIdentity | None:
        """The domain, or None."""
        ...


class SesIdentities:
    """SES in the function's region."""

    def __init__(self, settings: Settings):
        self._settings = settings

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        here = self._settings
        config = Config(connect_timeout=3, read_timeout=8, retries={"total_max_attempts": 2})
        return boto3.client("sesv2", region_name=here.region, config=config, endpoint_url=here.endpoint_url or None)

    def add(self, domain: str, *, mail_from: str) -> SendingIdentity:
        """Create the identity and name its MAIL FROM domain, each unless it is there: whoever did the one may have died before the
        other.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            present = self.get(domain)
            if present is None:
                self._client.create_email_identity(
                    EmailIdentity=domain, DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"}
                )
            # The local cloud has no MAIL FROM domains.
            if not self._settings.endpoint_url and not (present and present.mail_from):
                self._client.put_email_identity_mail_from_attributes(
                    EmailIdentity=domain, MailFromDomain=mail_from, BehaviorOnMxFailure="USE_DEFAULT_VALUE"
                )
                present = None
            return present or self.get(domain) or SendingIdentity(False, ())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "BadRequestException":
                raise InvalidError(
                    "The mail provider does not take this domain.", field="domain", code="domain"
                ) from error
            raise UnavailableError(f"The mail provider refuses to do it now: {code}.") from error
        except BotoCoreError as error:
            raise UnavailableError("The mail provider did not answer.") from error

    def get(self, domain: str) -> SendingIdentity | None:
        """Ask for the identity."""
        try:
            answer = self._client.get_email_identity(EmailIdentity=domain)
        except self._client.exceptions.NotFoundException:
            return None
        tokens = tuple((answer.get("DkimAttributes") or {}).get("Tokens") or ())
        mail_from = str((answer.get("MailFromAttributes") or {}).get("MailFromDomain") or "")
        return SendingIdentity(bool(answer.get("VerifiedForSendingStatus")), tokens, mail_from)


class FakeIdentities:
    """A dictionary, for tests; ``verified`` says which domains are."""

    def __init__(self) -> None:
        self.known: dict[str, SendingIdentity] = {}

    def add(self, domain: str, *, mail_from: str) -> SendingIdentity:  # noqa: ARG002 - as SES takes it
        """Know the domain, not verified yet."""
        return self.known.setdefault(domain, SendingIdentity(False, ("one", "two", "three")))

    def get(self, domain: str) -> SendingIdentity | None:
        """The domain, or None."""
        return self.known.get(domain)

    def verify(self, domain: str) -> None:
        """Its records were found."""
        self.known[domain] = SendingIdentity(True, ("one", "two", "three"))


class NoAnswerError(ClientelaError):
    """DNS could not be asked: nothing is known, which is not the same as that there is nothing."""


class Resolver(Protocol):
    """Something that asks DNS."""

    def ask(self, name: str, kind: RecordType) -> Sequence[str]:
        """The values of a name's records, without quotes and final dots; none when there are none. `NoAnswerError` when nobody
        answered.
        """
        ...


class DnsResolver:
    """The resolvers of the machine, asked for three seconds."""

    def ask(self, name: str, kind: RecordType) -> Sequence[str]:
        """Ask them."""
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN, NoAnswer, Resolver

        resolver = Resolver()
        resolver.lifetime = 3
        try:
            answer = resolver.resolve(name, kind)
        except (NXDOMAIN, NoAnswer):
            return []
        except (DNSException, OSError) as error:
            raise NoAnswerError(f"DNS did not answer: {type(error).__name__}") from error
        return [_text(each.to_text()) for each in answer]


class FakeResolver:
    """Answers out of a dictionary, for tests; ``silent`` answers nobody."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.silent = False

    def ask(self, name: str, kind: RecordType) -> Sequence[str]:
        """What was put there."""
        if self.silent:
            raise NoAnswerError("silent")
        return self.records.get((name, kind), [])


def _text(value: str) -> str:
    """A record's value as people write it: the pieces of a text joined, names without their final dot."""
    if value.startswith('"'):
        return value.replace('" "', "").strip('"')
    return value.rstrip(".")
