"""Every access pattern of activities and files costs what docs/data-model.md says."""

from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.files import service as files
from chalicelib.customers.timeline import service as timeline
from chalicelib.customers.timeline.domain import About
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import NOON


@dataclass
class Place:
    """A contact, and what the services want to know."""

    runtime: Runtime
    priced: PricedTable
    workspace_id: str
    contact_id: str

    @property
    def here(self) -> dict[str, Any]:
        return {"table": self.priced, "workspace_id": self.workspace_id, "things": self.runtime.parts("things")}

    @property
    def about(self) -> dict[str, Any]:
        return {**self.here, "about": About("contact", self.contact_id)}

    def checked(self, name: str, work: Any) -> Any:
        self.priced.reset()
        result = work()
        check(name, self.priced)
        return result


@pytest.fixture
def place(runtime: Runtime, clock: FixedClock) -> Place:
    workspace = create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")
    made = contacts.create_contact(
        table=runtime.table, clock=clock, workspace=workspace, contact_id=runtime.new_id(), values={"first_name": "Ana"}
    )
    members.add_member(
        table=runtime.table, clock=clock, workspace_id=workspace.id, user_id="kim", email="kim@acme.example", name="Kim",
        role=Role.SALES,
    )  # fmt: skip
    return Place(runtime, PricedTable(runtime.table), workspace.id, made.id)


def test_activities(place: Place, clock: FixedClock) -> None:
    def write(**values: Any) -> Any:
        return timeline.write_activity(
            **place.about, activity_id=place.runtime.new_id(), kind="call", values=values, actor="member:1"
        )

    call = place.checked("activities.write", lambda: write(text="Hola"))
    planned = place.checked("activities.plan", lambda: write(at=NOON.replace(month=12), subject="Demo"))
    assert planned.planned
    place.checked("activities.mention", lambda: write(text="Hola", mentions=["kim"]))
    place.checked(
        "activities.change",
        lambda: timeline.change_activity(
            **place.about, clock=clock, activity_id=call.id, version=1, changes={"text": "Adiós"}, actor="member:1"
        ),
    )
    move = {"at": NOON.replace(day=25)}
    moved = place.checked(
        "activities.move",
        lambda: timeline.change_activity(
            **place.about, clock=clock, activity_id=planned.id, version=1, changes=move, actor="member:1"
        ),
    )
    pin = {**place.about, "clock": clock, "activity_id": call.id}
    place.checked("activities.pin", lambda: timeline.pin(**pin, pinned=True))
    pinned = place.checked("activities.pinned", lambda: timeline.pinned_activities(**place.about))
    assert [each.id for each in pinned] == [call.id]
    found = place.checked("mentions.list", lambda: timeline.mentions_of(**place.here, user_id="kim"))
    assert len(found[0]) == 1
    delete = {**place.about, "clock": clock, "activity_id": moved.id, "version": 2, "actor": "member:1"}
    place.checked("activities.delete", lambda: timeline.delete_activity(**delete))


def test_files(place: Place, clock: FixedClock) -> None:
    runtime, about = place.runtime, ("contact", place.contact_id)
    keep: dict[str, Any] = {**place.here, "clock": clock, "files": runtime.files}
    file, _ = place.checked(
        "files.announce",
        lambda: files.announce(
            **keep, file_id=runtime.new_id(), about=about, file_name="a.txt", media_type="text/plain", size=4,
            actor="member:1",
        ),
    )  # fmt: skip
    runtime.files.receive(file.waiting_key, b"hola")  # type: ignore[attr-defined]
    place.checked("files.complete", lambda: files.complete(**keep, file_id=file.id))
    one = {"table": place.priced, "workspace_id": place.workspace_id, "file_id": file.id}
    place.checked("files.get", lambda: files.get_file(**one))
    found = place.checked("files.list", lambda: files.files_of(**place.here, about=about))
    assert [each.id for each in found] == [file.id]
    place.checked("files.delete", lambda: files.delete_file(**one, clock=clock, actor="member:1"))
