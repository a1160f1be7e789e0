"""Reports on DynamoDB Local: schedules, runs, the ledger, receipts and the minute's look, with a fake clock and fake mail."""

import email
import itertools
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.policy import default

import pytest

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.files import FakeFiles
from chalicelib.foundation.http import Actor
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.mail import FakeMailer, MailDeferredError, MailRefusedError, MailUnknownError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import MetricRecord, metric_key
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.safe_csv import read_rows
from chalicelib.foundation.scheduler import FakeScheduler
from chalicelib.foundation.settings import from_environment
from chalicelib.insight.reports import consumers, events, store
from chalicelib.insight.reports.domain import MISSED_AFTER, MailState, RunState, Schedule, Trigger, week_of
from chalicelib.insight.reports.service import figures, receipts, requests, scheduling, watching
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.settings import service as workspaces
from tests.helpers import make_table

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY_AT_EIGHT = datetime(2026, 11, 23, 13, tzinfo=UTC)  # in Bogotá
_numbers = itertools.count(1)
PEOPLE = ("ana@example.com", "luis@example.com")


class FakeQueues:
    def __init__(self):
        self.put = []

    def publish(self, queue, envelopes, *, delay=0):
        self.put += [(queue, envelope) for envelope in envelopes]


class World:
    """A workspace in Bogotá, a clock that stands still, and fakes for everything but the table."""

    def __init__(self, table):
        self.table, self.clock = table, FixedClock(FRIDAY)
        self.queues, self.mailer, self.files, self.scheduler = FakeQueues(), FakeMailer(), FakeFiles(), FakeScheduler()
        self.id = new_id(FRIDAY)
        self.workspace = workspaces.create_workspace(
            table=table, clock=self.clock, workspace_id=self.id, name="Estudio Ceiba", time_zone="America/Bogota",
            sender_name="Ceiba", sender_email="hola@ceiba.example", postal_address="Calle 1",
        )  # fmt: skip
        self.runtime = Runtime(
            from_environment({"STAGE": "test"}), clock=self.clock, table=table, queues=self.queues, mailer=self.mailer,
            files=self.files, scheduler=self.scheduler, public_url="https://crm.example",
        )  # fmt: skip

    def set_schedule(self, *, version=0, **changes):
        schedule = Schedule(True, 1, 8, "America/Bogota", PEOPLE, "es")
        return scheduling.set_schedule(
            table=self.table, queues=self.queues, clock=self.clock, workspace_id=self.id,
            schedule=replace(schedule, **changes), version=version, changed_by="U",
        )  # fmt: skip

    def order(self, *, run_id="", recipients=PEOPLE, actor=None, **more):
        """Order a run; returns its job."""
        return requests.request_run(
            table=self.table, clock=self.clock, queues=self.queues, workspace=self.workspace,
            run_id=run_id or new_id(self.clock.now()), recipients=recipients, actor=actor or Actor("api_key", "K", self.id), **more,
        )  # fmt: skip

    def request(self, **order):
        """Order a run; returns the run."""
        return store.read_run(self.table, self.id, self.order(**order).id)

    def job(self, job_id):
        return jobs.get_job(table=self.table, clock=self.clock, workspace_id=self.id, job_id=job_id)

    def consume(self):
        """Deliver what is on the queue."""
        put, self.queues.put = self.queues.put, []
        for _, envelope in put:
            self.deliver(envelope)
        return [envelope for _, envelope in put]

    def deliver(self, envelope):
        consumers.handle(self.runtime, Envelope.from_json(envelope.to_json()))

    def fire(self):
        """EventBridge Scheduler's moment has come."""
        ((name, (moment, queue, envelope)),) = self.scheduler.set.items()
        assert queue == "reports"
        del self.scheduler.set[name]
        self.clock.set(moment)
        self.deliver(envelope)
        return envelope

    def tick(self):
        return watching.watch(table=self.table, clock=self.clock, queues=self.queues, stage="test")

    def runs(self):
        return [
            listed.run for listed in requests.list_runs(table=self.table, files=self.files, workspace_id=self.id)[0]
        ]

    def run(self):
        (run,) = self.runs()
        return run

    def count(self, metric, day, dimension, value):
        key = metric_key(self.id, metric, day, dimension)
        self.table.put(
            MetricRecord(
                pk=key.pk, sk=key.sk, workspace_id=self.id, created_at=FRIDAY, value=value, day=day, dimension=dimension
            )
        )


