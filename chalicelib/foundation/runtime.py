"""What a function works with: one of each, made when first asked for, kept for the function's life.

Features take what they need as arguments; only the edges (routes, consumers) hold a `Runtime`. Tests make one with fakes:
``Runtime(settings, clock=FixedClock(…), queues=FakeQueues(), …)``.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.foundation.aws import Aws
from chalicelib.foundation.clock import Clock, SystemClock
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.messaging.publisher import Publisher, Queues
from chalicelib.foundation.settings import Settings
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Cursors, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.foundation.files import Files
    from chalicelib.foundation.identity import Identity
    from chalicelib.foundation.mail import Mailer
    from chalicelib.foundation.mail_rate import MailRate
    from chalicelib.foundation.messaging.dead_letters import DeadLetters
    from chalicelib.foundation.scheduler import Scheduler
    from chalicelib.foundation.sending_identities import Resolver, SendingIdentities


class Runtime:
    """Adapters by name. Anything given to the constructor stands in for the one that would be made."""

    def __init__(self, settings: Settings, **given: Any):
        self.settings = settings
        for name, value in given.items():
            if not hasattr(type(self), name):
                raise TypeError(f"a runtime has no {name}")
            self.__dict__[name] = value

    @cached_property
    def clock(self) -> Clock:
        """Where "now" comes from."""
        return SystemClock()

    @cached_property
    def aws(self) -> Aws:
        """Signed requests."""
        return Aws(self.settings)

    @cached_property
    def table(self) -> Table:
        """The one table."""
        return Table(self.aws, self.settings.table_name)

    @cached_property
    def queues(self) -> Queues:
        """Where envelopes are put."""
        return Publisher(self.aws, self.settings.queue_urls)

    @cached_property
    def dead_letters(self) -> "DeadLetters":
        """What the projector could not take."""
        from chalicelib.foundation.messaging.dead_letters import SqsDeadLetters

        return SqsDeadLetters(self.aws, self.settings.projector_dlq_url)

    @cached_property
    def signer(self) -> Signer:
        """Signs links, tokens and cursors with the stage's secret, read once from Secrets Manager."""
        answer = self.aws.call(
            "secretsmanager",
            "secretsmanager.GetSecretValue",
            {"SecretId": self.settings.signing_secret_arn},
            version="1.1",
        )
        return Signer(str(answer["SecretString"]).encode())

    @cached_property
    def cursors(self) -> Cursors:
        """Where lists go on."""
        return Cursors(self.signer)

    @cached_property
    def public_url(self) -> str:
        """``https://…`` (no slash at the end) under which people reach us; links in mails and pages start with it."""
        answer = self.aws.call(
            "ssm", "AmazonSSM.GetParameter", {"Name": self.settings.public_url_parameter}, version="1.1"
        )
        return str(answer["Parameter"]["Value"]).rstrip("/")

    @cached_property
    def mailer(self) -> "Mailer":
        """SES."""
        from chalicelib.foundation.mail import SesMailer

        return SesMailer(self.aws, self.settings.configuration_set)

    @cached_property
    def mail_rate(self) -> "MailRate":
        """How fast this process may send campaigns: the stage's own rate if it has one, or else the account's."""
        from chalicelib.foundation.mail_rate import MailRate, rate_at_ses

        own = self.settings.mail_rate
        return MailRate(lambda: own or rate_at_ses(self.aws), self.settings.campaign_senders)

    @cached_property
    def transactional_mailer(self) -> "Mailer":
        """SES for single mails: a stream of its own, whose reputation campaigns do not touch."""
        from chalicelib.foundation.mail import SesMailer

        return SesMailer(self.aws, self.settings.transactional_configuration_set)

    @cached_property
    def sending_identities(self) -> "SendingIdentities":
        """The domains that SES knows."""
        from chalicelib.foundation.sending_identities import SesIdentities

        return SesIdentities(self.settings)

    @cached_property
    def resolver(self) -> "Resolver":
        """DNS."""
        from chalicelib.foundation.sending_identities import DnsResolver

        return DnsResolver()

    @cached_property
    def files(self) -> "Files":
        """The bucket of files."""
        from chalicelib.foundation.files import S3Files

        return S3Files(self.settings)

    @cached_property
    def scheduler(self) -> "Scheduler":
        """EventBridge Scheduler."""
        from chalicelib.foundation.scheduler import EventBridgeScheduler

        return EventBridgeScheduler(self.settings)

    @cached_property
    def identity(self) -> "Identity":
        """Cognito."""
        from chalicelib.foundation.identity import CognitoIdentity

        return CognitoIdentity(self.settings)

    @cached_property
    def parts(self) -> "Callable[[str], Mapping[str, Any]]":
        """``parts("bulk")`` → the kinds that can be changed in bulk, and how: see ``wiring.PARTS``. None without a wiring."""
        return lambda asked: {}  # noqa: ARG005

    def new_id(self) -> str:
        """A new identifier, made now."""
        return new_id(self.clock.now())
