"""Messages are written some recipients ahead of their turn; what leaves is as fresh as what was looked up last."""

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.sending.domain import Reason, State
from tests.contract.marketing.campaign_world import NumberedMailer, World
from tests.memory_dynamodb import MemoryDynamoDB

PEOPLE = 30


class SlowMailer(NumberedMailer):
    """Takes a second for each message; ``then`` is done when the second has left."""

    def __init__(self, world: World):
        super().__init__()
        self.world, self.then = world, lambda: None

    def send(self, *, source, recipient, mime, tags=None):
        found = super().send(source=source, recipient=recipient, mime=mime, tags=tags)
        self.world.later(seconds=1)
        if len(self.sent) == 2:
            self.then()
        return found


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(campaigns, "SHARDS_LEAST", 1)
    made = World(Table(MemoryDynamoDB(), "t"), people=PEOPLE)
    made.mailer = made.runtime.mailer = SlowMailer(made)
    return made


def test_each_gets_their_own(world: World) -> None:
    campaign_id = world.campaign()
    world.send(campaign_id)
    world.drain()
    written = {tags["recipient"]: (recipient, mime) for _, recipient, mime, tags in world.mailer.sent}
    assert len(written) == len(world.mailer.sent) == PEOPLE
    for contact_id, (recipient, mime) in written.items():
        assert f"To: {recipient}\r\n".encode() in mime
        assert f"Message-ID: <{campaign_id}.{contact_id}.1@".encode() in mime


def test_who_is_edited_meanwhile_gets_the_new_text(world: World) -> None:
    campaign_id = world.campaign()

    def edit() -> None:
        for contact_id in world.contacts:
            present = contacts.get_contact(table=world.table, workspace_id=world.id, contact_id=contact_id)
            contacts.change_contact(
                table=world.table, clock=world.clock, workspace=world.workspace, contact_id=contact_id,
                version=present.version, changes={"first_name": "Berta"},
            )  # fmt: skip

    world.mailer.then = edit
    world.send(campaign_id)
    world.drain()
    subjects = [mime.partition(b"Subject: Hola ")[2].partition(b"\r\n")[0] for _, _, mime, _ in world.mailer.sent]
    # What was looked up may be ten seconds old, and a message takes one of them here.
    assert subjects[:2] == [b"Ana", b"Ana"]
    assert set(subjects[12:]) == {b"Berta"}


def test_who_goes_meanwhile_gets_nothing(world: World) -> None:
    campaign_id = world.campaign()
    last: list[str] = []

    def leave() -> None:
        last.append(max(world.contacts))
        contacts.delete_contact(
            table=world.table, clock=world.clock, workspace_id=world.id, contact_id=last[0], deleted_by="member:test"
        )

    world.mailer.then = leave
    world.send(campaign_id)
    world.drain()
    row = world.row(campaign_id, last[0])
    assert (row.state, row.reason) == (State.SUPPRESSED, Reason.CONTACT_DELETED)
    assert last[0] not in {tags["recipient"] for *_, tags in world.mailer.sent}