@pytest.fixture
def table(dynamodb):
    """A table of each test's own: the minute's look sees the schedules of all workspaces."""
    return make_table(dynamodb, f"reports-{next(_numbers)}", streams=False)


@pytest.fixture
def world(table):
    return World(table)


class TestFigures:
    def test_a_week_is_read_from_the_rollups(self, world):
        for metric, day, dimension, value in [
            ("leads.created", "2026-11-09", "google", 4), ("leads.created", "2026-11-15", "google", 2),
            ("leads.created", "2026-11-12", "", 1), ("leads.created", "2026-11-08", "google", 3),
            ("leads.created", "2026-11-16", "google", 9), ("leads.created", "2026-09-21", "x", 5),
            ("leads.status", "2026-11-10", "working", 3), ("leads.status", "2026-11-11", "qualified", 1),
            ("submissions.accepted", "2026-11-09", "F1", 5), ("submissions.accepted", "2026-11-10", "F2", 4),
            ("mail.sent", "2026-11-10", "C1", 10), ("campaign.C1", "all", "sent", 12), ("campaign.C1", "all", "opened", 6),
            ("grades", "now", "A1", 2), ("grades", "now", "C3", 3), ("scores", "now", "contacts", 4), ("scores", "now", "points", 50),
        ]:  # fmt: skip
            world.count(metric, day, dimension, value)
        report = figures.compute(
            table=world.table, workspace_id=world.id, period=week_of(date(2026, 11, 12), "America/Bogota"),
            campaign_names=lambda ids: {"C1": "Rebajas"},
        )  # fmt: skip
        assert (report.leads.total, report.leads.previous_total) == (7, 3)
        assert [(row.source, row.count) for row in report.leads.by_source] == [("google", 6), ("", 1)]
        assert [day.count for day in report.leads.by_day] == [4, 0, 0, 1, 0, 0, 2]
        assert report.leads.by_day[6].previous_count == 3
        assert report.leads.trend == (5, 0, 0, 0, 0, 0, 3, 7)
        assert [step.count for step in report.funnel] == [9, 7, 3, 1]
        assert (str(report.scores.average), [row.count for row in report.scores.by_grade]) == ("12.5", [2, 3])
        (campaign,) = report.campaigns
        assert (campaign.name, campaign.sent, campaign.opened) == ("Rebajas", 12, 6)

    def test_another_workspace_sees_nothing(self, world):
        world.count("leads.created", "2026-11-09", "google", 4)
        period = week_of(date(2026, 11, 12), "America/Bogota")
        other = figures.compute(table=world.table, workspace_id="OTHER", period=period, campaign_names=lambda ids: {})
        assert other.quiet
        assert other.leads.trend == ()

    def test_what_a_report_costs(self, world):
        world.table.consumed.reset()
        period = week_of(date(2026, 11, 12), "America/Bogota")
        figures.compute(table=world.table, workspace_id=world.id, period=period, campaign_names=lambda ids: {})
        assert world.table.consumed.reads <= 6 * 0.5


class TestSchedule:
    def test_before_it_is_kept_there_are_defaults(self, world):
        kept = scheduling.get_schedule(table=world.table, workspace=world.workspace)
        assert (kept.version, kept.schedule.enabled, kept.schedule.time_zone) == (0, False, "America/Bogota")

    def test_it_is_kept_and_armed_in_utc(self, world):
        kept = world.set_schedule()
        assert kept.next_run_at == MONDAY_AT_EIGHT
        world.consume()
        assert world.scheduler.set[f"report-weekly-{world.id}"][0] == MONDAY_AT_EIGHT

    def test_a_change_moves_it_and_disabling_takes_it_away(self, world):
        kept = world.set_schedule()
        kept = world.set_schedule(version=kept.version, hour=9)
        world.consume()
        assert world.scheduler.set[f"report-weekly-{world.id}"][0] == MONDAY_AT_EIGHT + timedelta(hours=1)
        world.set_schedule(version=kept.version, enabled=False)
        world.consume()
        assert not world.scheduler.set
        world.clock.advance(days=30)
        assert world.tick() == []

    def test_a_stale_change_is_refused_with_the_present_one(self, world):
        first = world.set_schedule()
        world.set_schedule(version=first.version, hour=9)
        for version in (0, first.version):
            with pytest.raises(ConflictError) as caught:
                world.set_schedule(version=version)
            assert caught.value.current.schedule.hour == 9

    def test_enabled_needs_somebody_to_send_to(self, world):
        with pytest.raises(InvalidError):
            world.set_schedule(recipients=())


