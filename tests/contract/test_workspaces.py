"""The access patterns of workspaces, members, API keys, audit and jobs on DynamoDB Local, with the units they consume."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Actor
from chalicelib.foundation.mail import FakeMailer
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.sending import service as sending
from chalicelib.workspaces.access import Access
from chalicelib.workspaces.api_keys import service as api_keys
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import PERMISSIONS, Role
from chalicelib.workspaces.notices import service as notices
from chalicelib.workspaces.notices.domain import NoticeState
from chalicelib.workspaces.notices.records import NoticeRecord, notice_key
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from infra.local.priced import PricedTable

Units = Callable[[], tuple[float, float]]


@pytest.fixture
def units(runtime: Runtime) -> Iterator[Units]:
    """``units()`` is (read, write) units since the last call."""
    consumed = runtime.table.consumed
    consumed.reset()

    def spent() -> tuple[float, float]:
        found = consumed.reads, consumed.writes
        consumed.reset()
        return found

    yield spent
    consumed.enabled = False


@pytest.fixture
def made(runtime: Runtime, workspace_id: str) -> Workspace:
    return settings.create_workspace(
        table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, name="Acme", shards={"contacts": 4}
    )


@pytest.fixture
def here(runtime: Runtime, made: Workspace) -> dict[str, Any]:
    return {"table": runtime.table, "clock": runtime.clock, "workspace_id": made.id}


def add(here: dict[str, Any], user_id: str, role: Role) -> None:
    members.add_member(**here, user_id=user_id, email=f"{user_id}@acme.example", name=user_id, role=role)


def test_a_workspace_is_read_once_a_minute(
    runtime: Runtime, made: Workspace, units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("chalicelib.workspaces.settings.service.time.monotonic", lambda: now[0])
    units()
    for _ in range(10):
        found = settings.get_workspace(table=runtime.table, workspace_id=made.id)
    assert units() == (0.5, 0.0)
    assert found == made
    assert found.shards_of("contacts") == 4
    assert found.shards_of("leads") == 1
    now[0] += 60
    settings.get_workspace(table=runtime.table, workspace_id=made.id)
    assert units() == (0.5, 0.0)


def test_making_a_workspace_again_changes_nothing(runtime: Runtime, made: Workspace) -> None:
    again = settings.create_workspace(table=runtime.table, clock=runtime.clock, workspace_id=made.id, name="Other")
    assert again == made


def test_a_changed_workspace_is_seen_at_once_here(runtime: Runtime, made: Workspace, units: Units) -> None:
    settings.get_workspace(table=runtime.table, workspace_id=made.id)
    units()
    values: dict[str, Any] = {"table": runtime.table, "clock": runtime.clock, "workspace_id": made.id}
    changed = settings.change_workspace(**values, version=1, changes={"currency": "USD"}, changed_by="system")
    assert units() == (1.0, 1.0)
    assert settings.get_workspace(table=runtime.table, workspace_id=made.id) == changed
    with pytest.raises(ConflictError) as caught:
        settings.change_workspace(**values, version=1, changes={"currency": "GBP"}, changed_by="system")
    assert caught.value.current == changed


def test_the_day_is_the_workspaces(made: Workspace) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime

    late = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert settings.local_day(replace(made, time_zone="America/Bogota"), late) == "2026-11-21"
    assert settings.local_day(replace(made, time_zone="Europe/Madrid"), late) == "2026-11-22"


def test_members(runtime: Runtime, here: dict[str, Any], units: Units) -> None:
    priced = PricedTable(runtime.table)
    add({**here, "table": priced}, "ana", Role.OWNER)
    assert (
        priced.writes == 5.0
    )  # twice for the member and the number of owners, as in any transaction; once for the index
    priced.reset()
    add({**here, "table": priced}, "bo", Role.SALES)
    assert priced.writes == 2.0  # alone, so no transaction: once for the member, once for its index
    with pytest.raises(ConflictError):
        add(here, "bo", Role.VIEWER)
    units()
    page = members.page_of_members(table=runtime.table, workspace_id=here["workspace_id"], limit=10)
    assert [record.user_id for record in page.items] == ["ana", "bo"]
    assert units() == (0.5, 0.0)
    mine = members.memberships(table=runtime.table, user_id="ana")
    assert here["workspace_id"] in {member.workspace_id for member in mine}


def test_authentication(runtime: Runtime, here: dict[str, Any], units: Units) -> None:
    add(here, "cleo", Role.MARKETER)
    runtime.identity.add("cleo@acme.example", "Cleo", "x", "cleo")  # type: ignore[attr-defined]
    _, key = api_keys.add_api_key(**here, key_id=runtime.new_id(), name="x", scopes=frozenset({"contacts:read"}))
    access = Access()
    units()
    actor = access.authenticate(runtime, key, "")
    assert units() == (0.5, 2.0)  # found by its digest; its last use noted, in its index, too
    assert actor.permissions == {"contacts:read"}
    person = access.authenticate(runtime, "access.cleo", here["workspace_id"])
    assert units() == (0.5, 2.0)
    assert (person.role, person.email) == ("marketer", "cleo@acme.example")
    for _ in range(5):
        access.authenticate(runtime, key, "")
        access.authenticate(runtime, "access.cleo", here["workspace_id"])
    assert units() == (0.0, 0.0)


def test_api_keys(runtime: Runtime, here: dict[str, Any], units: Units) -> None:
    units()
    actor = Actor("member", "ana", here["workspace_id"], "owner", PERMISSIONS)
    key, _ = api_keys.create_api_key(
        **here, actor=actor, key_id=runtime.new_id(), name="x", scopes=frozenset({"contacts:read"})
    )
    assert units() == (0.0, 2.0)
    priced = PricedTable(runtime.table)
    api_keys.revoke_api_key(**{**here, "table": priced}, actor=actor, key_id=key.id)
    assert (priced.reads, priced.writes) == (
        1.0,
        6.0,
    )  # the key, a line of the audit and their indexes, in a transaction


def test_audit_and_jobs(runtime: Runtime, here: dict[str, Any], units: Units) -> None:
    row = audit.audit_entry(
        workspace_id=here["workspace_id"],
        id=runtime.new_id(),
        at=runtime.clock.now(),
        actor="member:ana",
        action="deal.changed",
        subject_id="d1",
        before={"amount": 1},
        after={"amount": 2},
    )
    units()
    runtime.table.put(row)
    assert units() == (0.0, 2.0)
    of_deal = {"table": runtime.table, "workspace_id": here["workspace_id"]}
    found = audit.page_of_subject(**of_deal, subject_id="d1", limit=50)
    assert [(record.action, record.after) for record in found.items] == [("deal.changed", {"amount": 2})]
    assert audit.page_of_subject(**of_deal, subject_id="d2", limit=50).items == []
    assert [audit.forget(**of_deal, subject_ids=["d1", "d2"]) for _ in range(2)] == [1, 0]
    [forgotten] = audit.page_of_subject(**of_deal, subject_id="d1", limit=50).items
    assert (forgotten.actor, forgotten.action, forgotten.before, forgotten.after) == (
        "member:ana",
        "deal.changed",
        {},
        {},
    )
    units()
    page = audit.page_of_entries(table=runtime.table, workspace_id=here["workspace_id"], day="2026-11-21", limit=50)
    assert [record.action for record in page.items] == ["deal.changed"]
    assert units() == (0.5, 0.0)
    job_id = runtime.new_id()
    jobs.create(**here, job_id=job_id, kind="report")
    jobs.progress(**here, job_id=job_id, done=1, total=2)
    jobs.finish(**here, job_id=job_id)
    assert units() == (0.0, 6.0)  # the item and its row in the list of jobs, three times
    assert jobs.get_job(**here, job_id=job_id).done == 1
    assert units() == (1.0, 0.0)


def test_a_notices_mail_is_known_by_the_providers_id(runtime: Runtime, here: dict[str, Any]) -> None:
    """Else every event of it would be asked for again until it lies among the dead letters."""
    mailer = FakeMailer()
    notice: dict[str, Any] = {"source": "a@example.com", "recipient": "b@example.com", "mime": b"Subject: x\r\n\r\ny"}
    for _ in range(2):
        assert notices.send_once(**here, mailer=mailer, notice_id="n1", **notice) is NoticeState.SENT
    assert len(mailer.sent) == 1
    record = runtime.table.get(NoticeRecord, notice_key(here["workspace_id"], "n1"))
    assert record is not None
    assert sending.find_message(table=runtime.table, message_id=record.message_id or "") == (True, None)
    assert sending.find_message(table=runtime.table, message_id="never") == (False, None)
