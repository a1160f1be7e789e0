"""The demo's tasks and planned meetings, its assignment rule and its response target."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chalicelib import wiring
from chalicelib.customers.assignment import service as assignment
from chalicelib.customers.assignment.domain import (
    AssignmentRule,
    AssignmentRules,
    ResponseTarget,
    RuleCondition,
    Strategy,
    WorkingHours,
)
from chalicelib.customers.leads import service as leads
from chalicelib.customers.leads.domain import LeadStatus
from chalicelib.customers.tasks import service
from chalicelib.customers.tasks.domain import instant_of
from chalicelib.customers.timeline import service as timeline
from chalicelib.customers.timeline.domain import About
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.customers import Town

_ANSWER_WITHIN = 240
_TO_ANSWER = 4


@dataclass(frozen=True)
class _Plan:
    """A task: for which member of the team, in how many days, at what hour if at one, about which contact or company of the town."""

    title: str
    who: int
    days: int
    hour: str = ""
    kind: str = "todo"
    contact: int | None = None
    company: int | None = None
    priority: str = "normal"
    repeat: str = ""
    note: str = ""
    remind: bool = False
    done: bool = False


_TASKS = (
    _Plan(
        "Enviar la propuesta de fidelización",
        0,
        -2,
        kind="email",
        contact=3,
        priority="high",
        note="Con los dos planes y el descuento por pago anual.",
    ),
    _Plan("Llamar para cerrar fecha de la demostración", 0, -1, "11:00", "call", contact=11),
    _Plan("Revisar el embudo con el equipo", 0, 0, "09:30", "meeting", repeat="FREQ=WEEKLY;BYDAY=MO,TH"),
    _Plan("Responder las dudas sobre la integración", 0, 0, kind="email", contact=25),
    _Plan("Preparar el pedido de muestras", 0, 0, company=4, note="Pide 20 unidades de cada color."),
    _Plan("Llamar para renovar el contrato", 0, 1, "10:15", "call", contact=42, priority="high", remind=True),
    _Plan("Visitar la tienda nueva", 0, 3, "16:30", "meeting", company=7),
    _Plan("Enviar el boletín a los distribuidores", 0, 5, repeat="FREQ=MONTHLY;BYMONTHDAY=1", kind="email"),
    _Plan("Felicitar a los clientes por su aniversario", 0, 9, repeat="FREQ=MONTHLY;BYDAY=1MO"),
    _Plan("Actualizar las tarifas de 2027", 0, 24, priority="low"),
    _Plan("Recoger las firmas del acuerdo", 0, -4, contact=8, done=True),
    _Plan("Mandar el catálogo de otoño", 0, -6, kind="email", company=2, done=True),
    _Plan("Preparar la campaña de invierno", 1, 2, priority="high"),
    _Plan("Pedir el logotipo en alta resolución", 1, 0, kind="email", company=9),
    _Plan("Hacer seguimiento del presupuesto", 2, 0, "12:00", "call", contact=60),
    _Plan("Confirmar la instalación", 2, 4, "09:00", "meeting", company=12),
    _Plan("Call back about the loyalty programme", 3, 0, "15:00", "call", contact=101, priority="high"),
    _Plan("Send the signed quote", 3, 1, kind="email", contact=77),
    _Plan("Check in after onboarding", 3, 7, "10:00", "call", contact=140, repeat="FREQ=MONTHLY"),
)
_MEETINGS = (
    (0, 1, "12:00", "Demostración del programa de fidelización", 42),
    (0, 2, "17:00", "Café con la dirección comercial", 3),
    (3, 2, "11:00", "Product walk-through", 101),
)


def make_tasks(runtime: Runtime, workspace: Workspace, now: datetime, *, town: Town, owners: Sequence[str]) -> None:
    """Tasks of the whole team, some of them done, and what is planned. Safe to repeat."""
    today = now.astimezone(workspace.zone).date()
    for number, plan in enumerate(_TASKS):
        made = FixedClock(now - timedelta(days=8, minutes=37 * number))
        owner = owners[plan.who]
        task = service.create_task(
            table=runtime.table, clock=made, workspace=workspace, things=wiring.parts("things"),
            task_id=derived_id(made.now(), "task", plan.title), values=_values(plan, workspace, today, town, owner),
            changed_by=f"member:{owner}",
        )  # fmt: skip
        if plan.done:
            finished = FixedClock(now + timedelta(days=plan.days, hours=-1))
            service.complete_task(
                table=runtime.table, clock=finished, workspace=workspace, task_id=task.id, changed_by=f"member:{owner}"
            )  # fmt: skip
    for who, days, hour, subject, contact in _MEETINGS:
        at = _moment(workspace, today + timedelta(days=days), hour)
        timeline.write_activity(
            table=runtime.table, workspace_id=workspace.id, about=About("contact", town.contact_ids[contact]),
            things=wiring.parts("things"), activity_id=derived_id(now - timedelta(days=1), "meeting", subject), kind="meeting",
            values={"subject": subject, "at": at, "ends_at": at + timedelta(hours=1), "planned": True},
            actor=f"member:{owners[who]}",
        )  # fmt: skip


def make_assignment(runtime: Runtime, workspace: Workspace, now: datetime, *, owners: Sequence[str]) -> None:
    """From now on leads are shared among sales, and are to be answered within four hours of work; the newest are so already."""
    sales = (owners[2], owners[3])
    rules = (
        AssignmentRule(
            "english", "English-speaking leads", Strategy.FIXED, (owners[3],), (RuleCondition("language", "is", "en"),)
        ),
        AssignmentRule("everybody", "Reparto entre ventas", Strategy.ROUND_ROBIN, sales),
    )
    week = tuple(WorkingHours(day, *span) for day in range(1, 6) for span in (("09:00", "14:00"), ("15:00", "18:00")))
    holidays = frozenset(
        {date(now.year, 12, 8), date(now.year, 12, 25), date(now.year + 1, 1, 1), date(now.year + 1, 1, 6)}
    )
    settings = {"table": runtime.table, "clock": runtime.clock, "workspace_id": workspace.id, "changed_by": "seed"}
    with contextlib.suppress(ConflictError):
        assignment.set_rules(**settings, rules=AssignmentRules(rules))  # type: ignore[arg-type]
    with contextlib.suppress(ConflictError):
        target = ResponseTarget(_ANSWER_WITHIN, True, week, holidays)
        assignment.set_target(**settings, target=target)  # type: ignore[arg-type]
    newest = leads.list_leads(table=runtime.table, workspace=workspace, status=LeadStatus.NEW, limit=_TO_ANSWER)
    for lead in newest.items:
        assignment.assign_lead(table=runtime.table, clock=runtime.clock, workspace=workspace, lead_id=lead.id)


def _values(plan: _Plan, workspace: Workspace, today: date, town: Town, owner: str) -> dict[str, object]:
    due_at = _moment(workspace, today + timedelta(days=plan.days), plan.hour or "12:00")
    about = None
    if plan.contact is not None:
        about = ("contact", town.contact_ids[plan.contact])
    elif plan.company is not None:
        about = ("company", town.company_ids[plan.company])
    return {
        "title": plan.title,
        "note": plan.note,
        "kind": plan.kind,
        "due_at": due_at,
        "has_time": bool(plan.hour),
        "remind_at": due_at - timedelta(minutes=30) if plan.remind else None,
        "rrule": plan.repeat,
        "assignee_id": owner,
        "about": about,
        "priority": plan.priority,
    }


def _moment(workspace: Workspace, day: date, hour: str) -> datetime:
    return instant_of(datetime.combine(day, time.fromisoformat(hour)), workspace.zone)
