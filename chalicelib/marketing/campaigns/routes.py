"""HTTP: campaigns and their states."""

from typing import Any

from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.marketing.campaigns import service
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.campaigns.schemas import (
    CampaignChange,
    CampaignIn,
    CampaignOut,
    CloneIn,
    SendIn,
    WinnerIn,
    present,
)
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("campaigns", __name__)
BODY_LIMIT = 1024 * 1024
"""Bytes of a request: several languages and variants come in one."""


@routes.get("/campaigns", permission="campaigns:read", query=PageQuery, returns=Page[CampaignOut])
def list_campaigns(call: Call[None]) -> Page[CampaignOut]:
    """Campaigns, the newest first, with their counts."""
    runtime, query = call.runtime, call.query
    start = runtime.cursors.read(call.workspace_id, "campaigns", query.cursor)
    found, following = service.list_campaigns(
        table=runtime.table, workspace_id=call.workspace_id, limit=query.limit, start=start
    )
    cursor = runtime.cursors.write(call.workspace_id, "campaigns", following) if following else None
    return Page(items=[CampaignOut.of(campaign) for campaign in found], next_cursor=cursor)


@routes.post(
    "/campaigns",
    permission="campaigns:write",
    body=CampaignIn,
    returns=CampaignOut,
    status=201,
    body_limit=BODY_LIMIT,
)
def create_campaign(call: Call[CampaignIn]) -> Answer:
    """Make a draft."""
    campaign = service.create_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        campaign_id=call.creation_id,
        values=call.body.values(),
        body=call.body.body.value(),
        others=call.body.others(),
        changed_by=call.actor.reference,
    )
    return Answer(_whole(call, campaign), 201, {"Location": f"/api/v1/campaigns/{campaign.id}"})


@routes.get("/campaigns/{campaign_id}", permission="campaigns:read", returns=CampaignOut)
def get_campaign(call: Call[None], campaign_id: str) -> CampaignOut:
    """A campaign with its body, counts and warnings."""
    return _whole(
        call,
        service.get_campaign(
            table=call.runtime.table,
            workspace_id=call.workspace_id,
            campaign_id=campaign_id,
            consistent=True,
            counted=True,
        ),
    )


@routes.patch(
    "/campaigns/{campaign_id}",
    permission="campaigns:write",
    body=CampaignChange,
    returns=CampaignOut,
    present=present,
    body_limit=BODY_LIMIT,
)
def change_campaign(call: Call[CampaignChange], campaign_id: str) -> CampaignOut:
    """Change a draft."""
    campaign = service.change_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        version=call.body.version,
        changes=call.body.values(),
        body=call.body.body.value() if call.body.body is not None else None,
        others=call.body.others(),
        changed_by=call.actor.reference,
    )
    return _whole(call, campaign)


@routes.delete("/campaigns/{campaign_id}", permission="campaigns:write", present=present, errors=(409,))
def delete_campaign(call: Call[None], campaign_id: str) -> None:
    """Delete a draft."""
    service.delete_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        changed_by=call.actor.reference,
    )


@routes.post(
    "/campaigns/{campaign_id}/clone",
    permission="campaigns:write",
    body=CloneIn,
    returns=CampaignOut,
    status=201,
    present=present,
    errors=(409,),
)
def clone_campaign(call: Call[CloneIn], campaign_id: str) -> Answer:
    """A new draft that says the same, to the same people or to those of them who were silent."""
    clone = service.clone_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        clone_id=call.creation_id,
        resend=call.body.resend == "not_opened",
        changed_by=call.actor.reference,
    )
    return Answer(_whole(call, clone), 201, {"Location": f"/api/v1/campaigns/{clone.id}"})


@routes.post(
    "/campaigns/{campaign_id}/send",
    permission="campaigns:send",
    body=SendIn,
    returns=CampaignOut,
    status=202,
    present=present,
    errors=(409,),
)
def send_campaign(call: Call[SendIn], campaign_id: str) -> CampaignOut:
    """Send a draft now, or at a moment; or give one that is scheduled another moment."""
    campaign = service.send_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        queues=call.runtime.queues,
        scheduler=call.runtime.scheduler,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        campaign_id=campaign_id,
        at=call.body.at,
        time_zone=call.body.time_zone,
        changed_by=call.actor.reference,
    )
    return _counted(call, campaign)


@routes.post(
    "/campaigns/{campaign_id}/pause", permission="campaigns:send", returns=CampaignOut, present=present, errors=(409,)
)
def pause_campaign(call: Call[None], campaign_id: str) -> CampaignOut:
    """Stop after the batch that is being sent."""
    campaign = service.pause_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        changed_by=call.actor.reference,
    )
    return _counted(call, campaign)


@routes.post(
    "/campaigns/{campaign_id}/resume", permission="campaigns:send", returns=CampaignOut, present=present, errors=(409,)
)
def resume_campaign(call: Call[None], campaign_id: str) -> CampaignOut:
    """Go on where it was."""
    campaign = service.resume_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        queues=call.runtime.queues,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        changed_by=call.actor.reference,
    )
    return _counted(call, campaign)


@routes.post(
    "/campaigns/{campaign_id}/cancel", permission="campaigns:send", returns=CampaignOut, present=present, errors=(409,)
)
def cancel_campaign(call: Call[None], campaign_id: str) -> CampaignOut:
    """Send nothing more, ever."""
    campaign = service.cancel_campaign(
        table=call.runtime.table,
        clock=call.runtime.clock,
        queues=call.runtime.queues,
        scheduler=call.runtime.scheduler,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        changed_by=call.actor.reference,
    )
    return _counted(call, campaign)


@routes.post(
    "/campaigns/{campaign_id}/winner",
    permission="campaigns:send",
    body=WinnerIn,
    returns=CampaignOut,
    present=present,
    errors=(409,),
)
def pick_winner(call: Call[WinnerIn], campaign_id: str) -> CampaignOut:
    """Decide an A/B test: who waits gets this variant."""
    campaign = service.pick_winner(
        table=call.runtime.table,
        clock=call.runtime.clock,
        queues=call.runtime.queues,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        variant=call.body.variant,
        changed_by=call.actor.reference,
    )
    return _counted(call, campaign)


def _counted(call: Call[Any], campaign: Campaign) -> CampaignOut:
    """A campaign after a move: with its counts, or who reads them would believe that nobody had been sent anything."""
    return CampaignOut.of(service.with_counts(table=call.runtime.table, campaign=campaign))


def _whole(call: Call[Any], campaign: Campaign) -> CampaignOut:
    table, workspace_id = call.runtime.table, call.workspace_id
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    bodies = service.get_bodies(table=table, campaign=campaign)
    return CampaignOut.of(campaign, bodies, service.notices(campaign, workspace))
