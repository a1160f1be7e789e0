"""HTTP: what a campaign will look like and cost, and what became of each recipient."""

from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.marketing.sending import service
from chalicelib.marketing.sending.domain import FrequencyCap
from chalicelib.marketing.sending.estimates import estimate
from chalicelib.marketing.sending.schemas import (
    CapSchema,
    EstimateOut,
    PreviewIn,
    PreviewOut,
    RecipientOut,
    RecipientsQuery,
    ResolveIn,
    TestIn,
    TestOut,
    WhyOut,
    WhyQuery,
    present,
)
from chalicelib.marketing.sending.why import why
from chalicelib.marketing.templates import service as templates
from chalicelib.marketing.templates.schemas import TriedOut, TryIn
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("campaigns", __name__)


@routes.post("/campaigns/{campaign_id}/preview", permission="campaigns:read", body=PreviewIn, returns=PreviewOut)
def preview_campaign(call: Call[PreviewIn], campaign_id: str) -> PreviewOut:
    """The message as a contact would see it."""
    if call.body.contact_id:
        call.require("contacts:read")
    made = service.preview(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        contact_id=call.body.contact_id,
        variant=call.body.variant,
        language=call.body.language,
    )
    return PreviewOut.of(made)


@routes.post(
    "/campaigns/{campaign_id}/test",
    permission="campaigns:write",
    body=TestIn,
    returns=TestOut,
    status=202,
    errors=(503,),
)
def test_campaign(call: Call[TestIn], campaign_id: str) -> Answer:
    """Send the message once, to try it."""
    service.send_test(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        to=call.body.to,
        variant=call.body.variant,
        language=call.body.language,
    )
    return Answer(TestOut(to=call.body.to), 202)


@routes.post("/templates/test", permission="campaigns:write", body=TryIn, returns=TriedOut, status=202, errors=(503,))
def test_template(call: Call[TryIn]) -> Answer:
    """Send a mail, a template's or one that is being written, once, to try it."""
    table, body = call.runtime.table, call.body
    workspace = get_workspace(table=table, workspace_id=call.workspace_id)
    language, wording = templates.to_look_at(
        table=table,
        workspace=workspace,
        wording=body.wording(),
        template_id=body.template_id,
        language=body.language or "",
        contact_id=body.contact_id,
    )
    service.send_template_test(
        runtime=call.runtime, workspace=workspace, wording=wording, language=language, to=body.to
    )
    return Answer(TriedOut(to=body.to), 202)


@routes.post("/campaigns/{campaign_id}/estimate", permission="campaigns:read", returns=EstimateOut)
def estimate_campaign(call: Call[None], campaign_id: str) -> EstimateOut:
    """Who it would go to now, and what it would cost."""
    return EstimateOut.of(estimate(runtime=call.runtime, workspace_id=call.workspace_id, campaign_id=campaign_id))


@routes.get(
    "/campaigns/{campaign_id}/recipients",
    permission="campaigns:read",
    query=RecipientsQuery,
    returns=Page[RecipientOut],
)
def list_recipients(call: Call[None], campaign_id: str) -> Page[RecipientOut]:
    """Who got it, who did not, and why."""
    query, runtime = call.query, call.runtime
    name = f"recipients:{campaign_id}:{query.email}:{query.state}"
    page = service.recipients(
        table=runtime.table,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        email=query.email,
        state=query.state or "",
        start=runtime.cursors.read(call.workspace_id, name, query.cursor),
        limit=query.limit,
    )
    cursor = runtime.cursors.write(call.workspace_id, name, page.next) if page.next else None
    return Page(items=[RecipientOut.of(row) for row in page.items], next_cursor=cursor)


@routes.get("/campaigns/{campaign_id}/why", permission="campaigns:read", query=WhyQuery, returns=WhyOut)
def explain_recipient(call: Call[None], campaign_id: str) -> WhyOut:
    """Did this person get it, and why not?"""
    answer = why(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        email=call.query.email,
        contact_id=call.query.contact_id,
    )
    return WhyOut.of(answer)


@routes.post(
    "/campaigns/{campaign_id}/recipients/{contact_id}/resolve",
    permission="campaigns:send",
    body=ResolveIn,
    returns=RecipientOut,
    present=present,
    errors=(409,),
)
def resolve_recipient(call: Call[ResolveIn], campaign_id: str, contact_id: str) -> RecipientOut:
    """Decide what became of a recipient whose sending left no trace."""
    row = service.resolve(
        table=call.runtime.table,
        clock=call.runtime.clock,
        queues=call.runtime.queues,
        workspace_id=call.workspace_id,
        campaign_id=campaign_id,
        contact_id=contact_id,
        was_sent=call.body.decision == "sent",
    )
    return RecipientOut.of(row)


@routes.get("/frequency-cap", permission="campaigns:read", returns=CapSchema)
def get_cap(call: Call[None]) -> CapSchema:
    """How many campaigns a contact gets at most."""
    return CapSchema.of(service.get_cap(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put("/frequency-cap", permission="campaigns:send", body=CapSchema, returns=CapSchema)
def put_cap(call: Call[CapSchema]) -> CapSchema:
    """Set how many campaigns a contact gets at most."""
    cap = service.change_cap(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        cap=FrequencyCap(call.body.messages, call.body.days),
        changed_by=call.actor.reference,
    )
    return CapSchema.of(cap)
