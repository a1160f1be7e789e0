"""Tasks with the names of what they are about, for whoever shows some."""

from collections.abc import Sequence
from typing import Any

from chalicelib.customers.tasks import service
from chalicelib.customers.tasks.domain import Task
from chalicelib.customers.tasks.schemas import TaskOut
from chalicelib.foundation.http import Call


def shown_tasks(call: Call[Any], tasks: Sequence[Task]) -> list[TaskOut]:
    """The tasks; what the caller may not read is not named."""
    things = call.runtime.parts("things")
    titles = service.titles_of(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        tasks=tasks,
        things=things,
        kinds=[kind for kind, thing in things.items() if call.actor.may(thing.read)],
    )
    return [TaskOut.of(task, titles) for task in tasks]
