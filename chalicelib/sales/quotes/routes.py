"""The routes of quotes."""

from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.sales.quotes import presenting, service
from chalicelib.sales.quotes.schemas import (
    QuoteChange,
    QuoteDecision,
    QuoteIn,
    QuoteIssue,
    QuoteListed,
    QuoteOut,
    QuotePageQuery,
    QuotesQuery,
    QuoteStep,
)
from chalicelib.sales.quotes.service import Whole
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("quotes", __name__)


@routes.get("/quotes", permission="quotes:read", query=QuotesQuery, returns=Page[QuoteListed])
def list_quotes(call: Call[None]) -> Page[QuoteListed]:
    """The quotes, the newest first: those in some states, or of one deal."""
    deal_id, states = call.query.deal_id or "", call.query.states()
    name, cursors = f"quotes?{deal_id}&{call.query.state or ''}", call.runtime.cursors
    position = cursors.read(call.workspace_id, name, call.query.cursor)
    found, following = service.list_quotes(
        table=call.runtime.table,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        deal_id=deal_id,
        states=states,
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    more = cursors.write(call.workspace_id, name, [following]) if following else None
    return Page[QuoteListed](items=presenting.listed(call, found), next_cursor=more)


@routes.post("/quotes", permission="quotes:write", body=QuoteIn, returns=QuoteOut, status=201)
def create_quote(call: Call[QuoteIn]) -> Answer:
    """Draft a quote for a deal, with the deal's lines unless others are given."""
    quote = service.create_quote(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        quote_id=call.creation_id,
        values=call.body.values(),
        actor=call.actor.reference,
    )
    return Answer(presenting.whole(call, Whole(quote)), 201, {"Location": f"/api/v1/quotes/{quote.id}"})


@routes.get("/quotes/{quote_id}", permission="quotes:read", returns=QuoteOut)
def get_quote(call: Call[None], quote_id: str) -> QuoteOut:
    """One quote, with the history of its approval and its links."""
    return presenting.shown(call, quote_id)


@routes.patch(
    "/quotes/{quote_id}", permission="quotes:write", body=QuoteChange, returns=QuoteOut, present=presenting.present
)
def change_quote(call: Call[QuoteChange], quote_id: str) -> QuoteOut:
    """Change a draft as it was at ``version``."""
    with presenting.current(call):
        quote = service.change_quote(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
            quote_id=quote_id,
            version=call.body.version,
            changes=call.body.values(),
            actor=call.actor.reference,
        )
    return presenting.whole(call, Whole(quote))


@routes.delete("/quotes/{quote_id}", permission="quotes:write", query=QuoteStep, present=presenting.present)
def delete_quote(call: Call[None], quote_id: str) -> Answer:
    """Delete a draft, for good."""
    with presenting.current(call):
        service.delete_quote(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            quote_id=quote_id,
            actor=call.actor.reference,
            version=call.query.version,
        )
    return Answer(None, 204)


@routes.post(
    "/quotes/{quote_id}/submit",
    permission="quotes:write",
    body=QuoteStep,
    returns=QuoteOut,
    errors=(409,),
    present=presenting.present,
)
def submit_quote(call: Call[QuoteStep], quote_id: str) -> QuoteOut:
    """Hand a draft in. It is approved at once, unless the policy says that somebody has to look at it."""
    with presenting.current(call):
        service.submit(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
            quote_id=quote_id,
            actor=call.actor.reference,
            version=call.body.version,
        )
    return presenting.shown(call, quote_id)


@routes.post(
    "/quotes/{quote_id}/approve",
    permission="quotes:approve",
    body=QuoteDecision,
    returns=QuoteOut,
    errors=(409,),
    present=presenting.present,
)
def approve_quote(call: Call[QuoteDecision], quote_id: str) -> QuoteOut:
    """Approve what was submitted: by a member of the policy's role, and not by whoever submitted it unless they are an owner."""
    return _decide(call, quote_id, approve=True)


@routes.post(
    "/quotes/{quote_id}/reject",
    permission="quotes:approve",
    body=QuoteDecision,
    returns=QuoteOut,
    errors=(409,),
    present=presenting.present,
)
def reject_quote(call: Call[QuoteDecision], quote_id: str) -> QuoteOut:
    """Reject what was submitted; it can be revised."""
    return _decide(call, quote_id, approve=False)


@routes.post(
    "/quotes/{quote_id}/issue",
    permission="quotes:write",
    body=QuoteIssue,
    returns=QuoteOut,
    errors=(409,),
    present=presenting.present,
)
def issue_quote(call: Call[QuoteIssue], quote_id: str) -> QuoteOut:
    """Send an approved quote out: it gets its number and its page; the PDF and the mail, if asked for, follow."""
    with presenting.current(call):
        service.issue(
            table=call.runtime.table,
            clock=call.runtime.clock,
            signer=call.runtime.signer,
            workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
            quote_id=quote_id,
            actor=call.actor.reference,
            version=call.body.version,
            send=call.body.send,
            email=call.body.email or "",
            message=call.body.message,
        )
    return presenting.shown(call, quote_id)


@routes.post(
    "/quotes/{quote_id}/revise",
    permission="quotes:write",
    body=QuoteStep,
    returns=QuoteOut,
    status=201,
    errors=(409,),
    present=presenting.present,
)
def revise_quote(call: Call[QuoteStep], quote_id: str) -> Answer:
    """A new draft with what this quote says. An issued one stays open to the customer until the new one is issued."""
    with presenting.current(call):
        draft = service.revise(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
            quote_id=quote_id,
            new_id=call.creation_id,
            actor=call.actor.reference,
            version=call.body.version,
        )
    return Answer(presenting.whole(call, Whole(draft)), 201, {"Location": f"/api/v1/quotes/{draft.id}"})


def _decide(call: Call[QuoteDecision], quote_id: str, *, approve: bool) -> QuoteOut:
    with presenting.current(call):
        service.decide(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            quote_id=quote_id,
            approve=approve,
            comment=call.body.comment,
            actor=call.actor.reference,
            role=call.actor.role,
            version=call.body.version,
        )
    return presenting.shown(call, quote_id)


@routes.get("/q/{token}", permission=PUBLIC, base="", raw=True, query=QuotePageQuery)
def show_quote(call: Call[None], token: str) -> Answer:
    """The customer's page. Looking at it changes nothing."""
    from chalicelib.sales.quotes import pages

    return pages.show(call, token)


@routes.get("/q/{token}/pdf", permission=PUBLIC, base="", raw=True, query=QuotePageQuery, status=302)
def save_quote(call: Call[None], token: str) -> Answer:
    """On to the PDF."""
    from chalicelib.sales.quotes import pages

    return pages.pdf(call, token)


@routes.post(
    "/q/{token}",
    permission=PUBLIC,
    base="",
    raw=True,
    query=QuotePageQuery,
    media_types=("application/x-www-form-urlencoded",),
)
def answer_quote(call: Call[None], token: str) -> Answer:
    """The customer's yes or no."""
    from chalicelib.sales.quotes import pages

    return pages.answer(call, token)
