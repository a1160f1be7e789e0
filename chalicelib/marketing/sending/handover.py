"""Handing a page of recipients over to the provider: check, write, claim, send, mark (docs/sending.md).

One after the other: one request marks the recipient before as sent and claims this one; then the message, which is written already, is
handed over. So a function that dies leaves one recipient in doubt, the one whom it had claimed and not yet marked.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation import observability
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.mail import NOT_VERIFIED, MailDeferredError, MailRefusedError, MailUnknownError
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import PURPOSE, Campaign
from chalicelib.marketing.sending import ledger, pacing, turns
from chalicelib.marketing.sending.checks import Checks
from chalicelib.marketing.sending.domain import EVIDENCE_WAIT, LEASE, Reason, Recipient, backoff
from chalicelib.marketing.sending.letters import Letters
from chalicelib.marketing.sending.pacing import Pace
from chalicelib.marketing.sending.work import Sender, Tally

CHECKED_FOR = timedelta(seconds=10)
"""How old what was looked up of a recipient (consent, suppression) may be when it is claimed."""
_AHEAD = 16
"""Messages that are written one after the other: each takes nearly twice as long when a request went in between, for whatever waits
for an answer finds the processor's caches cold.
"""
_MOMENT = timedelta(seconds=2)
_SOON = 0.2
_SHORT = timedelta(seconds=100)
_REFUSALS = 10
_DEFERRALS = 3
_SYSTEMIC = frozenset(
    {"AccountSendingPausedException", "AccountSendingPaused", "ConfigurationSetDoesNotExist",
     "ConfigurationSetDoesNotExistException", "ConfigurationSetSendingPausedException", "MailFromDomainNotVerifiedException",
     "MailFromDomainNotVerified", NOT_VERIFIED, "AccessDenied", "AccessDeniedException", "SignatureDoesNotMatch",
     "InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken", "ExpiredTokenException", "RequestExpired"}
)  # fmt: skip
"""Refusals that say something of our account and nothing of the message: the campaign pauses and nobody has failed."""


class Ending(Enum):
    """How a page came to its end."""

    DONE = auto()
    """Everybody who was to be sent to has been tried."""
    LATER = auto()
    """The time is up, or the provider is busy: the page is to be begun again, at the tally's ``retry_at``."""
    WAIT = auto()
    """Nothing may leave for a while: the shard is to be walked again at the tally's ``retry_at``."""
    AGAIN = auto()
    """The campaign is not being sent any more."""
    PAUSED = auto()
    """What the provider said has paused the campaign."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A recipient with the message as it will leave."""

    row: Recipient
    consent_id: str
    mime: bytes


