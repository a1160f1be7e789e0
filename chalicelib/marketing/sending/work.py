"""What a walk works with, and what it has seen."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.mail import Mailer
from chalicelib.foundation.mail_rate import MailRate
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState
from chalicelib.marketing.sending.letters import Letters

LOOK = timedelta(seconds=2)
"""How old what is known of the campaign's state may be when a message is handed over: a pause takes effect within it."""


@dataclass(slots=True)
class Sender:
    """What a walk works with. ``letter`` makes the message of a campaign; ``holder`` is this delivery's own random name."""

    table: Table
    clock: Clock
    queues: Queues
    signer: Signer
    mailer: Mailer
    letter: Callable[[Campaign], Letters]
    holder: str
    rate: MailRate
    seconds: float = 25.0
    began: float = field(default_factory=time.monotonic)
    looked_at: datetime | None = None
    sleep: Callable[[float], None] = time.sleep

    def has_time(self) -> bool:
        """Whether another recipient can be begun before the function ends."""
        return time.monotonic() - self.began < self.seconds

    def looked(self) -> None:
        """The campaign's state was read just now."""
        self.looked_at = self.clock.now()

    def still_sending(self, campaign: Campaign) -> bool:
        """Whether the campaign is being sent, as it was known at most `LOOK` ago."""
        if self.looked_at is not None and self.clock.now() - self.looked_at < LOOK:
            return True
        now = campaigns.get_campaign(
            table=self.table, workspace_id=campaign.workspace_id, campaign_id=campaign.id, consistent=True
        )
        self.looked()
        return now.state is CampaignState.SENDING


@dataclass(slots=True)
class Tally:
    """What a walk has seen: rows at their end, and when the first of the others has to be looked at. ``refused`` and ``deferred``
    count the provider's answers of that kind in a row.
    """

    ended: int = 0
    retry_at: datetime | None = None
    refused: int = 0
    deferred: int = 0

    def later(self, at: datetime) -> None:
        """A row has to be looked at then."""
        if self.retry_at is None or at < self.retry_at:
            self.retry_at = at
