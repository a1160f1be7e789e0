"""What imports, bulk actions, exports and their jobs cost, as docs/data-model.md says."""

from typing import Any

import pytest

from chalicelib.customers.bulk import consumers as bulk_consumers
from chalicelib.customers.bulk import service as bulk
from chalicelib.customers.bulk.domain import BulkAction
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.exports import service as exports
from chalicelib.customers.imports import running
from chalicelib.customers.imports import service as imports
from chalicelib.customers.imports.domain import Import, State
from chalicelib.customers.work import service as work
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.segments import service as segments
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace, get_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check

ROWS = 10


@pytest.fixture
def priced(runtime: Runtime) -> PricedTable:
    """The test's table, with its prices."""
    table = PricedTable(runtime.table)
    runtime.__dict__["table"] = table
    return table


@pytest.fixture
def workspace(runtime: Runtime, priced: PricedTable, workspace_id: str) -> Workspace:
    """A workspace that this function has read already."""
    create_workspace(table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, name="Acme")
    return get_workspace(table=runtime.table, workspace_id=workspace_id)


def sent(runtime: Runtime, workspace: Workspace, mode: Any = "both") -> Import:
    """An import whose file has been read: ten people with an address."""
    begun = imports.begin(
        runtime=runtime,
        workspace=workspace,
        import_id=runtime.new_id(),
        file_name="x.csv",
        kind="contact",
        mode=mode,
        match_field="email",
        language="es",
        created_by="member:x",
    )
    rows = "".join(f"Ana {n},García López,ana{n}@example.com,Madrid\n" for n in range(ROWS))
    runtime.files.receive(begun.importing.source, f"name,last_name,email,city\n{rows}".encode())  # type: ignore[attr-defined]
    imports.read_if_sent(runtime=runtime, importing=begun.importing)
    running.work(runtime, workspace.id, begun.importing.id)
    return imports.get_import(runtime=runtime, workspace_id=workspace.id, import_id=begun.importing.id)


def started(runtime: Runtime, workspace: Workspace, importing: Import, **more: Any) -> Import:
    where: dict[str, Any] = {"runtime": runtime, "workspace": workspace, "importing": importing}
    return imports.start(**where, mapping=None, dry_run=False, by="member:x", **more)


def test_an_import(runtime: Runtime, priced: PricedTable, workspace: Workspace) -> None:
    priced.reset()
    begun = imports.begin(
        runtime=runtime,
        workspace=workspace,
        import_id=runtime.new_id(),
        file_name="x.csv",
        kind="contact",
        mode="both",
        match_field="email",
        language="es",
        created_by="member:x",
    )
    reads = priced.reads
    check("imports.begin", priced)
    assert reads <= 1
    priced.reset()
    imports.get_import(runtime=runtime, workspace_id=workspace.id, import_id=begun.importing.id)
    check("imports.get", priced)
    importing = sent(runtime, workspace)
    assert importing.state is State.READY
    started(runtime, workspace, importing)
    priced.reset()
    running.work(runtime, workspace.id, importing.id)
    check("imports.create-ten", priced)
    imports.undo(
        runtime=runtime,
        importing=imports.get_import(runtime=runtime, workspace_id=workspace.id, import_id=importing.id),
        by="member:x",
    )
    priced.reset()
    running.work(runtime, workspace.id, importing.id)
    check("imports.undo-ten", priced)
    priced.reset()
    imports.tick(runtime=runtime)
    check("imports.due", priced)


def test_rows_that_change_nothing(runtime: Runtime, priced: PricedTable, workspace: Workspace) -> None:
    importing = started(runtime, workspace, sent(runtime, workspace))
    running.work(runtime, workspace.id, importing.id)
    again = started(runtime, workspace, sent(runtime, workspace))
    priced.reset()
    running.work(runtime, workspace.id, again.id)
    check("imports.unchanged-ten", priced)


def test_people_into_a_segment(runtime: Runtime, priced: PricedTable, workspace: Workspace) -> None:
    first = started(runtime, workspace, sent(runtime, workspace))
    running.work(runtime, workspace.id, first.id)
    where = {"table": runtime.table, "clock": runtime.clock, "workspace_id": workspace.id}
    emails = [f"ana{number}@example.com" for number in range(2)]
    present = contacts.find_by_emails(table=runtime.table, workspace_id=workspace.id, emails=emails)
    segment = segments.create_static(
        **where, segment_id=runtime.new_id(), name="Feria", contact_ids=list(present.values())
    )
    again = started(runtime, workspace, sent(runtime, workspace), segment={"id": segment.id})
    priced.reset()
    running.work(runtime, workspace.id, again.id)
    check("imports.into-segment-ten", priced)
    done = imports.get_import(runtime=runtime, workspace_id=workspace.id, import_id=again.id)
    assert done.segment is not None
    assert (done.segment.added, done.segment.present) == (ROWS - 2, 2)
    imports.undo(runtime=runtime, importing=done, by="member:x")
    priced.reset()
    running.work(runtime, workspace.id, again.id)
    check("imports.undo-segment-ten", priced)
    left = segments.get_segment(table=runtime.table, workspace_id=workspace.id, segment_id=segment.id)
    assert left.count == 2


def test_a_bulk_action(runtime: Runtime, priced: PricedTable, workspace: Workspace) -> None:
    importing = started(runtime, workspace, sent(runtime, workspace))
    running.work(runtime, workspace.id, importing.id)
    priced.reset()
    job = bulk.ask(
        runtime=runtime,
        workspace=workspace,
        job_id=runtime.new_id(),
        kind="contact",
        ids=None,
        filter=[],
        action=BulkAction("tag", {"tags": ["feria"]}),
        me="",
        created_by="member:x",
    )
    check("bulk.ask", priced)
    order = runtime.queues.on("jobs")[-1]  # type: ignore[attr-defined]
    priced.reset()
    bulk_consumers.handle(runtime, order)
    check("bulk.tag-ten", priced)
    done = jobs.get_job(table=runtime.table, clock=runtime.clock, workspace_id=workspace.id, job_id=job.id)
    assert done.result is not None
    assert done.result["changed"] == ROWS
    priced.reset()
    jobs.list_jobs(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace.id,
        sees=lambda _: True,
        before="",
        limit=10,
    )
    check("jobs.list", priced)


def test_an_export(runtime: Runtime, priced: PricedTable, workspace: Workspace) -> None:
    importing = started(runtime, workspace, sent(runtime, workspace))
    running.work(runtime, workspace.id, importing.id)
    priced.reset()
    exports.ask(
        runtime=runtime,
        workspace=workspace,
        job_id=runtime.new_id(),
        kind="contact",
        kinds=["contact"],
        ids=None,
        filter=[],
        columns=None,
        format_="csv",
        language="es",
        me="",
        created_by="member:x",
    )
    check("exports.ask", priced)
    order = runtime.queues.on("exports")[-1]  # type: ignore[attr-defined]
    priced.reset()
    work.run(runtime=runtime, envelope=order, steps={exports.KIND: exports.write})
    check("exports.ten", priced)
    priced.reset()
    work.tick(runtime)
    check("work.due", priced)
