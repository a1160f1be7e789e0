"""A list is spread over more partitions while it is written and read, and no reader ever misses a record."""

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.listing import LISTING
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings import spreading
from chalicelib.workspaces.settings.consumers import handle
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace, get_workspace


def make(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> str:
    clock.advance(seconds=1)
    made = contacts.create_contact(
        table=runtime.table, clock=clock, workspace=workspace, contact_id=runtime.new_id(), values={"first_name": "Ana"}
    )
    return made.id


def test_readers_know_before_writers_do(runtime: Runtime, clock: FixedClock) -> None:
    table = runtime.table
    before = create_workspace(table=table, clock=clock, workspace_id=runtime.new_id(), name="x")
    here = {"table": table, "clock": clock, "workspace_id": before.id}
    during = spreading.spread(**here, queues=runtime.queues, collection="contacts", shards=4)  # type: ignore[arg-type]
    assert (during.shards_of("contacts"), during.new_shards_of("contacts")) == (4, 1)
    [(queue, order, delay)] = runtime.queues.published  # type: ignore[attr-defined]
    assert (queue, delay) == ("jobs", 120)
    handle(runtime, order)
    handle(runtime, order)
    after = get_workspace(table=table, workspace_id=before.id, fresh=True)
    assert (after.shards_of("contacts"), after.new_shards_of("contacts"), dict(after.growing)) == (4, 4, {})
    # what a function believes is a minute old at most, and the writers are told two minutes after the readers: so whoever
    # still believes the first reads beside those who believe the first two, and the second beside all
    for readers, writers in (((before, during), (before, during)), ((during, after), (before, during, after))):
        made = {make(runtime, clock, writers[number % len(writers)]) for number in range(12)}
        for workspace in readers:
            found, _ = LISTING.page(runtime, workspace, (), "-created", None, 100)
            assert made <= {each.id for each in found}
    shards = {contact.shard for contact in LISTING.page(runtime, after, (), "created", None, 100)[0]}
    assert len(shards) > 1


@pytest.mark.parametrize("shards", [0, 1, 2, 65])
def test_a_list_is_never_spread_over_fewer(runtime: Runtime, clock: FixedClock, shards: int) -> None:
    workspace = create_workspace(
        table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="x", shards={"contacts": 2}
    )
    with pytest.raises(InvalidError) as refused:
        spreading.spread(
            table=runtime.table, clock=clock, queues=runtime.queues, workspace_id=workspace.id, collection="contacts",
            shards=shards,
        )  # fmt: skip
    assert refused.value.fields[0].field == "shards"
