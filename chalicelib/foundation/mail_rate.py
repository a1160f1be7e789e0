"""How fast mail may leave: the account's rate at SES, in equal shares for the processes that send campaigns.

SES allows an account so many messages a second, in all its functions together, and refuses what comes faster. As many senders run at
once as their queue's event source starts (``CampaignSenders`` of the template, the source's maximum concurrency), and each keeps to
its share by itself: whatever they do, together they stay below the rate, and no row is shared that all of them would write to. A
tenth is left for single mails, which are few and are tried again when they are refused.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.foundation.aws import Aws
from chalicelib.foundation.errors import UnavailableError

CAMPAIGNS = 0.9
"""The campaigns' part of the account's rate."""
KNOWN_FOR = 600.0
"""Seconds after which SES is asked again: the rate of an account grows with what it sends."""
LEAST = 1.0
"""Messages a second that every account may send, those in the sandbox too."""
_RATE = re.compile(rb"<MaxSendRate>([0-9.]+)</MaxSendRate>")


@dataclass(slots=True)
class MailRate:
    """One process's share of the rate. ``ask`` gives the account's messages a second, ``processes`` is how many share them."""

    ask: Callable[[], float]
    processes: int
    clock: Callable[[], float] = time.monotonic
    _interval: float = field(default=0.0, init=False)
    _asked_at: float | None = field(default=None, init=False)
    _next_at: float = field(default=0.0, init=False)

    def wait(self) -> float:
        """Seconds until this process may send its next message; 0 when it may now."""
        return max(0.0, self._next_at - self.clock())

    def sent(self) -> None:
        """A message leaves now: the next one has to wait for its turn."""
        now = self.clock()
        if self._asked_at is None or now - self._asked_at > KNOWN_FOR:
            self._asked_at = now
            self._interval = max(self.processes, 1) / (max(self.ask(), LEAST) * CAMPAIGNS)
        self._next_at = max(self._next_at, now) + self._interval


def rate_at_ses(aws: Aws) -> float:
    """Messages a second that SES allows the account in this region; the sandbox's when SES does not say."""
    try:
        answer = aws.post_once(
            "ses",
            b"Action=GetSendQuota&Version=2010-12-01",
            "application/x-www-form-urlencoded; charset=utf-8",
            host_prefix="email",
        )
    except UnavailableError:
        return LEAST
    found = _RATE.search(answer.body)
    return float(found.group(1)) if answer.status == 200 and found else LEAST
