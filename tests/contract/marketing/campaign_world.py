"""A workspace with a postal address, people in a segment, and a loop that does what Lambda would: deliver messages until none
is left, moving the clock to the next delayed one.
"""

import itertools
import json
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.clock import FixedClock, to_text
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.mail import FakeMailer
from chalicelib.foundation.messaging import Envelope
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.delivery import consumers as delivery
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.sending import consumers, ledger
from chalicelib.marketing.sending.records import ledger_partition
from chalicelib.marketing.tracking.domain import Copy, token_of
from chalicelib.workspaces.settings import service as workspaces
from tests.helpers import NOON, fake_runtime

HTML = '<p>Hola {{ contact.first_name | default("amiga") }}</p><p><a href="https://shop.example/one?a=1&amp;b=2">Uno</a></p>'
_numbers = itertools.count()


class NumberedMailer(FakeMailer):
    """Message ids that are unique over all tests of a table."""

    def send(self, *, source, recipient, mime, tags=None):
        super().send(source=source, recipient=recipient, mime=mime, tags=tags)
        return f"message-{next(_numbers):08d}"


@dataclass
class World:
    table: object
    people: int = 3
    consented: bool = True
    shards: int | None = None
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))

    def __post_init__(self):
        self.mailer = NumberedMailer()
        self.runtime = fake_runtime(self.table, clock=self.clock, mailer=self.mailer)
        self.queues = self.runtime.queues
        self.id = new_id(NOON)
        self.workspace = workspaces.create_workspace(
            table=self.table, clock=self.clock, workspace_id=self.id, name="Estudio Ceiba", sender_name="Ceiba",
            sender_email="hola@ceiba.example", postal_address="Calle Mayor 1, 28013 Madrid",
        )  # fmt: skip
        self.contacts = [self.person(f"p{number}@example.com") for number in range(self.people)]
        self.segment_id = new_id(NOON)
        segments.create_static(
            table=self.table, clock=self.clock, workspace_id=self.id, segment_id=self.segment_id, name="Todos",
            contact_ids=self.contacts[:100],
        )  # fmt: skip
        for start in range(100, len(self.contacts), 100):
            segments.add_contacts(
                table=self.table, clock=self.clock, workspace_id=self.id, segment_id=self.segment_id,
                contact_ids=self.contacts[start : start + 100],
            )  # fmt: skip

    def person(self, address: str) -> str:
        contact_id = new_id(NOON)
        contacts.create_contact(
            table=self.table, clock=self.clock, workspace=self.workspace, contact_id=contact_id,
            values={"first_name": "Ana", "emails": [{"address": address}]},
        )  # fmt: skip
        if self.consented:
            consent.grant(
                table=self.table, clock=self.clock, workspace_id=self.id, contact_id=contact_id,
                purpose="marketing_email", source="test",
            )  # fmt: skip
        return contact_id

    def segment(self, *contact_ids: str) -> str:
        segment_id = new_id(self.clock.now())
        segments.create_static(
            table=self.table, clock=self.clock, workspace_id=self.id, segment_id=segment_id, name="Otros",
            contact_ids=contact_ids,
        )  # fmt: skip
        return segment_id

    def campaign(
        self, *, html: str = HTML, segment_ids=None, subject="Hola {{ contact.first_name }}", others=None, **values
    ) -> str:
        campaign = campaigns.create_campaign(
            table=self.table, clock=self.clock, workspace=self.workspace, campaign_id=new_id(self.clock.now()),
            values={"name": "Una", "subject": subject, "segment_ids": segment_ids or [self.segment_id], **values},
            body=campaigns.BodySource("html", html), others=others, changed_by="member:test",
        )  # fmt: skip
        return campaign.id

    def send(self, campaign_id: str, **when) -> None:
        campaigns.send_campaign(
            table=self.table, clock=self.clock, queues=self.queues, scheduler=self.runtime.scheduler,
            workspace=self.workspace, campaign_id=campaign_id, changed_by="member:test", **when,
        )  # fmt: skip

    def get(self, campaign_id: str, *, counted=False):
        return campaigns.get_campaign(
            table=self.table, workspace_id=self.id, campaign_id=campaign_id, consistent=True, counted=counted
        )

    def pause(self, campaign_id: str):
        return campaigns.pause_campaign(
            table=self.table, clock=self.clock, workspace_id=self.id, campaign_id=campaign_id, changed_by="member:test"
        )

    def resume(self, campaign_id: str):
        return campaigns.resume_campaign(
            table=self.table, clock=self.clock, queues=self.queues, workspace_id=self.id, campaign_id=campaign_id,
            changed_by="member:test",
        )  # fmt: skip

    def cancel(self, campaign_id: str):
        return campaigns.cancel_campaign(
            table=self.table, clock=self.clock, queues=self.queues, scheduler=self.runtime.scheduler,
            workspace_id=self.id, campaign_id=campaign_id, changed_by="member:test",
        )  # fmt: skip

    def take(self) -> list[tuple[str, Envelope, int]]:
        taken, self.queues.published[:] = list(self.queues.published), []
        return taken

    def deliver(self, queue: str, envelope: Envelope) -> None:
        envelope = Envelope.from_json(envelope.to_json())
        if queue == "campaign-plan":
            consumers.plan(self.runtime, envelope)
        elif queue == "campaign-send":
            consumers.walk(self.runtime, envelope)

    def drain(self, *, rounds: int = 200, move: bool = True) -> None:
        """Deliver until the queues are empty; the clock moves on by the shortest delay when only delayed ones are left."""
        for _ in range(rounds):
            waiting = self.take()
            if not waiting:
                return
            ready = [each for each in waiting if not each[2]]
            if not ready:
                if not move:
                    self.queues.published += waiting
                    return
                shortest = min(delay for _, _, delay in waiting)
                self.clock.advance(seconds=shortest)
                ready = waiting
                waiting = [each for each in waiting if each[2] > shortest]
                ready = [each for each in ready if each[2] <= shortest]
                self.queues.published += [(queue, envelope, delay - shortest) for queue, envelope, delay in waiting]
            else:
                self.queues.published += [each for each in waiting if each[2]]
            for queue, envelope, _ in ready:
                self.deliver(queue, envelope)
        raise AssertionError("the queues do not run dry")

    def rows(self, campaign_id: str):
        campaign = self.get(campaign_id)
        found = []
        for shard in range(campaign.shards):
            found += ledger.page(self.table, ledger_partition(self.id, campaign_id, shard), after="", limit=2000)
        return found

    def row(self, campaign_id: str, contact_id: str):
        return next(row for row in self.rows(campaign_id) if row.contact_id == contact_id)

    def event(self, kind: str, row, *, tags: bool = True, at=None, **detail) -> str:
        """An event as SES publishes it, with our tags or as an identity's notification without them."""
        at = to_text(at or self.clock.now())
        mail = {
            "timestamp": at,
            "messageId": row.message_id or "unknown",
            "destination": [row.email],
            "source": "x@y.z",
        }
        if tags:
            mail["tags"] = {
                "workspace": [row.workspace_id], "campaign": [row.campaign_id], "recipient": [row.contact_id],
                "shard": [str(row.shard)], "attempt": [str(row.attempt)], "ses:source-ip": ["1.2.3.4"],
            }  # fmt: skip
        body = {"timestamp": at, **detail}
        if kind == "Bounce":
            body = {"bounceType": "Permanent", "bounceSubType": "General", "feedbackId": f"f-{row.contact_id}",
                    "bouncedRecipients": [{"emailAddress": row.email}]} | body  # fmt: skip
        if kind == "Complaint":
            body = {"complainedRecipients": [{"emailAddress": row.email}], "feedbackId": f"c-{row.contact_id}"} | body
        return json.dumps({"eventType" if tags else "notificationType": kind, "mail": mail, kind.lower(): body})

    def report(self, body: str) -> None:
        delivery.handle(self.runtime, body)

    def token(self, purpose: str, campaign_id: str, contact_id: str, link: int = 0) -> str:
        return token_of(self.runtime.signer, purpose, Copy(self.id, campaign_id, contact_id, link))

    def later(self, **duration) -> None:
        self.clock.set(self.clock.now() + timedelta(**duration))

    def tick(self) -> None:
        consumers.tick(self.runtime)
