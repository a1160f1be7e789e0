"""A member's day and feed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.customers.calendar import store
from chalicelib.customers.calendar.domain import FUTURE, MOST, PAST, Feed, Meeting
from chalicelib.customers.leads import service as leads
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.tasks import service as tasks
from chalicelib.customers.tasks.domain import Task, When
from chalicelib.customers.things import Things
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Member
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

PERMISSION = "tasks:read"
_TASKS_OF_A_DAY = 200
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Day:
    """What a member has before them: tasks that should have been done, today's, those of the next seven days; meetings from today to
    then; and the leads that wait for their first answer.
    """

    overdue: Sequence[Task]
    today: Sequence[Task]
    upcoming: Sequence[Task]
    meetings: Sequence[Meeting]
    leads_to_answer: Sequence[Lead]


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a feed shows."""

    workspace: Workspace
    member: Member
    tasks: Sequence[Task]
    meetings: Sequence[Meeting]
    titles: Mapping[tuple[str, str], str]


def my_day(*, table: Table, workspace: Workspace, user_id: str, now: datetime) -> Day:
    """A member's day, as it is in the workspace's zone."""
    zone = workspace.zone
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    until = today + timedelta(days=8)
    found = tasks.open_tasks_of(
        table=table, workspace_id=workspace.id, assignee_id=user_id, until=until, limit=_TASKS_OF_A_DAY
    )

    def due(when: When) -> list[Task]:
        return [task for task in found if task.is_when(when, now, zone)]

    return Day(
        overdue=due("overdue"),
        today=due("today"),
        upcoming=due("week"),
        meetings=store.meetings(table, workspace.id, user_id, since=today, until=until, limit=100),
        leads_to_answer=leads.leads_to_answer(table=table, workspace_id=workspace.id, owner_id=user_id),
    )


def get_feed(*, table: Table, workspace_id: str, user_id: str) -> Feed | None:
    """A member's feed, if there is one."""
    return store.read(table, workspace_id, user_id)


def make_feed(
    *, table: Table, clock: Clock, signer: Signer, workspace_id: str, user_id: str, nonce: str, changed_by: str
) -> Feed:
    """Give the member a feed with a new secret; a former one opens nothing from now on. ``nonce`` is an id of this request's own."""
    token = _token(signer, workspace_id, user_id, nonce)
    feed = Feed(workspace_id, user_id, nonce, _digest(token), clock.now())
    store.write(table, feed, changed_by=changed_by)
    return feed


def drop_feed(*, table: Table, workspace_id: str, user_id: str) -> None:
    """Take the member's feed away; its secret opens nothing from now on."""
    store.remove(table, workspace_id, user_id)


def address_of(feed: Feed, *, signer: Signer, public_url: str) -> str:
    """Where calendar programs read the feed. Whoever knows it reads it: only its owner is told."""
    token = _token(signer, feed.workspace_id, feed.user_id, feed.nonce)
    return f"{public_url}/calendar/{token}.ics"


def open_feed(*, table: Table, now: datetime, token: str, things: Mapping[str, Things]) -> Agenda:
    """What the feed with this secret shows; `NotFoundError` for every other, and for one whose owner has left."""
    plain = token.removesuffix(".ics")
    feed = store.find(table, _digest(plain)) if plain and len(plain) <= _LONGEST_TOKEN else None
    if feed is None:
        raise NotFoundError("There is no such calendar.")
    member = members.get_member(table=table, workspace_id=feed.workspace_id, user_id=feed.user_id)
    if PERMISSION not in member.permissions:
        raise NotFoundError("There is no such calendar.")
    workspace = get_workspace(table=table, workspace_id=feed.workspace_id)
    found = tasks.open_tasks_of(
        table=table,
        workspace_id=workspace.id,
        assignee_id=member.user_id,
        since=now - PAST,
        until=now + FUTURE,
        limit=MOST,
    )
    planned = store.meetings(table, workspace.id, member.user_id, since=now - PAST, until=now + FUTURE, limit=MOST)
    return Agenda(
        workspace, member, found, planned, titles_of(table, workspace.id, found, planned, things, member.permissions)
    )


def titles_of(
    table: Table,
    workspace_id: str,
    found: Iterable[Task],
    planned: Iterable[Meeting],
    things: Mapping[str, Things],
    permissions: frozenset[str],
) -> dict[tuple[str, str], str]:
    """The names of what tasks and meetings are about, as far as these permissions let one read them."""
    wanted: dict[str, set[str]] = {}
    for task in found:
        if task.about_id:
            wanted.setdefault(task.about_kind, set()).add(task.about_id)
    for meeting in planned:
        wanted.setdefault(meeting.about_kind, set()).add(meeting.about_id)
        if meeting.contact_id:
            wanted.setdefault("contact", set()).add(meeting.contact_id)
    return {
        (kind, thing_id): title
        for kind, ids in wanted.items()
        if kind in things and things[kind].read in permissions
        for thing_id, title in things[kind].titles(table, workspace_id, ids).items()
    }


def _token(signer: Signer, workspace_id: str, user_id: str, nonce: str) -> str:
    return signer.digest("calendar", f"{workspace_id}\x00{user_id}\x00{nonce}".encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
