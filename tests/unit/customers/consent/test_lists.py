"""The suppression list brought in and written out; and a campaign to people who are all on it."""

import csv
import io

import pytest

from chalicelib.customers.consent import consumers, lists, service
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table import Table
from chalicelib.marketing.sending.domain import State
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.jobs.domain import State as JobState
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def world():
    return World(Table(MemoryDynamoDB(), "t"), people=3)


def run(world, *, twice=False):
    """The steps until there is none left; with ``twice`` each is delivered again."""
    while waiting := world.take():
        for queue, envelope, _ in waiting:
            assert queue == "jobs"
            consumers.handle(world.runtime, envelope)
            if twice:
                kept = list(world.queues.published)
                consumers.handle(world.runtime, envelope)
                world.queues.published[:] = kept


def bring(world, content, *, twice=False):
    job_id = new_id(world.clock.now())
    lists.begin_import(
        runtime=world.runtime, workspace_id=world.id, job_id=job_id, content=content,
        reason=SuppressionReason.MANUAL, actor="member:a",
    )  # fmt: skip
    run(world, twice=twice)
    return jobs.get_job(table=world.table, clock=world.clock, workspace_id=world.id, job_id=job_id)


def suppressed(world, *emails):
    found = service.suppressed(table=world.table, signer=world.runtime.signer, workspace_id=world.id, emails=emails)
    return {email: each.reason.value for email, each in found.items()}


def test_each_line_is_suppressed_with_its_reason(world):
    job = bring(
        world,
        "email;reason\r\nAna@Example.com;complained\r\n\r\nbad\r\nluis@example.com;who knows\r\n'=x@example.com\r\n",
    )
    assert job.state is JobState.DONE
    assert dict(job.result) == {"lines": 4, "suppressed": 3, "invalid": 1, "invalid_lines": [4]}
    assert suppressed(world, "ana@example.com", "luis@example.com") == {
        "ana@example.com": "complained",
        "luis@example.com": "manual",
    }
    assert not list(world.runtime.files.keys("tmp/"))


def test_the_first_reason_stays_and_a_step_may_come_twice(world):
    service.suppress(
        table=world.table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id,
        email="a1@example.com", reason="bounced",
    )  # fmt: skip
    lines = "\n".join(f"a{number}@example.com" for number in range(450))
    job = bring(world, lines, twice=True)
    assert (job.result["suppressed"], job.done, job.total) == (450, 450, 450)
    assert suppressed(world, "a1@example.com", "a449@example.com") == {
        "a1@example.com": "bounced",
        "a449@example.com": "manual",
    }


@pytest.mark.parametrize("content", ["email\n", "\n\n", "x@example.com\n" * (lists.LINES_LIMIT + 1)])
def test_too_few_or_too_many(world, content):
    with pytest.raises(InvalidError) as error:
        bring(world, content)
    assert error.value.fields[0].field == "csv"


def test_what_is_written_out_can_be_brought_in_elsewhere(world):
    bring(world, "ana@example.com,complained\nluis@example.com\n")
    job_id = new_id(world.clock.now())
    lists.begin_export(runtime=world.runtime, workspace_id=world.id, job_id=job_id, actor="member:a")
    run(world)
    job = jobs.get_job(table=world.table, clock=world.clock, workspace_id=world.id, job_id=job_id)
    content = world.runtime.files.get(job.result["file_key"]).decode()
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    assert job.result["rows"] == len(rows) == 2
    assert {row["reason"] for row in rows} == {"complained", "manual"}
    assert "@" not in content
    assert "file_key" not in lists.JOBS.result(world.runtime, job)
    other = World(world.table, people=0)
    bring(other, content)
    assert suppressed(other, "ana@example.com", "luis@example.com") == {
        "ana@example.com": "complained",
        "luis@example.com": "manual",
    }


def test_a_field_beyond_all_measure_is_refused_by_its_name(world):
    before = csv.field_size_limit(131_072)  # Python's own, which imports of files raise for the whole process
    try:
        with pytest.raises(InvalidError) as refused:
            bring(world, "a" * 140_000)
    finally:
        csv.field_size_limit(before)
    assert (refused.value.fields[0].field, refused.value.fields[0].code) == ("csv", "unreadable")


@pytest.mark.parametrize("second", [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, SuppressionReason.MANUAL])
def test_what_a_person_cannot_take_back_replaces_what_they_can(world, second):
    """Else a yes in the preference centre would bring back an address that bounced after it was unsubscribed."""

    def put(reason):
        found = service.suppress(
            table=world.table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id,
            email="ana@example.com", reason=reason,
        )  # fmt: skip
        return found.reason

    assert put(SuppressionReason.UNSUBSCRIBED) is SuppressionReason.UNSUBSCRIBED
    assert put(second) is second
    assert put(SuppressionReason.UNSUBSCRIBED) is second
    assert put(SuppressionReason.BOUNCED) is second
    service.unsubscribed_no_more(
        table=world.table, signer=world.runtime.signer, workspace_id=world.id, email="ana@example.com"
    )
    assert suppressed(world, "ana@example.com") == {"ana@example.com": second.value}


def test_a_person_takes_back_what_they_said_themselves(world):
    where = {"table": world.table, "signer": world.runtime.signer, "workspace_id": world.id, "email": "ana@example.com"}
    service.suppress(clock=world.clock, reason=SuppressionReason.UNSUBSCRIBED, **where)
    for _ in range(2):
        service.unsubscribed_no_more(**where)
        assert suppressed(world, "ana@example.com") == {}


def test_a_thousand_who_are_suppressed_get_nothing():
    world = World(Table(MemoryDynamoDB(), "t"), people=1000)
    bring(world, "\n".join(f"P{number}@example.com" for number in range(1000)))
    campaign_id = world.campaign()
    world.send(campaign_id)
    world.drain()
    assert not world.mailer.sent
    assert {(row.state, row.reason) for row in world.rows(campaign_id)} == {(State.SUPPRESSED, "suppressed:manual")}
    assert len(world.rows(campaign_id)) == 1000