class TestRun:
    def test_the_whole_way(self, world):
        world.count("leads.created", "2026-11-17", "google", 4)
        world.set_schedule()
        world.consume()
        world.fire()
        run = world.run()
        assert (run.state, run.trigger, run.due_at) == (RunState.DELIVERED, Trigger.SCHEDULE, MONDAY_AT_EIGHT)
        assert (run.period.start, run.period.end) == (date(2026, 11, 16), date(2026, 11, 22))
        assert [(row.email, row.state, row.message_id) for row in run.recipients] == [
            (PEOPLE[0], MailState.SENT, "message-1"), (PEOPLE[1], MailState.SENT, "message-2"),
        ]  # fmt: skip
        # The chain goes on.
        assert world.scheduler.set[f"report-weekly-{world.id}"][0] == MONDAY_AT_EIGHT + timedelta(days=7)
        assert store.read_schedule(world.table, world.id).next_run_at == MONDAY_AT_EIGHT + timedelta(days=7)

    def test_the_mail(self, world):
        world.count("leads.created", "2026-11-10", "google", 4)
        run = world.request()
        world.consume()
        source, recipient, mime, tags = world.mailer.sent[0]
        message = email.message_from_bytes(mime, policy=default)
        assert (source, recipient) == ("hola@ceiba.example", "ana@example.com")
        assert str(message["From"]) == "Ceiba <hola@ceiba.example>"
        assert "4 clientes potenciales nuevos" in message["Subject"]
        assert tags == {
            "purpose": "report",
            "workspace": world.id,
            "report_run": run.id,
            "recipient": "0",
            "attempt": "1",
        }
        kinds = [part.get_content_type() for part in message.walk()]
        assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
                         "image/png", "image/png", "image/png", "text/csv"]  # fmt: skip
        html = message.get_body(("html",)).get_content()
        for part in message.walk():
            if part.get_content_maintype() == "image":
                assert f'src="cid:{part["Content-ID"].strip("<>")}"' in html
        assert f"https://crm.example/#/reports?week={run.period.start}" in html
        assert mime.isascii()

    def test_page_and_data_are_kept(self, world):
        world.count("leads.created", "2026-11-10", "=cmd()", 4)
        run = world.request(language="en")
        world.consume()
        folder = f"{world.id}/reports/weekly/{run.id}"
        assert b"data:image/png;base64" in world.files.kept[f"{folder}/report.html"]
        rows = read_rows(world.files.kept[f"{folder}/clientela-report-2026-11-09.csv"].decode())
        assert ["Where they came from", "=cmd()", "count", "4"] in rows
        (listed,), more = requests.list_runs(table=world.table, files=world.files, workspace_id=world.id)
        assert not more
        assert listed.file_url.startswith(f"https://files.example/{folder}/report.html")

    def test_messages_that_come_three_times_send_once(self, world):
        world.set_schedule()
        world.consume()
        envelope = world.fire()
        for _ in range(2):
            world.deliver(envelope)
        run = world.run()
        world.deliver(events.run(run, cause="test"))
        assert len(world.mailer.sent) == 2
        assert run.starts == 1

    def test_an_order_repeated_with_its_id_is_one_run(self, world):
        run_id = new_id(world.clock.now())
        for _ in range(3):
            world.request(run_id=run_id)
        world.consume()
        assert len(world.runs()) == 1
        assert len(world.mailer.sent) == 2

    def test_a_moment_of_a_former_schedule_does_nothing(self, world):
        kept = world.set_schedule()
        world.consume()
        stale = world.scheduler.set[f"report-weekly-{world.id}"][2]
        world.set_schedule(version=kept.version, hour=10)
        world.clock.set(MONDAY_AT_EIGHT)
        world.deliver(stale)
        assert world.runs() == []

    def test_a_run_at_work_is_left_alone(self, world):
        run = world.request()
        store.change_run(world.table, world.id, run.id, lambda present: present.started(world.clock.now()), now=FRIDAY)
        world.consume()
        assert world.mailer.sent == []
        assert world.run().starts == 1

    def test_refused_deferred_and_unanswered_mails(self, world):
        people = ("refused@example.com", "deferred@example.com", "lost@example.com", "fine@example.com")
        world.mailer.fail = [
            MailRefusedError("MessageRejected", "no"),
            MailDeferredError("Throttling"),
            MailUnknownError("reset"),
            None,
        ]
        world.request(recipients=people)
        world.consume()
        run = world.run()
        assert run.state is RunState.RUNNING
        assert [row.state for row in run.recipients] == [
            MailState.FAILED,
            MailState.PENDING,
            MailState.UNKNOWN,
            MailState.SENT,
        ]
        assert run.recipients[0].reason == "MessageRejected"
        # Five minutes later the deferred one goes; the lost one waits for its hour.
        world.clock.advance(minutes=6)
        world.tick()
        world.consume()
        assert [row.state for row in world.run().recipients][1:3] == [MailState.SENT, MailState.UNKNOWN]
        world.clock.advance(minutes=60)
        world.tick()
        world.consume()
        run = world.run()
        assert run.state is RunState.DELIVERED
        assert run.recipients[2].attempt == 2
        assert [recipient for _, recipient, _, _ in world.mailer.sent] == [people[3], people[1], people[2]]

    def test_a_run_that_dies_after_a_claim_does_not_mail_twice(self, world):
        class Dead(BaseException):
            pass

        run = world.request()
        send = world.mailer.send

        def die(**message):
            send(**message)
            raise Dead

        world.mailer.send = die
        with pytest.raises(Dead):
            world.consume()
        world.mailer.send = send
        assert len(world.mailer.sent) == 1
        world.clock.advance(minutes=4)
        world.tick()
        world.consume()
        run = world.run()
        assert [row.state for row in run.recipients] == [MailState.UNKNOWN, MailState.SENT]
        # The mail service tells of it by tags: that settles the mail and the run.
        body = _event("Delivery", "whatever", run=run, position=0)
        consumers.apply_delivery_event(world.runtime, body)
        run = world.run()
        assert run.state is RunState.DELIVERED
        assert [recipient for _, recipient, _, _ in world.mailer.sent] == list(PEOPLE)

    def test_a_second_delivery_in_the_middle_of_the_first_sends_nothing(self, world):
        run, send = world.request(), world.mailer.send

        def send_while_another_comes(**message):
            world.deliver(events.run(run, cause="twice"))
            world.clock.advance(minutes=1)
            world.tick()
            return send(**message)

        world.mailer.send = send_while_another_comes
        world.consume()
        assert [recipient for _, recipient, _, _ in world.mailer.sent] == list(PEOPLE)
        assert (world.run().state, world.run().starts) == (RunState.DELIVERED, 1)

    @pytest.mark.parametrize("seed", range(6))
    def test_every_message_three_times_and_shuffled_ends_the_same(self, world, seed):
        world.set_schedule()
        world.consume()
        due = world.scheduler.set[f"report-weekly-{world.id}"][2]
        world.clock.set(MONDAY_AT_EIGHT)
        run_id = events.run_id_of(world.id, MONDAY_AT_EIGHT)
        changed = events.schedule_changed(world.id, 1, FRIDAY)
        messages = [due, due, due, changed, changed, changed]
        random.Random(seed).shuffle(messages)
        for message in messages:
            world.deliver(message)
            world.tick()
            world.consume()
        told = [_event(kind, f"message-{number}") for kind in ("Send", "Delivery") for number in (1, 2)] * 3
        random.Random(seed).shuffle(told)
        for body in told:
            consumers.apply_delivery_event(world.runtime, body)
        run = world.run()
        assert (run.id, run.state, run.starts) == (run_id, RunState.DELIVERED, 1)
        assert len(world.mailer.sent) == 2
        assert all(row.delivered_at and not row.bounced_at for row in run.recipients)
        ((moment, _, _),) = world.scheduler.set.values()
        assert moment == MONDAY_AT_EIGHT + timedelta(days=7)

    def test_a_workspace_without_a_sender_fails_and_says_why(self, world):
        world.workspace = workspaces.change_workspace(
            table=world.table,
            clock=world.clock,
            workspace_id=world.id,
            version=1,
            changes={"sender_email": ""},
            changed_by="U",
        )
        world.request()
        world.consume()
        assert (world.run().state, world.run().error) == (RunState.FAILED, "no_sender")

    def test_an_unknown_run_is_a_poison_message(self, world):
        with pytest.raises(NotFoundError):
            world.deliver(Envelope("x", events.RUN, world.id, FRIDAY, {"run_id": "nothing"}))
        with pytest.raises(InvalidError):
            world.deliver(Envelope("x", "report.unheard_of", world.id, FRIDAY, {}))

    def test_runs_are_listed_by_pages_newest_first(self, world):
        made = []
        for _ in range(5):
            world.clock.advance(minutes=1)
            made.append(world.request().id)
        found, before, more = [], "", True
        while more:
            page, more = requests.list_runs(
                table=world.table, files=world.files, workspace_id=world.id, before=before, limit=2
            )
            found += [listed.run.id for listed in page]
            before = found[-1]
        assert found == made[::-1]

    @pytest.mark.parametrize("day", [date(2026, 12, 1), date.max, date.min, date(1999, 12, 31)])
    def test_a_week_that_has_not_begun_or_is_ages_ago_is_refused(self, world, day):
        with pytest.raises(InvalidError) as caught:
            world.order(week=day)
        assert caught.value.fields[0].field == "week_of"

    def test_the_current_week_may_be_asked_for(self, world):
        assert world.request(week=FRIDAY.date()).period.start == date(2026, 11, 16)

    def test_the_job_follows_the_run(self, world):
        world.mailer.fail = [MailUnknownError("reset")]
        job = world.order()
        assert (job.state, job.total, job.kind) == ("queued", 2, "weekly_report")
        world.consume()
        assert (world.job(job.id).state, world.job(job.id).done) == ("running", 1)
        consumers.apply_delivery_event(world.runtime, _event("Delivery", "m", run=world.run(), position=0))
        done = world.job(job.id)
        assert (done.state, done.done, done.total, done.result) == ("done", 2, 2, {"run_id": job.id})

    def test_a_failed_run_says_so_in_its_job(self, world):
        world.mailer.fail = [MailRefusedError("MessageRejected", "no")] * 2
        job = world.order()
        world.consume()
        failed = world.job(job.id)
        assert failed.state == "failed"
        assert failed.error

    def test_whom_a_run_goes_to_when_nobody_is_named(self, world):
        with pytest.raises(InvalidError):
            world.order(recipients=())
        for user_id, role in [("U1", Role.OWNER), ("U2", Role.VIEWER)]:
            members.add_member(
                table=world.table, clock=world.clock, workspace_id=world.id, user_id=user_id,
                email=f"{user_id.lower()}@example.com", name=user_id, role=role,
            )  # fmt: skip
        assert [row.email for row in world.request(recipients=()).recipients] == ["u1@example.com"]
        asker = Actor("member", "U2", world.id, email="u2@example.com")
        assert [row.email for row in world.request(recipients=(), actor=asker).recipients] == ["u2@example.com"]
        world.set_schedule()
        assert [row.email for row in world.request(recipients=(), actor=asker).recipients] == list(PEOPLE)