@dataclass(slots=True)
class HandOver:
    """One page of one campaign."""

    sender: Sender
    campaign: Campaign
    letter: Letters
    tally: Tally
    _mark: turns.Mark | None = None
    _pace: Pace = field(init=False)
    _clock: ZoneInfo | None = None
    _ahead: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.campaign.delivery.mode == "local_time":
            self._clock = pacing.clock_of(self.sender.table, self.campaign)

    def run(self, rows: Sequence[Recipient]) -> Ending:
        """Send to these, who are pending and due. What cannot be written for anybody pauses the campaign."""
        try:
            if not self.letter.source:
                return self._pause("blocked")
            self._pace = Pace(self.sender.table, self.campaign, self.letter.source)
            ending = self._each(rows)
        except InvalidError:  # a text that could be compiled when it was saved
            self._turn(None)
            return self._pause("blocked")
        except Exception:
            self._turn(None)  # whatever has failed: who was sent to is marked as sent
            raise
        self._turn(None)
        return ending

    def _each(self, rows: Sequence[Recipient]) -> Ending:
        checks: Checks | None = None
        checked_at = self.sender.clock.now()
        written = 0
        for number, row in enumerate(rows):
            if (stopped := self._leave(len(rows) - number)) is not None:
                return stopped
            if checks is None or self.sender.clock.now() - checked_at > CHECKED_FOR:
                checked_at = self.sender.clock.now()
                checks = self._checks(rows[number:])
                written = number
            if number >= written:
                written = number + _AHEAD
                self._write_ahead(rows[number:written], checks)
            ending = self._one(row, checks)
            if ending is not Ending.DONE:
                return ending
        return Ending.DONE

    def _leave(self, waiting: int) -> Ending | None:
        """Waits until one of so many may be begun; why none may, if so."""
        while True:
            if (stopped := self._stop()) is not None:
                return stopped
            if (seconds := self.sender.rate.wait()) > 0:
                self._pass(seconds)
                continue
            count, again = self._pace.take(1, waiting, self.sender.clock.now())
            if count:
                return None
            if (ending := self._wait(again)) is not None:
                return ending

    def _wait(self, until: datetime) -> Ending | None:
        """For a moment here; for longer elsewhere, with who was sent to marked as sent."""
        self._turn(None)
        left = until - self.sender.clock.now()
        if left <= _MOMENT:
            self.sender.sleep(max(left.total_seconds(), 0.05))
            return None
        self.tally.retry_at = until
        return Ending.LATER if left <= _SHORT else Ending.WAIT

    def _pass(self, seconds: float) -> None:
        """Let some time pass, a moment at most; whoever was sent to is not left in doubt meanwhile."""
        if seconds > _SOON:
            self._turn(None)
        self.sender.sleep(min(seconds, _MOMENT.total_seconds()))

    def _checks(self, rows: Sequence[Recipient]) -> Checks:
        work = self.sender
        return Checks.read(work.table, work.clock, work.signer, self.campaign, list(rows))

    def _write_ahead(self, rows: Sequence[Recipient], checks: Checks) -> None:
        """The messages of these, who come next, as far as nothing speaks against them so far."""
        now = self.sender.clock.now()
        self._ahead.clear()
        for row in rows:
            contact = checks.contacts.get(row.contact_id)
            if contact is not None and not checks.refusal(row):
                with contextlib.suppress(ValueError):  # its own turn says why
                    self._ahead[row.contact_id] = self._mime(row, contact, now)

    def _mime(self, row: Recipient, contact: Contact, now: datetime) -> bytes:
        return self.letter.mime(contact=contact, email=row.email, attempt=row.attempt + 1, now=now)

    def _one(self, row: Recipient, checks: Checks) -> Ending:
        written = self._message(row, checks)
        if written is None:
            return Ending.DONE
        if self._turn(written):
            return self._hand_over(written)
        # Another delivery has it; the next walk sees what became of it.
        self.tally.later(self.sender.clock.now() + LEASE)
        return Ending.DONE

    def _stop(self) -> Ending | None:
        """Why nobody else may be begun, if so."""
        if not self.sender.has_time():
            self.tally.retry_at = self.sender.clock.now()
            return Ending.LATER
        return None if self.sender.still_sending(self.campaign) else Ending.AGAIN

    def _message(self, row: Recipient, checks: Checks) -> _Written | None:
        """The message to this recipient; None for who must not get it, which is written down."""
        work = self.sender
        now = work.clock.now()
        contact = checks.contacts.get(row.contact_id)
        mime = self._ahead.pop(row.contact_id, b"")  # whoever has one was not refused, by these very checks
        reason = ("" if mime else checks.refusal(row)) or checks.cap_refusal(work.table, work.clock, row)
        if not reason and contact is not None:
            if (
                self._clock is not None
                and (later := pacing.due_at(self.campaign, contact, self._clock, now)) is not None
            ):
                ledger.put_off(work.table, row, now, later)
                self.tally.later(later)
                return None
            try:
                mime = mime or self._mime(row, contact, now)
            except ValueError:
                reason = Reason.ADDRESS_INVALID
            else:
                return _Written(row, contact.consents[PURPOSE].ledger_id, mime)
        if ledger.suppress(work.table, row, now, reason):
            self.tally.ended += 1
        else:  # another delivery has it, and may not have come to an end with it
            self.tally.later(now + LEASE)
        return None

    def _turn(self, written: _Written | None) -> bool:
        """Mark whoever was sent to, and claim this one; whether that one is ours now."""
        mark, self._mark = self._mark, None
        claim = turns.Claim(written.row, written.consent_id) if written is not None else None
        work = self.sender
        return turns.turn(work.table, mark=mark, claim=claim, now=work.clock.now(), holder=work.holder)

    def _hand_over(self, written: _Written) -> Ending:
        """Hand one message over, once."""
        work, tally, row = self.sender, self.tally, written.row
        attempt = row.attempt + 1
        tags = {
            "workspace": row.workspace_id,
            "campaign": row.campaign_id,
            "recipient": row.contact_id,
            "shard": str(row.shard),
            "attempt": str(attempt),
        }
        work.rate.sent()
        try:
            message_id = work.mailer.send(source=self.letter.source, recipient=row.email, mime=written.mime, tags=tags)
        except MailDeferredError as error:
            return self._deferred(row, attempt, f"deferred: {error}")
        except MailRefusedError as error:
            return self._refused(row, attempt, error.code)
        except MailUnknownError:
            ledger.unknown(work.table, row, attempt, work.clock.now())
            tally.later(work.clock.now() + EVIDENCE_WAIT)
            return Ending.DONE
        tally.refused = tally.deferred = 0
        self._mark = turns.Mark(row, attempt, work.clock.now(), message_id)
        tally.ended += 1
        return Ending.DONE

    def _deferred(self, row: Recipient, attempt: int, reason: str) -> Ending:
        work, tally = self.sender, self.tally
        later = ledger.deferred(work.table, row, attempt, work.clock.now(), reason)
        tally.deferred += 1
        if later is None:
            tally.ended += 1
        else:
            tally.later(later)
        if tally.deferred < _DEFERRALS:
            return Ending.DONE
        tally.retry_at = work.clock.now() + backoff(1)  # the provider is busy: who is left waits as well
        return Ending.LATER

    def _refused(self, row: Recipient, attempt: int, code: str) -> Ending:
        work, tally = self.sender, self.tally
        if code in _SYSTEMIC:
            ledger.deferred(work.table, row, attempt, work.clock.now(), f"refused: {code}")
            return self._pause()
        ledger.failed(work.table, row, attempt, work.clock.now(), code)
        tally.ended += 1
        tally.refused += 1
        return self._pause() if tally.refused >= _REFUSALS else Ending.DONE

    def _pause(self, reason: str = "refused") -> Ending:
        observability.metric("CampaignsPaused", 1, "Count", reason=reason)
        with contextlib.suppress(ConflictError):  # somebody else stopped it meanwhile
            campaigns.pause_campaign(
                table=self.sender.table,
                clock=self.sender.clock,
                workspace_id=self.campaign.workspace_id,
                campaign_id=self.campaign.id,
                changed_by=campaigns.SYSTEM,
                reason=reason,
            )
        return Ending.PAUSED
