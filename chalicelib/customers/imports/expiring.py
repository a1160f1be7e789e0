"""Imports whose time is over: their rows, and what is left of their files."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.customers.imports import store
from chalicelib.customers.imports.records import import_partition
from chalicelib.customers.journals.service import folder
from chalicelib.customers.retention.domain import Expired, Expiring
from chalicelib.foundation.ids import first_id
from chalicelib.foundation.runtime import Runtime


class _Imports:
    """Imports with their pieces. What they brought in stays."""

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Delete a page of them, the newest of the old first; one that still runs stays."""
        page = store.recent(runtime.table, workspace_id, before=start or first_id(before), limit=limit)
        old = [each.id for each in page if each.finished_at is not None and each.finished_at < before]
        for import_id in old:
            runtime.files.delete(runtime.files.keys(folder(workspace_id, "imports", import_id)))
            keys = sorted(runtime.table.keys(import_partition(workspace_id, import_id)), key=_last)
            runtime.table.write_many([], deletes=keys)
        return Expired(len(old), page[-1].id if len(page) == limit else None)


def _last(key: Sequence[str]) -> bool:
    return key[1] == "IMPORT"


EXPIRING: Expiring = _Imports()