def _event(kind, message_id, *, run=None, position=0, **more):
    mail = {"messageId": message_id, "timestamp": "2026-11-20T12:00:00.000Z"}
    if run is not None:
        mail["tags"] = {"workspace": [run.workspace_id], "report_run": [run.id], "recipient": [str(position)]}
    return json.dumps(
        {"eventType": kind, "mail": mail, kind.lower(): {"timestamp": "2026-11-20T12:00:09.000Z"}, **more}
    )


class TestReceipts:
    def test_delivered_and_bounced_by_message_id(self, world):
        world.request()
        world.consume()
        for kind, message_id in [("Delivery", "message-1"), ("Bounce", "message-2")] * 3:
            consumers.apply_delivery_event(world.runtime, _event(kind, message_id))
        first, second = world.run().recipients
        assert first.delivered_at == datetime(2026, 11, 20, 12, 0, 9, tzinfo=UTC)
        assert second.bounced_at is not None
        assert world.run().state is RunState.DELIVERED

    def test_mails_of_others_are_not_ours(self, world):
        assert (
            receipts.apply(
                table=world.table, clock=world.clock, event=receipts.read_event(_event("Delivery", "campaign's"))
            )
            is None
        )
        run = world.request()
        stranger = replace(run, id=new_id(FRIDAY))
        consumers.apply_delivery_event(world.runtime, _event("Delivery", "x", run=stranger))
        consumers.apply_delivery_event(world.runtime, _event("Delivery", "x", run=run, position=99))
        consumers.apply_delivery_event(world.runtime, "not json")
        assert world.run().recipients[0].delivered_at is None


