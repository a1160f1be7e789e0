"""The demo's segments, its sent campaign with what people did with it, a draft, its topics, and the weekly report's schedule."""

import contextlib
import random
import time
from datetime import datetime, timedelta

from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.consent.service import suppress
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
from chalicelib.marketing.preferences import service as preferences
from chalicelib.marketing.preferences.domain import Topic, Topics
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.sending import consumers, ledger, store
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.templates import gallery
from chalicelib.marketing.tracking import hits
from chalicelib.marketing.tracking import service as tracking
from chalicelib.marketing.tracking.judging import Hit, Request
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.customers import Town

_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
_AGENTS = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.14326; ms-office)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
    _BROWSER,
)
"""What the programs say of themselves that the demo's people read mail with, and their parts of it."""
_SHARES = (34, 24, 16, 12, 4, 10)
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
    _invite(runtime, workspace, now - timedelta(hours=20), subscribers)


def make_topics(runtime: Runtime, workspace: Workspace, now: datetime) -> None:
    """What the workspace writes about: the preference centre's choices."""
    topics = (
        Topic(
            "guias", {"es": "Guías y consejos", "en": "Guides and tips"},
            {"es": "Una o dos al mes, para leer en diez minutos.", "en": "One or two a month, ten minutes each."},
        ),
        Topic(
            "novedades", {"es": "Novedades del producto", "en": "Product news"},
            {"es": "Lo que estrenamos, cuando lo estrenamos.", "en": "What is new, when it is new."},
        ),
        Topic(
            "eventos", {"es": "Eventos", "en": "Events"},
            {"es": "Invitaciones a encuentros y demostraciones.", "en": "Invitations to meetings and demos."}, default=False,
        ),
    )  # fmt: skip
    with contextlib.suppress(ConflictError):
        preferences.put_topics(
            table=runtime.table, clock=FixedClock(now - timedelta(days=30)), workspace_id=workspace.id,
            topics=Topics(topics), changed_by="seed",
        )  # fmt: skip


def _draft(runtime: Runtime, workspace: Workspace, at: datetime, name: str, segment_id: str) -> str:
    campaign_id = derived_id(at, "campaign", name)
    campaigns.create_campaign(
        table=runtime.table, clock=FixedClock(at), workspace=workspace, campaign_id=campaign_id,
        values={"name": name, "subject": _SUBJECT, "preheader": "Lo que mejor funciona, en diez minutos.",
                "segment_ids": (segment_id,), "language": "es"},
        body=campaigns.BodySource("mjml", _BODY), changed_by="seed",
    )  # fmt: skip
    return campaign_id


def _invite(runtime: Runtime, workspace: Workspace, at: datetime, segment_id: str) -> None:
    """A draft made of blocks, from the gallery's invitation."""
    name = "Invitación a la demostración"
    event = next(each for each in gallery.items("es", runtime.public_url) if each["key"] == "event")
    campaigns.create_campaign(
        table=runtime.table, clock=FixedClock(at), workspace=workspace, campaign_id=derived_id(at, "campaign", name),
        values={"name": name, "subject": "{{ contact.first_name | default('Hola') }}, te guardamos un sitio el 12 de marzo",
                "preheader": event["preheader"], "segment_ids": (segment_id,), "language": "es",
                "template_id": derived_id(workspace.created_at, "template", "event")},
        body=campaigns.BodySource("blocks", event["source"]), changed_by="seed",
    )  # fmt: skip


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
    """Most messages arrive, some are opened, some clicked, some looked at by a scanner first, a few bounce."""
    chance = random.Random("reactions")
    campaign = campaigns.get_campaign(table=runtime.table, workspace_id=workspace.id, campaign_id=campaign_id)
    links = campaigns.get_body(table=runtime.table, workspace_id=workspace.id, campaign_id=campaign_id).links
    for shard in range(campaign.shards):
        for record in store.recipients(runtime.table, workspace.id, campaign_id, shard, after="", limit=500):
            row = ledger.recipient_of(record)
            if row.sent_at is None:
                continue
            key = ledger.key_of(row)
            arrived = row.sent_at + timedelta(seconds=chance.randrange(2, 90))
            if chance.random() < 0.012:
                sending.happened(
                    table=runtime.table, key=key, what="bounced_at", at=arrived, now=arrived, bounce_class="hard"
                )
                suppress(
                    table=runtime.table, clock=FixedClock(arrived), signer=runtime.signer, workspace_id=workspace.id,
                    email=row.email, reason=SuppressionReason.BOUNCED, source=f"campaign:{campaign_id}", actor="seed",
                )  # fmt: skip
                continue
            sending.happened(table=runtime.table, key=key, what="delivered_at", at=arrived, now=arrived)
            for hit in _hits(chance, arrived):
                if hit.at < runtime.clock.now():
                    hits.note(table=runtime.table, key=key, links=links, kept=hits.KEPT, hit=hit)
    tracking.settle(table=runtime.table, clock=runtime.clock)


def _hits(chance: random.Random, arrived: datetime) -> list[Hit]:
    """What one person fetches of the message: its picture, and one link or both, in the program they read mail with."""
    agent = chance.choices(_AGENTS, _SHARES)[0]
    found = []
    if chance.random() < 0.08:
        found.append(Hit(arrived, "click", Request("Mozilla/5.0 (compatible; Barracuda Link Protection)"), 0))
    if chance.random() < 0.44:
        opened = arrived + timedelta(minutes=chance.expovariate(1 / 400) + 2)
        found.append(Hit(opened, "open", Request(agent)))
        if chance.random() < 0.32:
            # Who reads through a picture proxy follows links with a browser.
            browser = _BROWSER if "ImageProxy" in agent else agent
            clicked = opened + timedelta(seconds=chance.randrange(20, 400))
            found.append(Hit(clicked, "click", Request(browser), 0 if chance.random() < 0.7 else 1))
            if chance.random() < 0.2:
                found.append(Hit(clicked + timedelta(minutes=3), "click", Request(browser), 1))
    return found
