"""The ledger of a run's mails: at most one mail by our doing, never one lost without a word."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.insight.reports.domain import (
    DEFERRED_WAIT,
    EVIDENCE_WAIT,
    LEASE,
    MISSED_AFTER,
    IllegalMoveError,
    MailState,
    Recipient,
    Run,
    RunState,
    Trigger,
    is_missed,
    week_of,
)

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def new_run(*recipients):
    return Run(
        id="R",
        workspace_id="W",
        period=week_of(date(2026, 11, 9), "Europe/Madrid"),
        language="es",
        trigger=Trigger.SCHEDULE,
        due_at=NOW,
        created_at=NOW,
        recipients=recipients or (Recipient("a@example.com"), Recipient("b@example.com")),
        look_at=NOW + MISSED_AFTER,
    )


class TestMail:
    def test_the_straight_way(self):
        mail = Recipient("a@example.com").claimed(NOW).sent("m1", LATER)
        assert (mail.state, mail.attempt, mail.message_id, mail.since) == (MailState.SENT, 1, "m1", LATER)
        assert mail.settled

    def test_a_claim_is_not_taken_twice(self):
        with pytest.raises(IllegalMoveError):
            Recipient("a@example.com").claimed(NOW).claimed(NOW)

    def test_what_was_not_sent_waits_and_does_not_count(self):
        mail = Recipient("a@example.com").claimed(NOW).deferred("Throttling", NOW)
        assert mail.attempt == 0
        assert not mail.ready(LATER)
        assert mail.ready(NOW + DEFERRED_WAIT)
        assert mail.next_look(LATER) == NOW + DEFERRED_WAIT

    def test_an_abandoned_claim_becomes_unknown_when_its_lease_is_over(self):
        mail = Recipient("a@example.com").claimed(NOW)
        assert mail.waited(NOW + LEASE - timedelta(seconds=1)) == mail
        assert mail.waited(NOW + LEASE).state is MailState.UNKNOWN

    def test_an_unknown_is_tried_once_more_after_an_hour_and_then_never(self):
        once = Recipient("a@example.com").claimed(NOW).unanswered(NOW)
        assert once.waited(NOW + timedelta(minutes=59)) == once
        again = once.waited(NOW + EVIDENCE_WAIT)
        assert (again.state, again.reason) == (MailState.PENDING, "no_evidence")
        assert again.ready(NOW + EVIDENCE_WAIT)
        twice = again.claimed(NOW + EVIDENCE_WAIT).unanswered(NOW + EVIDENCE_WAIT)
        assert twice.waited(NOW + 2 * EVIDENCE_WAIT).state is MailState.FAILED

    def test_evidence_settles_an_unknown(self):
        mail = Recipient("a@example.com").claimed(NOW).unanswered(NOW).seen("send", "m1", LATER)
        assert (mail.state, mail.message_id, mail.delivered_at) == (MailState.SENT, "m1", None)

    def test_evidence_comes_late_and_again(self):
        mail = Recipient("a@example.com", state=MailState.FAILED, reason="no_evidence", attempt=2)
        seen = mail.seen("delivery", "m1", LATER)
        assert (seen.state, seen.delivered_at) == (MailState.SENT, LATER)
        assert seen.seen("delivery", "m1", LATER + timedelta(hours=1)) == seen

    def test_a_refused_mail_stays_refused(self):
        mail = Recipient("a@example.com").claimed(NOW).refused("MessageRejected", NOW)
        assert mail.seen("bounce", "m1", LATER).state is MailState.FAILED
        assert mail.waited(NOW + timedelta(days=9)) == mail


class TestRun:
    def test_it_ends_when_every_mail_is_settled(self):
        run = new_run().started(NOW)
        assert run.busy(LATER)
        run = run.with_recipient(0, run.recipients[0].claimed(NOW).sent("m", NOW))
        run = run.with_recipient(1, run.recipients[1].claimed(NOW).refused("x", NOW)).rested(LATER)
        assert run.state is RunState.DELIVERED
        assert run.ended
        assert (run.finished_at, run.look_at, run.lease_until) == (LATER, None, None)

    def test_it_has_failed_when_nobody_was_reached(self):
        run = new_run(Recipient("a@example.com")).started(NOW)
        run = run.with_recipient(0, run.recipients[0].claimed(NOW).refused("x", NOW)).rested(LATER)
        assert (run.state, run.error) == (RunState.FAILED, "nobody_reached")

    def test_open_mails_keep_it_going_and_say_when_to_look(self):
        run = new_run(Recipient("a@example.com")).started(NOW)
        run = run.with_recipient(0, run.recipients[0].claimed(NOW).unanswered(NOW)).rested(LATER)
        assert run.state is RunState.RUNNING
        assert not run.busy(LATER)
        assert run.look_at == NOW + EVIDENCE_WAIT

    def test_a_missed_run_starts_late_and_keeps_that_it_was_missed(self):
        assert is_missed(new_run(), NOW + MISSED_AFTER + timedelta(seconds=1))
        assert not is_missed(new_run(), NOW + MISSED_AFTER)
        run = new_run().missed(LATER).started(LATER)
        assert (run.state, run.missed_at) == (RunState.RUNNING, LATER)

    def test_an_ended_run_does_not_start_again(self):
        run = new_run().started(NOW).failed("no_sender", NOW)
        with pytest.raises(IllegalMoveError):
            run.started(LATER)

    def test_a_second_start_turns_abandoned_claims_into_unknowns(self):
        run = new_run(Recipient("a@example.com")).started(NOW)
        run = run.with_recipient(0, run.recipients[0].claimed(NOW))
        again = run.started(NOW + LEASE)
        assert again.recipients[0].state is MailState.UNKNOWN
        assert again.starts == 2
        assert again.started_at == NOW


class Mail(RuleBasedStateMachine):
    """One mail in a world where the service may or may not have sent it. What leaves is counted; so is what is claimed of it."""

    def __init__(self):
        super().__init__()
        self.now, self.mail = NOW, Recipient("a@example.com")
        self.left, self.answers, self.unproven = 0, itertools.count(1), 0

    @rule(minutes=st.sampled_from([1, 4, 61]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        self.mail = self.mail.waited(self.now)

    @rule(
        what=st.sampled_from(["sent", "lost_before", "lost_after", "died_before", "died_after", "deferred", "refused"])
    )
    def somebody_sends(self, what):
        if not self.mail.ready(self.now):
            return
        claimed = self.mail.claimed(self.now)
        left = what in ("sent", "lost_after", "died_after")
        self.left += left
        self.unproven = left and what != "sent"
        self.mail = {
            "sent": lambda: claimed.sent(f"m{next(self.answers)}", self.now),
            "lost_before": lambda: claimed.unanswered(self.now),
            "lost_after": lambda: claimed.unanswered(self.now),
            "died_before": lambda: claimed,
            "died_after": lambda: claimed,
            "deferred": lambda: claimed.deferred("Throttling", self.now),
            "refused": lambda: claimed.refused("x", self.now),
        }[what]()

    @rule()
    def the_service_tells(self):
        if self.unproven:
            self.mail = self.mail.seen("delivery", "m", self.now)

    @invariant()
    def at_most_one_more_than_proven(self):
        # A second mail leaves only after an hour without any word of the first; never a third.
        assert self.left <= 2
        assert self.mail.attempt <= 2

    @invariant()
    def nothing_is_lost_silently(self):
        if self.mail.state is MailState.SENT:
            assert self.left >= 1
        if not self.mail.settled:
            assert self.mail.next_look(self.now) is not None
        if self.mail.state is MailState.FAILED:
            assert self.mail.reason


TestMailMachine = Mail.TestCase
TestMailMachine.settings = settings(max_examples=300, stateful_step_count=20, deadline=None)


def test_positions_stay():
    run = new_run()
    changed = run.with_recipient(1, replace(run.recipients[1], reason="x"))
    assert [row.email for row in changed.recipients] == ["a@example.com", "b@example.com"]
