"""What the queues ``campaign-plan`` and ``campaign-send`` and the minute's tick do."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.foundation import observability
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.campaigns import events
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState
from chalicelib.marketing.sending import planner, sender, service
from chalicelib.marketing.sending.work import Sender

if TYPE_CHECKING:
    from chalicelib.marketing.sending.letters import Letters


def plan(runtime: Runtime, envelope: Envelope) -> None:
    """An order to plan: see `planner.plan`."""
    if envelope.type != events.PLAN:
        raise InvalidError(f"{envelope.type} is no order for the planner.")
    planner.plan(
        table=runtime.table,
        clock=runtime.clock,
        queues=runtime.queues,
        workspace_id=envelope.workspace_id,
        campaign_id=str(envelope.data["campaign_id"]),
    )


def walk(runtime: Runtime, envelope: Envelope) -> None:
    """An order to work through a shard: see `sender.walk`."""
    if envelope.type != events.WALK:
        raise InvalidError(f"{envelope.type} is no order for the sender.")
    data = envelope.data
    sender.walk(
        Sender(
            table=runtime.table,
            clock=runtime.clock,
            queues=runtime.queues,
            signer=runtime.signer,
            mailer=runtime.mailer,
            letter=lambda campaign: letter_of(runtime, campaign),
            holder=runtime.new_id(),
            rate=runtime.mail_rate,
        ),
        workspace_id=envelope.workspace_id,
        campaign_id=str(data["campaign_id"]),
        shard=int(data["shard"]),
        after=str(data.get("after", "")),
        ended=int(data.get("ended", 0)),
        retry_at=str(data.get("retry_at", "")),
        began=str(data.get("began", "")),
    )


def tick(runtime: Runtime) -> None:
    """Every minute: campaigns whose time has come, whose planner has stopped, whose recipients wait for somebody. One that fails
    keeps no other waiting.
    """
    failures: list[Exception] = []
    for found in campaigns.due(table=runtime.table, clock=runtime.clock):
        try:
            _look_after(runtime, found)
        except Exception as error:  # noqa: BLE001
            about = {"workspace_id": found.workspace_id, "campaign_id": found.id}
            observability.failure("campaign not looked after", **about)
            failures.append(error)
    if failures:
        raise ExceptionGroup("some campaigns were not looked after", failures)


def _look_after(runtime: Runtime, found: Campaign) -> None:
    if found.state is CampaignState.RECURRING:
        campaigns.occur(table=runtime.table, clock=runtime.clock, queues=runtime.queues, campaign=found)
        return
    campaign = campaigns.tend_test(table=runtime.table, clock=runtime.clock, queues=runtime.queues, campaign=found)
    if campaign.state is CampaignState.SENDING:
        campaigns.judge(
            table=runtime.table,
            clock=runtime.clock,
            workspace_id=campaign.workspace_id,
            campaign_id=campaign.id,
        )
    if campaign.state in (CampaignState.SENDING, CampaignState.CANCELLED):
        sender.tend(table=runtime.table, clock=runtime.clock, queues=runtime.queues, campaign=campaign)
    else:
        runtime.queues.publish("campaign-plan", [events.plan(campaign, runtime.clock.now())])
    if campaign.state is not CampaignState.SCHEDULED:
        campaigns.looked_after(table=runtime.table, clock=runtime.clock, campaign=campaign)


def letter_of(runtime: Runtime, campaign: Campaign) -> "Letters":
    """The campaign's message, compiled once in five minutes: a campaign that is being sent changes only in a test's winner."""
    winner = campaign.ab.winner if campaign.ab is not None else None
    key = (campaign.workspace_id, campaign.id, str(campaign.started_at), str(winner))
    now = runtime.clock.now().timestamp()
    return _letters().get(key, now, lambda: service.letters(runtime=runtime, campaign=campaign))


@cache
def _letters() -> "Memory[tuple[str, str, str, str], Letters]":
    return Memory(seconds=300, limit=50)
