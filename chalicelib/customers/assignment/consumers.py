"""Queue ``assignment``: new leads; and the minute's look for answers that are overdue. Harmless when repeated."""

from chalicelib.customers.assignment import events, service
from chalicelib.customers.assignment.words import WORDS
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.leads import service as leads
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.moments import spoken
from chalicelib.foundation import observability
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.mail import MailDeferredError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Member
from chalicelib.workspaces.notices.domain import Letter
from chalicelib.workspaces.notices.letters import message
from chalicelib.workspaces.notices.service import send_once
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

_MOST = 50  # of each part of the index in one minute; what is left is for the next


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Give a new lead its owner and the time to answer it by; other facts are left alone."""
    if envelope.type != events.LEAD_CREATED:
        return
    workspace = get_workspace(table=runtime.table, workspace_id=envelope.workspace_id)
    lead_id = str(envelope.data["lead_id"])
    service.assign_lead(table=runtime.table, clock=runtime.clock, workspace=workspace, lead_id=lead_id)


def tick(runtime: Runtime) -> None:
    """Every minute: tell the owners of leads that nobody has answered in time, each once, and note it in the timeline."""
    now = runtime.clock.now()
    for lead, position in leads.due_leads(table=runtime.table, now=now, limit=_MOST):
        try:
            _tell(runtime, lead)
        except MailDeferredError:
            observability.failure("overdue lead not told", workspace_id=lead.workspace_id, lead_id=lead.id)
            continue  # the next minute asks again
        leads.note_overdue(table=runtime.table, lead=lead, position=position, now=now)


def _tell(runtime: Runtime, lead: Lead) -> None:
    """A mail to the owner, if there is one who can be written to and somebody to write from."""
    table, workspace_id = runtime.table, lead.workspace_id
    try:
        workspace = get_workspace(table=table, workspace_id=workspace_id)
        member = members.get_member(table=table, workspace_id=workspace_id, user_id=lead.owner_id or "-")
        present = leads.get_lead(table=table, workspace_id=workspace_id, lead_id=lead.id, consistent=True)
    except NotFoundError:
        return
    if not workspace.sender_email or not present.overdue(runtime.clock.now()):
        return
    letter = overdue_letter(runtime, workspace, member, lead)
    send_once(
        table=table,
        clock=runtime.clock,
        mailer=runtime.mailer,
        workspace_id=workspace_id,
        notice_id=derived_id(lead.created_at, "lead overdue", lead.id),
        source=workspace.sender_email,
        recipient=member.email,
        mime=message(letter, workspace=workspace, recipient=member.email),
    )


def overdue_letter(runtime: Runtime, workspace: Workspace, member: Member, lead: Lead) -> Letter:
    """What the owner is told, in their language."""
    language = member.language if member.language in WORDS else workspace.language
    words = WORDS[language]
    found = contacts.get_contacts(
        table=runtime.table, workspace_id=workspace.id, contact_ids=[lead.contact_id], follow=True
    )
    contact = found.get(lead.contact_id)
    name = contact.display_name if contact else words["nobody"]
    facts = [(words["source"], lead.source)]
    if contact is not None:
        known = (("company", contact.company_name), ("contact", contact.email), ("phone", contact.phone))
        facts = [(words[label], value) for label, value in known if value and value != name] + facts
    when = spoken((lead.respond_by or lead.created_at).astimezone(workspace.zone), language)
    return Letter(
        language=language,
        sender_name=workspace.name,
        subject=words["subject"].format(name=name),
        heading=words["heading"].format(name=name),
        paragraphs=[words["overdue"].format(when=when)],
        facts=facts,
        action=(words["open"], f"{runtime.public_url}/#/leads/{lead.id}"),
        footer=words["footer"].format(workspace=workspace.name),
    )
