"""Queue ``exports``: quotes on paper, and to the customer. Queue ``jobs``: mails to members. The minute's look at the clock."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.approvals.domain import may_decide
from chalicelib.sales.quotes import events, formats, service
from chalicelib.sales.quotes.document import document_of
from chalicelib.sales.quotes.domain import NAMELESS, Quote, QuoteState
from chalicelib.sales.quotes.tokens import make_token
from chalicelib.sales.quotes.words import WORDS
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Member
from chalicelib.workspaces.notices.domain import Letter
from chalicelib.workspaces.notices.letters import message
from chalicelib.workspaces.notices.service import send_once
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

_APPROVERS = 50
_ANSWERED = (QuoteState.ACCEPTED, QuoteState.DECLINED)


def typeset(runtime: Runtime, envelope: Envelope) -> None:
    """Put an issued quote on paper and mail it, if that was asked for. Harmless when repeated: the paper is the same again, the mail
    goes once.
    """
    if envelope.type != events.ISSUED:
        return
    workspace = get_workspace(table=runtime.table, workspace_id=envelope.workspace_id)
    try:
        found = service.get_whole(
            table=runtime.table, workspace_id=workspace.id, quote_id=str(envelope.data["quote_id"])
        )
    except NotFoundError:
        return
    quote = found.quote
    if quote.issued_at is None or quote.title == NAMELESS:
        return  # erased meanwhile
    address = f"{runtime.public_url}/q/{make_token(runtime.signer, workspace.id, quote.id)}"
    content = b""
    if not found.paper_key:
        from chalicelib.sales.quotes import paper

        document = document_of(quote, language=quote.language, zone=workspace.zone)
        content = paper.to_pdf(document, at=quote.issued_at, accept_url=address)
        key = f"{workspace.id}/quotes/{quote.id}/{quote.number}.pdf"
        runtime.files.put(key, content, content_type="application/pdf", file_name=f"{quote.number}.pdf")
        service.keep_paper(table=runtime.table, clock=runtime.clock, quote=quote, key_in_s3=key, size=len(content))
    if quote.send_to and workspace.sender_email and quote.state is QuoteState.ISSUED:
        _mail(runtime, workspace, quote, address, content or runtime.files.get(found.paper_key))


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Tell members of a quote's new state: approvers of one that waits for them, its owner of what was decided and answered. Harmless
    when repeated. Other messages are left alone.
    """
    if envelope.type == events.SWEEP:
        service.sweep(table=runtime.table, workspace_id=envelope.workspace_id, deal_id=str(envelope.data["deal_id"]))
    if envelope.type != events.MOVED:
        return
    workspace = get_workspace(table=runtime.table, workspace_id=envelope.workspace_id)
    try:
        quote = service.get_quote(
            table=runtime.table, workspace_id=workspace.id, quote_id=str(envelope.data["quote_id"])
        )
    except NotFoundError:
        return
    state = QuoteState(str(envelope.data["state"]))
    if state is QuoteState.ACCEPTED:
        _follow_up(runtime, workspace, quote)
    if not workspace.sender_email or (state is QuoteState.PENDING and quote.state is not state):
        return
    for member in _told(runtime, quote, state):
        _tell(runtime, workspace, quote, state, member)


def tick(runtime: Runtime) -> None:
    """Every minute: issued quotes whose last day is over."""
    service.expire(table=runtime.table, clock=runtime.clock)


def _mail(runtime: Runtime, workspace: Workspace, quote: Quote, address: str, content: bytes) -> None:
    from chalicelib.foundation.mail import Attachment

    words = WORDS[quote.language]
    document = document_of(quote, language=quote.language, zone=workspace.zone)
    letter = Letter(
        language=quote.language,
        sender_name=quote.sender.name,
        subject=words["mail_subject"].format(number=quote.number, title=quote.title),
        heading=words["mail_heading"].format(number=quote.number),
        paragraphs=[text for text in (quote.message, words["mail_text"]) if text],
        facts=[
            (words["item"], quote.title),
            (words["total"], document.total),
            (words["valid_until"], document.valid_until),
        ],
        action=(words["mail_open"], address),
        footer=words["mail_footer"].format(sender=quote.sender.name, address="\n".join(quote.sender.lines)).strip(),
    )
    paper = Attachment(f"{quote.number}.pdf", content, "application/pdf")
    send_once(
        table=runtime.table,
        clock=runtime.clock,
        mailer=runtime.mailer,
        workspace_id=workspace.id,
        notice_id=service.mail_id(quote),
        source=workspace.sender_email,
        recipient=quote.send_to,
        mime=message(letter, workspace=workspace, recipient=quote.send_to, attachments=[paper]),
    )


