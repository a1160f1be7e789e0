"""The demo's segments, its sent campaign with what people did with it, a draft, and the weekly report's schedule."""

import contextlib
import random
import time
from datetime import datetime, timedelta

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.mail import FakeMailer
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.scheduler import FakeScheduler
from chalicelib.insight.reports.domain import Schedule
from chalicelib.insight.reports.service.scheduling import set_schedule
from chalicelib.marketing.campaigns import events
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import CampaignState
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.sending import consumers, ledger, store
from chalicelib.marketing.sending import service as sending
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.customers import Town

_SUBJECT = "{{ contact.first_name | default('Hola') }}, cinco ideas para que vuelvan"
_BODY = """<mjml>
  <mj-head>
    <mj-attributes><mj-all font-family="Helvetica, Arial, sans-serif" /><mj-text font-size="16px" line-height="1.55" color="#22303c" /></mj-attributes>
  </mj-head>
  <mj-body background-color="#f3f5f7">
    <mj-section background-color="#ffffff" padding="28px 24px 8px">
      <mj-column>
        <mj-text font-size="22px" font-weight="700">Cinco ideas para que vuelvan</mj-text>
        <mj-text>Hola {{ contact.first_name | default('de nuevo') }}:</mj-text>
        <mj-text>Recuperar a un cliente cuesta cinco veces menos que encontrar uno nuevo. En esta guía contamos lo que mejor
          funciona a empresas como {{ contact.company_name | default('la tuya') }}.</mj-text>
        <mj-button href="https://www.molino.example/guia" background-color="#0b6e4f">Leer la guía</mj-button>
        <mj-text>Y si prefieres verlo en persona, <a href="https://www.molino.example/demo">pide una demostración</a>.</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>"""


def make_schedule(runtime: Runtime, workspace: Workspace, recipient: str) -> None:
    """The report of the week, Mondays at eight in Madrid."""
    schedule = Schedule(True, 1, 8, workspace.time_zone, (recipient,), "es")
    try:
        set_schedule(
            table=runtime.table, queues=runtime.queues, clock=runtime.clock, workspace_id=workspace.id, schedule=schedule,
            version=0, changed_by="seed",
        )  # fmt: skip
    except ConflictError:
        return


def make_campaigns(runtime: Runtime, workspace: Workspace, now: datetime, *, town: Town) -> None:
    """Two segments, a campaign sent five days ago to the first, and a draft to the second."""
    at = now - timedelta(days=5, hours=3)
    list_id = derived_id(workspace.created_at, "segment", "autumn")
    segments.create_static(
        table=runtime.table, clock=FixedClock(at), workspace_id=workspace.id, segment_id=list_id,
        name="Boletín de otoño", contact_ids=town.contact_ids[:160], changed_by="seed",
    )  # fmt: skip
    subscribers = derived_id(workspace.created_at, "segment", "subscribers")
    segments.create_dynamic(
        runtime=runtime, clock=FixedClock(at), workspace_id=workspace.id, segment_id=subscribers,
        name="Suscriptores en español", changed_by="seed",
        conditions={
            "all": [
                {"field": "consent.marketing_email", "op": "is", "value": "granted"},
                {"field": "contact.language", "op": "is", "value": "es"},
            ]
        },
    )  # fmt: skip
    sent = _send(runtime, workspace, at, list_id)
    _react(runtime, workspace, sent, at)
    _draft(runtime, workspace, now - timedelta(hours=20), "Invitación a la demostración", subscribers)


def _draft(runtime: Runtime, workspace: Workspace, at: datetime, name: str, segment_id: str) -> str:
    campaign_id = derived_id(at, "campaign", name)
    campaigns.create_campaign(
        table=runtime.table, clock=FixedClock(at), workspace=workspace, campaign_id=campaign_id,
        values={"name": name, "subject": _SUBJECT, "preheader": "Lo que mejor funciona, en diez minutos.",
                "segment_ids": (segment_id,), "language": "es"},
        body=campaigns.BodySource("mjml", _BODY), changed_by="seed",
    )  # fmt: skip
    return campaign_id


def _send(runtime: Runtime, workspace: Workspace, at: datetime, segment_id: str) -> str:
    """Send it as the functions do, five days ago and to a mailer that keeps it to itself."""
    campaign_id = _draft(runtime, workspace, at - timedelta(hours=2), "Cinco ideas para que vuelvan", segment_id)
    queues, clock = FakeQueues(), FixedClock(at)
    then = Runtime(
        runtime.settings, aws=runtime.aws, clock=clock, queues=queues, mailer=FakeMailer(), scheduler=FakeScheduler(),
        public_url=runtime.public_url,
    )  # fmt: skip
    campaigns.send_campaign(
        table=then.table, clock=clock, queues=queues, scheduler=then.scheduler, workspace=workspace,
        campaign_id=campaign_id, changed_by="seed",
    )  # fmt: skip
    handle = {"campaign-plan": consumers.plan, "campaign-send": consumers.walk}
    for _ in range(60):
        while queues.published:
            queue, envelope, _delay = queues.published.pop(0)
            clock.advance(seconds=2)
            with contextlib.suppress(ConflictError):  # the deployed function was first
                handle[queue](then, envelope)
        campaign = campaigns.get_campaign(table=then.table, workspace_id=workspace.id, campaign_id=campaign_id)
        if campaign.state is CampaignState.FINISHED:
            return campaign_id
        # The deployed tick has taken some of it over: that is what it is for. Go on beside it.
        time.sleep(1)
        more = [events.plan(campaign, clock.now())]
        if campaign.state is CampaignState.SENDING:
            more = events.walks(campaign, clock.now())
        queues.publish("campaign-plan" if campaign.state is not CampaignState.SENDING else "campaign-send", more)
    return campaign_id


def _react(runtime: Runtime, workspace: Workspace, campaign_id: str, at: datetime) -> None:
    """Most messages arrive, some are opened, some clicked, one bounces."""
    chance = random.Random("reactions")
    campaign = campaigns.get_campaign(table=runtime.table, workspace_id=workspace.id, campaign_id=campaign_id)
    for shard in range(campaign.shards):
        for record in store.recipients(runtime.table, workspace.id, campaign_id, shard, after="", limit=500):
            row = ledger.recipient_of(record)
            if row.sent_at is None:
                continue
            key = ledger.key_of(row)
            arrived = row.sent_at + timedelta(seconds=chance.randrange(2, 90))
            happened = [("bounced_at" if chance.random() < 0.012 else "delivered_at", arrived)]
            if happened[0][0] == "delivered_at" and chance.random() < 0.44:
                opened = arrived + timedelta(minutes=chance.expovariate(1 / 400) + 2)
                happened.append(("opened_at", opened))
                if chance.random() < 0.32:
                    happened.append(("clicked_at", opened + timedelta(seconds=chance.randrange(20, 400))))
            for what, when in happened:
                if when < runtime.clock.now():
                    sending.happened(table=runtime.table, key=key, what=what, at=when, now=when)
