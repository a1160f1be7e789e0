"""Tasks in exports."""

from collections.abc import Callable
from typing import Any

from chalicelib.customers.exports.domain import SimplePart
from chalicelib.customers.tasks.domain import Task


def _own(name: str) -> Callable[[Task], Any]:
    return lambda task: getattr(task, name)


PART = SimplePart(
    "task",
    "tasks:read",
    ("Tareas", "Tasks"),
    (
        ("id", "Identificador de Clientela", "Clientela id", _own("id")),
        ("title", "Tarea", "Task", _own("title")),
        ("kind", "Tipo", "Kind", _own("kind")),
        ("state", "Estado", "State", lambda task: task.state.value),
        ("due_on", "Día", "Day", _own("due_on")),
        ("due_at", "Vence", "Due", lambda task: task.due_at if task.has_time else None),
        ("assignee", "Responsable", "Assignee", _own("assignee_id")),
        ("priority", "Prioridad", "Priority", _own("priority")),
        ("repeat", "Repetición", "Repeats", _own("rrule")),
        ("about_kind", "Sobre", "About", _own("about_kind")),
        ("about_id", "Identificador", "About id", _own("about_id")),
        ("contact_id", "Contacto", "Contact", _own("contact_id")),
        ("note", "Nota", "Note", _own("note")),
        ("done_at", "Hecha", "Done", _own("done_at")),
        ("created_at", "Creada", "Created", _own("created_at")),
        ("updated_at", "Cambiada", "Changed", _own("updated_at")),
    ),
    members=("assignee",),
)
