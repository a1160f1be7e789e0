"""Tasks as things that files hang on; see `chalicelib.customers.things`."""

from collections.abc import Collection

from chalicelib.customers.tasks import service as tasks
from chalicelib.customers.things import Things
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.table import Table


class _Tasks:
    read, write = "tasks:read", "tasks:write"

    def titles(self, table: Table, workspace_id: str, ids: Collection[str]) -> dict[str, str]:
        found = {}
        for task_id in ids:
            try:
                found[task_id] = tasks.get_task(table=table, workspace_id=workspace_id, task_id=task_id).title
            except NotFoundError:
                continue
        return found

    def all_ids(self, table: Table, workspace_id: str, thing_id: str) -> tuple[str, ...]:
        return (tasks.get_task(table=table, workspace_id=workspace_id, task_id=thing_id).id,)


TASKS: Things = _Tasks()