class TestMinute:
    def test_nothing_is_late_ten_minutes_after(self, world, capsys):
        world.set_schedule()
        world.clock.set(MONDAY_AT_EIGHT + MISSED_AFTER)
        assert world.tick() == []
        assert "ReportsMissed" not in capsys.readouterr().out

    def test_a_moment_that_never_came_is_missed_counted_and_made_up_for(self, world, capsys):
        world.set_schedule()
        world.queues.put.clear()  # the message that arms it is lost
        world.clock.set(MONDAY_AT_EIGHT + timedelta(minutes=11))
        (run,) = world.tick()
        assert run.state is RunState.MISSED
        (metric,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "ReportsMissed" in line]
        assert (metric["ReportsMissed"], metric["service"], metric["stage"]) == (1, "clientela", "test")
        assert world.tick() == []
        world.consume()
        run = world.run()
        assert (run.state, run.due_at) == (RunState.DELIVERED, MONDAY_AT_EIGHT)
        assert run.missed_at is not None
        assert len(world.mailer.sent) == 2
        assert world.scheduler.set[f"report-weekly-{world.id}"][0] == MONDAY_AT_EIGHT + timedelta(days=7)

    def test_the_late_message_of_a_missed_moment_makes_no_second_run(self, world):
        world.set_schedule()
        world.consume()
        late = world.scheduler.set[f"report-weekly-{world.id}"][2]
        world.clock.set(MONDAY_AT_EIGHT + timedelta(minutes=11))
        world.tick()
        world.deliver(late)
        world.consume()
        assert world.run().state is RunState.DELIVERED
        assert len(world.mailer.sent) == 2

    def test_weeks_of_silence_are_made_up_for_once(self, world):
        world.set_schedule()
        world.clock.set(MONDAY_AT_EIGHT + timedelta(days=23))
        world.tick()
        world.consume()
        run = world.run()
        assert run.due_at == MONDAY_AT_EIGHT + timedelta(days=21)
        assert run.period.end == (MONDAY_AT_EIGHT + timedelta(days=20)).date()
        assert store.read_schedule(world.table, world.id).next_run_at == MONDAY_AT_EIGHT + timedelta(days=28)

    def test_a_lost_order_is_missed_and_started(self, world):
        world.request()
        world.queues.put.clear()
        world.clock.advance(minutes=11)
        (run,) = world.tick()
        assert run.state is RunState.MISSED
        assert world.tick() == []  # not every minute again
        world.consume()
        assert world.run().state is RunState.DELIVERED

    def test_an_ended_run_is_looked_at_no_more(self, world):
        world.request()
        world.consume()
        world.clock.advance(days=30)
        assert world.tick() == []

    def test_a_run_is_given_up_at_last(self, world):
        world.request(recipients=("a@example.com",))
        for _ in range(20):
            world.mailer.fail = [MailDeferredError("Throttling")]
            world.consume()
            world.clock.advance(minutes=11)
            world.tick()
        assert (world.run().state, world.run().error) == (RunState.FAILED, "too_many_starts")
