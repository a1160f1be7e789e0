"""HTTP: a campaign's results, a recipient's hits, and judging all of them anew."""

import json
from typing import Any

from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.marketing.results import goals, service
from chalicelib.marketing.results.schemas import HitOut, HitsOut, ResultsOut
from chalicelib.marketing.tracking import reclassifying
from chalicelib.marketing.tracking.judging import request_of
from chalicelib.workspaces.jobs.schemas import JobOut

routes = Routes("campaigns", __name__)


@routes.get("/campaigns/{campaign_id}/results", permission="campaigns:read", returns=ResultsOut)
def get_campaign_results(call: Call[None], campaign_id: str) -> ResultsOut:
    """Who opened, followed which link, with what, when, and what it brought in."""
    return ResultsOut.of(
        service.get_results(runtime=call.runtime, workspace_id=call.workspace_id, campaign_id=campaign_id)
    )


@routes.get("/campaigns/{campaign_id}/recipients/{contact_id}/hits", permission="campaigns:read", returns=HitsOut)
def list_recipient_hits(call: Call[None], campaign_id: str, contact_id: str) -> HitsOut:
    """What was fetched out of one recipient's message, and whether a person or a machine came."""
    hits, urls = service.hits_of(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        contact_id=contact_id,
    )
    return HitsOut(items=[HitOut.of(hit, urls) for hit in hits])


@routes.post(
    "/campaigns/{campaign_id}/reclassify", permission="campaigns:write", returns=JobOut, status=202, errors=(409,)
)
def reclassify_campaign(call: Call[None], campaign_id: str) -> Answer:
    """Judge all kept opens and clicks anew with the present rules; counts, scores and timelines follow."""
    job = reclassifying.ask(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        job_id=call.creation_id,
        created_by=call.actor.reference,
    )
    return Answer(JobOut.of(job), 202, {"Location": f"/api/v1/jobs/{job.id}"})


@routes.post("/t/g", permission=PUBLIC, base="", raw=True, status=204, media_types=("text/plain", "application/json"))
def visit_goal(call: Call[None]) -> Answer:
    """The script on a goal's page says that somebody came. The answer is the same whatever it says."""
    try:
        body: Any = json.loads(call.raw_body[:4000])
    except ValueError:
        body = None
    if isinstance(body, dict):
        goals.page_visited(
            table=call.runtime.table,
            clock=call.runtime.clock,
            signer=call.runtime.signer,
            body=body,
            request=request_of(call.headers, call.method, call.source_ip),
        )
    return Answer("", 204, {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}, "text/plain")