def _follow_up(runtime: Runtime, workspace: Workspace, quote: Quote) -> None:
    """A task for the owner of an accepted quote, due the day after; none when the deal or the owner is gone. Made once."""
    from chalicelib.customers.tasks import service as tasks

    if quote.reply is None or not quote.owner_id:
        return
    values = {
        "title": WORDS[workspace.language]["task_accepted"].format(number=quote.number),
        "kind": "todo",
        "due_at": quote.reply.at + timedelta(days=1),
        "has_time": False,
        "assignee_id": quote.owner_id,
        "about": ("deal", quote.deal_id),
    }
    with suppress(InvalidError):
        tasks.create_task(
            table=runtime.table,
            clock=runtime.clock,
            workspace=workspace,
            things=runtime.parts("things"),
            task_id=derived_id(quote.reply.at, "quote", "accepted", quote.id),
            values=values,
            changed_by="system",
        )


def _told(runtime: Runtime, quote: Quote, state: QuoteState) -> Iterable[Member]:
    """Who is to know: whoever can decide, or the owner (unless they did it themselves) and whoever submitted it."""
    table, workspace_id = runtime.table, quote.workspace_id
    if state is QuoteState.PENDING:
        found = members.all_members(table=table, workspace_id=workspace_id)
        own = quote.submitted_by
        return [
            member
            for member in found
            if f"member:{member.user_id}" != own and may_decide(role=member.role.value, asked=quote.approver, own=False)
        ][:_APPROVERS]
    wanted = {quote.owner_id, quote.submitted_by.partition("member:")[2]} - {""}
    if state not in _ANSWERED:
        wanted -= {quote.changed_by.partition("member:")[2]}
    people = []
    for user_id in sorted(wanted):
        try:
            people.append(members.get_member(table=table, workspace_id=workspace_id, user_id=user_id))
        except NotFoundError:
            continue
    return people


def _tell(runtime: Runtime, workspace: Workspace, quote: Quote, state: QuoteState, member: Member) -> None:
    language = member.language if member.language in WORDS else workspace.language
    words = WORDS[language]
    name = quote.reply.name if quote.reply is not None else ""
    heading = words[f"told_{state.value}"].format(name=name, number=quote.number, title=quote.title)
    facts = [(words["quote"], f"{quote.number} · {quote.title}" if quote.number else quote.title)]
    facts.append((words["total"], formats.money(quote.totals.total, quote.currency, language)))
    if state is QuoteState.PENDING:
        facts += [(words["why"], words[f"needed_{need.reason}"].format(limit=need.limit)) for need in quote.needed]
    comment = quote.reply.reason if quote.reply is not None else _comment(runtime, quote, state)
    letter = Letter(
        language=language,
        sender_name=workspace.name,
        subject=heading,
        heading=heading,
        quote=comment,
        facts=facts,
        action=(words["open_deal"], f"{runtime.public_url}/#/quotes/{quote.id}"),
        footer=words["footer"].format(workspace=workspace.name),
    )
    send_once(
        table=runtime.table,
        clock=runtime.clock,
        mailer=runtime.mailer,
        workspace_id=workspace.id,
        notice_id=derived_id(quote.created_at, "quote", state.value, quote.id, member.user_id),
        source=workspace.sender_email,
        recipient=member.email,
        mime=message(letter, workspace=workspace, recipient=member.email),
    )


def _comment(runtime: Runtime, quote: Quote, state: QuoteState) -> str:
    """What was said with the decision."""
    found = service.get_whole(table=runtime.table, workspace_id=quote.workspace_id, quote_id=quote.id)
    said = [entry.comment for entry in found.history if entry.action == state.value]
    return said[-1] if said else ""
