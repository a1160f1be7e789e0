"""Deals in exports, with the names of whom they are with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.exports.domain import SimplePart
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.pipelines.service import all_pipelines
from chalicelib.workspaces.settings.domain import Workspace


@dataclass(frozen=True, slots=True)
class _Row:
    deal: Deal
    contact: str
    email: str
    company: str
    pipeline: str
    stage: str
    probability: int | None


def _named(runtime: Runtime, workspace: Workspace, deals: Sequence[Any]) -> list[_Row]:
    table = runtime.table
    people = contacts.get_contacts(
        table=table, workspace_id=workspace.id, contact_ids={deal.contact_id for deal in deals} - {""}, follow=True
    )
    firms = companies.get_companies(
        table=table, workspace_id=workspace.id, company_ids={deal.company_id for deal in deals} - {""}, follow=True
    )
    pipelines = all_pipelines(table=table, workspace_id=workspace.id)
    rows = []
    for deal in deals:
        person, firm, pipeline = (
            people.get(deal.contact_id),
            firms.get(deal.company_id),
            pipelines.get(deal.pipeline_id),
        )
        stage = pipeline.find(deal.stage_id) if pipeline else None
        rows.append(
            _Row(
                deal,
                person.display_name if person else "",
                person.email if person else "",
                firm.name if firm else "",
                pipeline.name if pipeline else "",
                stage.name if stage else "",
                stage.probability if stage else None,
            )
        )
    return rows


def _own(name: str) -> Callable[[_Row], Any]:
    return lambda row: getattr(row.deal, name)


def _of(name: str) -> Callable[[_Row], Any]:
    return lambda row: getattr(row, name)


PART = SimplePart(
    "deal",
    "deals:read",
    ("Oportunidades", "Deals"),
    (
        ("id", "Identificador de Clientela", "Clientela id", _own("id")),
        ("title", "Título", "Title", _own("title")),
        ("amount", "Importe", "Amount", _own("amount_text")),
        ("currency", "Moneda", "Currency", _own("currency")),
        ("pipeline", "Canalización", "Pipeline", _of("pipeline")),
        ("stage", "Etapa", "Stage", _of("stage")),
        ("probability", "Probabilidad (%)", "Probability (%)", _of("probability")),
        ("status", "Estado", "Status", lambda row: row.deal.status.value),
        ("contact", "Contacto", "Contact", _of("contact")),
        ("email", "Correo electrónico", "E-mail", _of("email")),
        ("company", "Empresa", "Company", _of("company")),
        ("owner", "Responsable", "Owner", _own("owner_id")),
        ("expected_close", "Cierre previsto", "Expected close", _own("expected_close")),
        ("description", "Descripción", "Description", _own("description")),
        ("won_reason", "Motivo de la victoria", "Reason for winning", _own("won_reason")),
        ("lost_reason", "Motivo de la pérdida", "Reason for losing", _own("lost_reason")),
        ("closed_at", "Cerrada", "Closed", _own("closed_at")),
        ("created_at", "Creada", "Created", _own("created_at")),
        ("updated_at", "Cambiada", "Changed", _own("updated_at")),
    ),
    members=("owner",),
    prepare=_named,
    custom=lambda row: row.deal.custom,
)
