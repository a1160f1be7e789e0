"""Queue ``jobs``: a mail to whoever was named. Harmless when repeated: each is sent once at most."""

from chalicelib.customers.timeline import events, service
from chalicelib.customers.timeline.domain import About
from chalicelib.customers.timeline.words import WORDS
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.ids import derived_id, made_at
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Member
from chalicelib.workspaces.notices.domain import Letter
from chalicelib.workspaces.notices.letters import message
from chalicelib.workspaces.notices.service import send_once
from chalicelib.workspaces.settings.service import get_workspace

_PLACES = {"contact": "contacts", "company": "companies", "deal": "deals"}


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Tell a member that they were named, in their language; other facts are left alone. Who has left, or was named in what is
    gone by now, is not told.
    """
    if envelope.type != events.MENTIONED:
        return
    table, workspace_id, data = runtime.table, envelope.workspace_id, envelope.data
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    about = About(data["about_kind"], str(data["about_id"]))
    activity_id, things = str(data["activity_id"]), runtime.parts("things")
    try:
        member = members.get_member(table=table, workspace_id=workspace_id, user_id=str(data["user_id"]))
        activity = service.find_activity(
            table=table, workspace_id=workspace_id, about=about, things=things, activity_id=activity_id, written=True
        )
    except NotFoundError:
        return
    if not workspace.sender_email or member.user_id not in activity.data.get("mentions", ()):
        return
    language = member.language if member.language in WORDS else workspace.language
    words = WORDS[language]
    title = things[about.kind].titles(table, workspace_id, [about.id]).get(about.id, "")
    who = _name(runtime, workspace_id, str(data["by"])) or words["somebody"]
    letter = Letter(
        language=language,
        sender_name=workspace.name,
        subject=words["subject"].format(who=who, title=title),
        heading=words["heading"].format(who=who),
        paragraphs=[words["where"].format(what=words[activity.kind], title=title)],
        quote=service.excerpt(activity, 1000),
        action=(words["open"], f"{runtime.public_url}/#/{_PLACES[about.kind]}/{about.id}"),
        footer=words["footer"].format(workspace=workspace.name),
    )
    send_once(
        table=table,
        clock=runtime.clock,
        mailer=runtime.mailer,
        workspace_id=workspace_id,
        notice_id=derived_id(made_at(activity_id), "mention", activity_id, member.user_id),
        source=workspace.sender_email,
        recipient=member.email,
        mime=message(letter, workspace=workspace, recipient=member.email),
    )


def _name(runtime: Runtime, workspace_id: str, reference: str) -> str:
    kind, _, user_id = reference.partition(":")
    if kind != "member":
        return ""
    found: Member
    try:
        found = members.get_member(table=runtime.table, workspace_id=workspace_id, user_id=user_id)
    except NotFoundError:
        return ""
    return found.name or found.email
