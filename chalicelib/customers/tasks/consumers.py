"""The minute's look: whom to remind of what. Harmless when repeated."""

from datetime import datetime, timedelta

from chalicelib.customers.moments import spoken, spoken_day
from chalicelib.customers.tasks import service
from chalicelib.customers.tasks.domain import Task
from chalicelib.customers.tasks.words import WORDS
from chalicelib.foundation import observability
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.mail import MailDeferredError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Member
from chalicelib.workspaces.notices.domain import Letter
from chalicelib.workspaces.notices.letters import message
from chalicelib.workspaces.notices.service import send_once
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

_MOST = 50  # of each part of the index in one minute; what is left is for the next
_STALE = timedelta(hours=24)  # a reminder that could not be sent for so long would only puzzle


def tick(runtime: Runtime) -> None:
    """Every minute: remind assignees by mail, of each reminder once."""
    now = runtime.clock.now()
    for task, position in service.due_reminders(table=runtime.table, now=now, limit=_MOST):
        try:
            if task.remind_at is not None and now - task.remind_at < _STALE:
                _remind(runtime, task)
        except MailDeferredError:
            observability.failure("reminder not sent", workspace_id=task.workspace_id, task_id=task.id)
            continue  # the next minute asks again
        service.note_reminded(table=runtime.table, task=task, position=position, now=now)


def _remind(runtime: Runtime, seen: Task) -> None:
    """A mail to the assignee, if there is one who can be written to and somebody to write from."""
    table, workspace_id = runtime.table, seen.workspace_id
    try:
        workspace = get_workspace(table=table, workspace_id=workspace_id)
        task = service.get_task(table=table, workspace_id=workspace_id, task_id=seen.id, consistent=True)
        member = members.get_member(table=table, workspace_id=workspace_id, user_id=task.assignee_id or "-")
    except NotFoundError:
        return
    if not workspace.sender_email or not task.armed or task.remind_at != seen.remind_at or task.remind_at is None:
        return
    letter = reminder(runtime, workspace, member, task)
    send_once(
        table=table,
        clock=runtime.clock,
        mailer=runtime.mailer,
        workspace_id=workspace_id,
        notice_id=derived_id(task.remind_at, "task reminder", task.id, member.user_id),
        source=workspace.sender_email,
        recipient=member.email,
        mime=message(letter, workspace=workspace, recipient=member.email),
    )


def reminder(runtime: Runtime, workspace: Workspace, member: Member, task: Task) -> Letter:
    """What the assignee is told, in their language."""
    language = member.language if member.language in WORDS else workspace.language
    words, now = WORDS[language], runtime.clock.now()
    things = runtime.parts("things")
    kinds = [kind for kind, thing in things.items() if thing.read in member.permissions]
    titles = service.titles_of(table=runtime.table, workspace_id=workspace.id, tasks=[task], things=things, kinds=kinds)
    facts = [(words[kind], title) for (kind, _), title in titles.items()]
    if task.priority == "high":
        facts.append((words["priority"], words["high"]))
    return Letter(
        language=language,
        sender_name=workspace.name,
        subject=words["subject"].format(title=task.title),
        heading=words["heading"].format(title=task.title),
        paragraphs=[_due(task, workspace, language, now)],
        quote=task.note[:1000],
        facts=facts,
        action=(words["open"], f"{runtime.public_url}/#/tasks"),
        footer=words["footer"].format(workspace=workspace.name),
    )


def _due(task: Task, workspace: Workspace, language: str, now: datetime) -> str:
    """When it is due, in a sentence."""
    words = WORDS[language]
    if task.due_at is None or task.due_on is None:
        return words["no_due"]
    when = (
        spoken(task.due_at.astimezone(workspace.zone), language) if task.has_time else spoken_day(task.due_on, language)
    )
    if task.overdue(now, now.astimezone(workspace.zone).date()):
        return words["overdue"].format(when=when)
    return words["timed" if task.has_time else "day"].format(when=when)
