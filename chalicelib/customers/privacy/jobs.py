"""What an export for a person can do besides running: its file is linked for an hour whenever somebody looks."""

from collections.abc import Mapping
from typing import Any

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.jobs.domain import Job, JobPart


class _Exports:
    """The job ``personal_data_export``."""

    def undo(self, runtime: Runtime, job: Job, *, job_id: str, by: str) -> Job:  # noqa: ARG002 - a part takes what all are given
        """An export changes nothing."""
        raise ConflictError("There is nothing to undo.", current=job)

    def result(self, runtime: Runtime, job: Job) -> Mapping[str, Any] | None:
        """The result with a link to the file; its key is our own affair."""
        if job.result is None:
            return None
        shown = {name: value for name, value in job.result.items() if name != "file_key"}
        return {**shown, "file_url": runtime.files.link(str(job.result["file_key"]), seconds=3600)}


EXPORT: JobPart = _Exports()
