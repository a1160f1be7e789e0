"""Tasks on DynamoDB Local: made once, told once, whatever comes twice or at once; and what they cost."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.customers.calendar import projections as calendar_projections
from chalicelib.customers.calendar import service as calendar
from chalicelib.customers.calendar import store as calendar_store
from chalicelib.customers.contacts.service import create_contact
from chalicelib.customers.tasks import consumers, service
from chalicelib.customers.tasks.domain import Task
from chalicelib.customers.tasks.service import Wanted
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation import projection
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.mail import MailDeferredError, MailUnknownError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.members.service import add_member
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import Stream

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def workspace(runtime: Runtime, clock: FixedClock) -> Workspace:
    made = create_workspace(
        table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Molino & Co.", time_zone="Europe/Madrid",
        sender_name="Molino & Co.", sender_email="hola@molino.example", postal_address="Calle 1",
    )  # fmt: skip
    for user_id, language in (("ana", "es"), ("ben", "en")):
        add_member(
            table=runtime.table, clock=clock, workspace_id=made.id, user_id=user_id, email=f"{user_id}@x.example",
            name=user_id.title(), role=Role.SALES, language=language,
        )  # fmt: skip
    return made


@pytest.fixture
def given(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> dict[str, Any]:
    return {"table": runtime.table, "clock": clock, "workspace": workspace}


@pytest.fixture
def make(runtime: Runtime, given: dict[str, Any]) -> Any:
    def run(title: str = "Llamar", **values: Any) -> Task:
        table = values.pop("table", given["table"])
        return service.create_task(
            **{**given, "table": table}, things=wiring.parts("things"), task_id=runtime.new_id(),
            values={"title": title, **values}, changed_by="member:ana",
        )  # fmt: skip

    return run


def person(runtime: Runtime, given: dict[str, Any], name: str = "Eva") -> str:
    return create_contact(**given, contact_id=runtime.new_id(), values={"first_name": name}).id


def everything(given: dict[str, Any], **wanted: Any) -> list[Task]:
    now = given["clock"].now()
    page = service.list_tasks(
        table=given["table"],
        workspace=given["workspace"],
        now=now,
        wanted=Wanted(**wanted),
        things=wiring.parts("things"),
    )
    return page.items


def test_twenty_who_finish_it_at_once_make_one_next(given: dict[str, Any], make: Any) -> None:
    task = make(due_at=MONDAY, has_time=True, rrule="FREQ=DAILY")

    def finish(number: int) -> str:
        _, following = service.complete_task(**given, task_id=task.id, changed_by=f"member:{number}")
        assert following is not None
        return following.id

    with ThreadPoolExecutor(20) as pool:
        found = set(pool.map(finish, range(20)))
    assert len(found) == 1
    assert [each.state.value for each in everything(given)] == ["open", "done"]


def sent(runtime: Runtime) -> list[tuple[str, str]]:
    mailer: Any = runtime.mailer
    return [(to, str(message_from_bytes(mime, policy=default)["Subject"])) for _, to, mime, _ in mailer.sent]


def test_a_reminder_comes_once_in_the_assignees_language(
    runtime: Runtime, clock: FixedClock, given: dict[str, Any], make: Any
) -> None:
    eva = person(runtime, given)
    at = clock.now() + timedelta(minutes=10)
    make(
        "Llamar a Eva",
        assignee_id="ana",
        remind_at=at,
        due_at=MONDAY,
        has_time=True,
        about=("contact", eva),
        priority="high",
    )
    make("Call Eva", assignee_id="ben", remind_at=at, due_at=at, note="Ask for <b>the shop</b>\n.\nFrom: x")
    make("Nobody's", assignee_id="", remind_at=at)
    gone = make("Deleted", assignee_id="ana", remind_at=at)
    here = {"table": given["table"], "clock": clock, "workspace_id": given["workspace"].id}
    service.delete_task(**here, task_id=gone.id)
    done = make("Done", assignee_id="ana", remind_at=at)
    service.complete_task(**given, task_id=done.id)
    consumers.tick(runtime)
    assert sent(runtime) == []
    clock.advance(minutes=10)
    mailer: Any = runtime.mailer
    mailer.fail = [MailDeferredError("throttled"), MailDeferredError("throttled")]
    consumers.tick(runtime)
    assert sent(runtime) == []
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: consumers.tick(runtime), range(5)))
    clock.advance(minutes=1)
    consumers.tick(runtime)
    assert sorted(sent(runtime)) == [
        ("ana@x.example", "Recordatorio: Llamar a Eva"),
        ("ben@x.example", "Reminder: Call Eva"),
    ]
    spanish, english = (
        next(message_from_bytes(mime, policy=default) for _, to, mime, _ in mailer.sent if to == f"{who}@x.example")
        for who in ("ana", "ben")
    )
    text = spanish.get_body(("plain",)).get_content()
    assert "Es para el lunes 23 de noviembre a las 9:00." in text
    assert "Contacto: Eva" in text
    assert "Prioridad: Alta" in text
    html = english.get_body(("html",)).get_content()
    assert "It is due on Saturday, 21 November, at any time." in html
    assert "<b>the shop" not in html
    assert "&lt;b&gt;the shop&lt;/b&gt;" in html
    assert english["From"] == '"Molino & Co." <hola@molino.example>'


def test_another_reminder_comes_again_and_what_is_doubtful_does_not(
    runtime: Runtime, clock: FixedClock, given: dict[str, Any], make: Any
) -> None:
    task = make(assignee_id="ana", remind_at=clock.now())
    mailer: Any = runtime.mailer
    mailer.fail = [MailUnknownError("no answer")]
    for _ in range(3):
        consumers.tick(runtime)
        clock.advance(minutes=1)
    assert sent(runtime) == []  # it may have arrived
    changed = {"things": wiring.parts("things"), "task_id": task.id, "version": None}
    service.change_task(**given, **changed, changes={"remind_at": clock.now() + timedelta(minutes=5)})
    clock.advance(minutes=5)
    for _ in range(3):
        consumers.tick(runtime)
    assert sent(runtime) == [("ana@x.example", "Recordatorio: Llamar")]
    service.change_task(**given, **changed, changes={"title": "Otra cosa"})
    consumers.tick(runtime)
    assert len(sent(runtime)) == 1
    late = make("Tarde", assignee_id="ana", remind_at=clock.now())
    clock.advance(days=2)
    consumers.tick(runtime)
    assert len(sent(runtime)) == 1  # nobody wants to be reminded of the day before yesterday
    assert not service.get_task(table=given["table"], workspace_id=given["workspace"].id, task_id=late.id).armed


def test_agendas_are_the_same_in_any_order(
    runtime: Runtime, clock: FixedClock, given: dict[str, Any], stream: Stream
) -> None:
    workspace = given["workspace"]
    eva = person(runtime, given)
    about = timeline.About("contact", eva)
    here = {"table": given["table"], "workspace_id": workspace.id, "about": about}

    def plan(subject: str, at: datetime, **values: Any) -> Any:
        return timeline.write_activity(
            **here, things=wiring.parts("things"), activity_id=runtime.new_id(), kind="meeting",
            values={"subject": subject, "at": at, "planned": True, **values}, actor="member:ana",
        )  # fmt: skip

    plan("Bleibt", MONDAY, mentions=["ben"])
    moved = plan("Zieht um", MONDAY)
    plan("Gewesen", MONDAY, planned=False)
    gone = plan("Gestrichen", MONDAY)
    change = {"things": wiring.parts("things"), "clock": clock, "actor": "member:ana"}
    timeline.change_activity(
        **here, **change, activity_id=moved.id, version=1, changes={"at": MONDAY + timedelta(days=1)}
    )  # fmt: skip
    timeline.delete_activity(**here, **change, activity_id=gone.id, version=None)
    records = list(stream.records())
    chance, states = random.Random(2), []
    for _ in range(3):
        chance.shuffle(records)
        for record in records * 2:
            projection.project(
                {"Records": [record]}, projections=calendar_projections.PROJECTIONS, table=runtime.table,
                queues=runtime.queues, clock=clock, reject=pytest.fail,
            )  # fmt: skip
        states.append(
            {
                user: [
                    (meeting.subject, meeting.at)
                    for meeting in calendar_store.meetings(
                        runtime.table, workspace.id, user, since=MONDAY, until=MONDAY + timedelta(days=9), limit=10
                    )
                ]
                for user in ("ana", "ben")
            }
        )
    expected = [("Bleibt", MONDAY), ("Zieht um", MONDAY + timedelta(days=1))]
    assert states == [{"ana": expected, "ben": [("Bleibt", MONDAY)]}] * 3


def test_what_it_costs(runtime: Runtime, clock: FixedClock, given: dict[str, Any], make: Any) -> None:
    priced = PricedTable(runtime.table)
    workspace = given["workspace"]
    paid = {**given, "table": priced}
    eva = person(runtime, given)

    def checked(name: str, work: Any) -> Any:
        priced.reset()
        result = work()
        check(name, priced)
        return result

    checked("tasks.create", lambda: make(table=priced, assignee_id="ana"))
    task = checked(
        "tasks.create-about",
        lambda: make(
            table=priced, assignee_id="ana", about=("contact", eva), due_at=MONDAY, has_time=True, remind_at=MONDAY,
            rrule="FREQ=WEEKLY",
        ),
    )  # fmt: skip
    for number in range(8):
        make(f"T{number}", assignee_id="ana", due_at=MONDAY + timedelta(hours=number), about=("contact", eva))
    ids = {"table": priced, "workspace_id": workspace.id, "task_id": task.id}
    checked("tasks.get", lambda: service.get_task(**ids))
    checked("tasks.list", lambda: everything(paid, state=task.state))
    checked("tasks.of-assignee", lambda: everything(paid, assignee_id="ana", state=task.state))
    found = checked("tasks.about", lambda: everything(paid, about=("contact", eva), state=task.state))
    assert len(found) == 9
    change = {"things": wiring.parts("things"), "task_id": task.id, "version": 1}
    checked("tasks.change", lambda: service.change_task(**paid, **change, changes={"priority": "high"}))
    checked("tasks.complete", lambda: service.complete_task(**paid, task_id=found[-1].id))
    checked("tasks.complete-repeating", lambda: service.complete_task(**paid, task_id=task.id))
    checked("tasks.delete", lambda: service.delete_task(**ids | {"task_id": found[-2].id}, clock=clock))
    checked("tasks.due", lambda: service.due_reminders(table=priced, now=clock.now() - timedelta(days=9), limit=50))
    checked("days.mine", lambda: calendar.my_day(table=priced, workspace=workspace, user_id="ana", now=clock.now()))
    feed = {"clock": clock, "signer": runtime.signer, "workspace_id": workspace.id, "user_id": "ana"}
    made = checked(
        "feeds.make", lambda: calendar.make_feed(table=priced, **feed, nonce=runtime.new_id(), changed_by="")
    )
    token = calendar.address_of(made, signer=runtime.signer, public_url="").rpartition("/")[2]
    agenda = checked(
        "feeds.read",
        lambda: calendar.open_feed(table=priced, now=clock.now(), token=token, things=wiring.parts("things")),
    )
    assert len(agenda.tasks) == 7
