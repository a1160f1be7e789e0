"""The demo's quotes: one in each state that somebody looks for, and the policy that one of them waits for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.approvals.service import set_policy
from chalicelib.sales.deals.service import create_deal
from chalicelib.sales.quotes import service
from chalicelib.sales.quotes.domain import Quote, QuoteState
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.customers import Town

_TERMS = (
    "El 50 % a la firma y el resto a la entrega.\n"
    "Plazo de entrega: ocho semanas desde la aceptación.\n"
    "Los precios no incluyen la compra de fotografías ni la inversión en anuncios."
)
_OFFERS: tuple[tuple[int, QuoteState, str, tuple[tuple[str, str, str, str], ...]], ...] = (
    (40, QuoteState.EXPIRED, "Auditoría de captación", (("Auditoría de formularios y páginas", "1", "1450", "0"),)),
    (
        21,
        QuoteState.ACCEPTED,
        "Web y campaña de lanzamiento",
        (
            ("Diseño y maquetación de la web", "1", "4200", "5"),
            ("Redacción de contenidos (página)", "12", "65", "0"),
            ("Campaña de lanzamiento (mes)", "3", "450", "0"),
        ),
    ),
    (
        4,
        QuoteState.ISSUED,
        "Automatización de correo",
        (("Puesta en marcha y plantillas", "1", "1800", "0"), ("Acompañamiento (mes)", "6", "390", "10")),
    ),
    (
        2,
        QuoteState.PENDING,
        "Programa de fidelización",
        (("Diseño del programa", "1", "5200", "0"), ("Desarrollo e integración", "1", "14500", "20")),
    ),
    (1, QuoteState.DRAFT, "Taller de métricas", (("Taller para el equipo (jornada)", "2", "900", "0"),)),
)


def make_quotes(runtime: Runtime, workspace: Workspace, now: datetime, *, town: Town, owners: Sequence[str]) -> None:
    """Five deals with a quote each; what follows (PDF, timelines, mails to members) is derived by the deployed functions."""
    table = runtime.table
    set_policy(
        table=table, clock=FixedClock(now - timedelta(days=60)), workspace_id=workspace.id, enabled=True,
        limits={workspace.currency: Decimal(15000)}, discount_above=Decimal(15), role="admin", version=0, changed_by="seed",
    )  # fmt: skip
    employed = [number for number, person in enumerate(town.people) if person.company is not None]
    for number, (days, state, title, lines) in enumerate(_OFFERS):
        at = now - timedelta(days=days, hours=2)
        who = employed[number * 3 % len(employed)]
        company = town.people[who].company
        assert company is not None
        given = [
            {"name": name, "quantity": quantity, "unit_price": price, "discount_percent": discount, "tax_percent": "21"}
            for name, quantity, price, discount in lines
        ]
        deal = create_deal(
            table=table, clock=FixedClock(at), workspace=workspace, deal_id=derived_id(at, "deal", "quote", str(number)),
            values={
                "title": title, "lines": given, "contact_id": town.contact_ids[who], "owner_id": owners[number % len(owners)],
                "company_id": town.company_ids[company], "expected_close": (now + timedelta(days=20)).date(),
            },
            changed_by="seed",
        )  # fmt: skip
        acting: dict[str, Any] = {
            "table": table,
            "clock": FixedClock(at + timedelta(minutes=20)),
            "workspace": workspace,
            "actor": f"member:{owners[number % len(owners)]}",
        }
        quote = service.create_quote(
            **acting, quote_id=derived_id(at, "quote", str(number)), values={"deal_id": deal.id, "terms": _TERMS}
        )
        if state is not QuoteState.DRAFT:
            _go(
                runtime, acting, quote, state, name=f"{town.people[who].first_name} {town.people[who].last_name}", at=at
            )


def _go(runtime: Runtime, acting: dict[str, Any], quote: Quote, state: QuoteState, *, name: str, at: datetime) -> None:
    """On its way to this state."""
    quote = service.submit(**acting, quote_id=quote.id)
    if quote.state is QuoteState.PENDING:
        return
    quote = service.issue(**acting, signer=runtime.signer, quote_id=quote.id)
    if state is QuoteState.ACCEPTED:
        later = FixedClock(at + timedelta(days=3))
        service.answer(table=runtime.table, clock=later, quote=quote, accept=True, name=name, ip="203.0.113.20")
