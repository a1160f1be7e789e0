"""Judging a campaign's kept hits anew with the present rules: a job that goes through the log, shard by shard. Labels, rows, counts,
scores and timelines follow; done again it changes nothing.
"""

from collections import Counter
from itertools import groupby
from typing import Any

from chalicelib.customers.work import service as work
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.tracking import hits, store
from chalicelib.marketing.tracking.judging import HITS_LIMIT
from chalicelib.marketing.tracking.records import HitRecord
from chalicelib.workspaces.jobs.domain import Job, State

KIND = "reclassify"
_PAGE = 5 * HITS_LIMIT  # more than one recipient can have


def ask(*, runtime: Runtime, workspace_id: str, campaign_id: str, job_id: str, created_by: str) -> Job:
    """Order it; `ConflictError` for a campaign that was never sent."""
    campaign = campaigns.get_campaign(table=runtime.table, workspace_id=workspace_id, campaign_id=campaign_id)
    if campaign.started_at is None:
        raise ConflictError("A campaign that was not sent has no opens and clicks.")
    return work.begin(
        runtime=runtime,
        workspace_id=workspace_id,
        job_id=job_id,
        kind=KIND,
        queue="jobs",
        data={"campaign_id": campaign_id},
        created_by=created_by,
        permission="campaigns:read",
        chunks=campaign.shards,
        total=campaign.shards,
    )


def step(worker: work.Worker) -> None:
    """Go on, page by page, until time is over or all shards are done."""
    runtime, own = worker.runtime, worker.work
    campaign_id = str(own.data["campaign_id"])
    try:
        body = campaigns.get_body(table=runtime.table, workspace_id=own.workspace_id, campaign_id=campaign_id)
    except NotFoundError:
        worker.end(State.DONE, result={})
        return
    while worker.work.chunk < worker.work.chunks:
        if worker.progress(worker.work.chunk).cancel_asked:
            worker.end(State.CANCELLED, result=dict(worker.work.counts))
            return
        shard, start = worker.work.chunk, worker.work.position.get("hit")
        records, more = store.page(runtime.table, own.workspace_id, campaign_id, shard, start=start, limit=_PAGE)
        if more is not None:  # the last recipient's hits may go on: they begin the next page
            records, more = _whole(records)
        counts = Counter(worker.work.counts) + _judge(worker, records, len(body.links))
        place: dict[str, Any] = {"position": {"hit": more}} if more else {"position": None, "chunk": shard + 1}
        worker.advance(counts=dict(counts), **place)
        if worker.over and worker.work.chunk < worker.work.chunks:
            worker.later()
            return
    worker.progress(worker.work.chunk)
    worker.end(State.DONE, result={name: worker.work.counts.get(name, 0) for name in ("people", "hits", "changed")})


def _whole(records: list[HitRecord]) -> tuple[list[HitRecord], dict[str, Any] | None]:
    last = records[-1].contact_id
    kept = [record for record in records if record.contact_id != last] or records
    return kept, kept[-1].key.image()


def _judge(worker: work.Worker, records: list[HitRecord], links: int) -> Counter[str]:
    runtime, counts = worker.runtime, Counter[str]()
    for contact_id, own in groupby(records, key=lambda record: record.contact_id):
        alive = [record for record in own if not record.expired(worker.now)]
        if not alive:
            continue
        key = sending.ledger_key(
            workspace_id=worker.work.workspace_id,
            campaign_id=alive[0].campaign_id,
            contact_id=contact_id,
            shard=worker.work.chunk,
        )
        row = sending.read(table=runtime.table, key=key)
        if row is None or not row.email:
            continue  # erased meanwhile: what was counted stays
        found = [store.to_domain(record) for record in alive]
        changed = hits.judge(table=runtime.table, row=row, found=found, links=links, now=worker.now)
        counts += Counter(people=1, hits=len(found), changed=changed)
    return counts


class _Jobs:
    """The part of it in jobs: it can be stopped."""

    def undo(self, runtime: Runtime, job: Job, *, job_id: str, by: str) -> Job:  # noqa: ARG002
        """There is nothing to take back: labels follow from hits and rules."""
        raise ConflictError("This job cannot be undone.", current=job)

    def result(self, runtime: Runtime, job: Job) -> Any:  # noqa: ARG002
        """As it is."""
        return job.result


JOBS = _Jobs()
