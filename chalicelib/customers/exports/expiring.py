"""Exports whose time is over: their jobs, and what is left of their files."""

from datetime import datetime

from chalicelib.customers.journals.service import folder
from chalicelib.customers.retention.domain import Expired, Expiring
from chalicelib.foundation.ids import first_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.jobs import service as jobs

_KINDS = ("export", "personal_data_export")


class _Exports:
    """Jobs that made files."""

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Delete a page of them, the newest of the old first."""
        page = jobs.newest_jobs(
            table=runtime.table, workspace_id=workspace_id, before=start or first_id(before), limit=limit
        )
        old = [job for job in page if job.kind in _KINDS]
        for job in old:
            runtime.files.delete(runtime.files.keys(folder(workspace_id, "exports", job.id)))
            key = str((job.result or {}).get("file_key") or "")
            if key.startswith(f"tmp/{workspace_id}/"):
                runtime.files.delete([key])
        jobs.forget(table=runtime.table, workspace_id=workspace_id, job_ids=[job.id for job in old])
        return Expired(len(old), page[-1].id if len(page) == limit else None)


EXPIRING: Expiring = _Exports()
