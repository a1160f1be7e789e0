"""The demo's sales: products, exchange rates, and deals on their way through two pipelines."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals import service as deals
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.pipelines.domain import Pipeline, Stage
from chalicelib.sales.pipelines.service import change_pipeline, create_pipeline, ensure_default
from chalicelib.sales.products.service import create_product
from chalicelib.sales.rates.domain import Rate
from chalicelib.sales.rates.service import put_rates
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.customers import Town

_TITLES = (
    "Programa de fidelización",
    "Campaña de otoño",
    "Automatización de correo",
    "Rediseño web",
    "Consultoría CRM",
    "Plan de contenidos",
)
_RENEWALS = (
    Stage("aviso", "Aviso de renovación", 60, rotting_days=15),
    Stage("propuesta", "Propuesta enviada", 75, ("amount",), rotting_days=10),
    Stage("firma", "Pendiente de firma", 95, ("amount", "expected_close"), rotting_days=7),
)
_ROTTING = {"contacto": 14, "necesidades": 14, "propuesta": 10, "negociacion": 10, "acuerdo": 7}
_LOST = ("Precio", "Sin presupuesto", "Eligió a otro proveedor", "Sin respuesta", "No es el momento")
_PRODUCTS = (
    ("CONS-H", "Hora de consultoría", "95", "21"),
    ("AUTO-M", "Automatización de correo, cuota mensual", "180", "21"),
    ("WEB-B", "Sitio web básico", "2400", "21"),
    ("WEB-T", "Tienda en línea", "5900", "21"),
    ("CAMP", "Campaña de temporada", "1250.50", "21"),
    ("FID-A", "Programa de fidelización, alta", "3200", "21"),
    ("FID-M", "Programa de fidelización, cuota mensual", "240", "21"),
    ("FORM", "Jornada de formación", "690", "0"),
    ("FOTO", "Sesión de fotografía", "450", "21"),
)
_DEALS = 64


@dataclass(frozen=True)
class _Shop:
    """What deals are made with."""

    runtime: Runtime
    workspace: Workspace
    now: datetime
    town: Town
    owners: Sequence[str]
    pipelines: list[Pipeline]
    products: list[str]

    def at(self, moment: datetime) -> dict[str, Any]:
        """What a use case takes that happens then."""
        return {
            "table": self.runtime.table,
            "clock": FixedClock(moment),
            "workspace_id": self.workspace.id,
            "changed_by": "seed",
        }


def make_deals(runtime: Runtime, workspace: Workspace, now: datetime, *, town: Town, owners: Sequence[str]) -> None:
    """Sixty-four deals, new business and renewals, with their way through the stages: some won, some lost, some rotting, those on
    their way expected over the coming months. Repeated, it changes nothing.
    """
    start = now - timedelta(days=88)
    shop = _Shop(
        runtime,
        workspace,
        now,
        town,
        owners,
        _pipelines(runtime, workspace, start),
        _products(runtime, workspace, start),
    )
    _rates(runtime, workspace, start)
    for number in range(_DEALS):
        _live(shop, number)


def _pipelines(runtime: Runtime, workspace: Workspace, start: datetime) -> list[Pipeline]:
    first = ensure_default(table=runtime.table, clock=FixedClock(start), workspace=workspace)
    if first.version == 1:
        stages = [replace(stage, rotting_days=_ROTTING.get(stage.id, 14)) for stage in first.stages]
        first = change_pipeline(
            table=runtime.table, clock=FixedClock(start + timedelta(minutes=1)), workspace_id=workspace.id,
            pipeline_id=first.id, version=1, changes={"stages": stages}, in_use=lambda *_: False, changed_by="seed",
        )  # fmt: skip
    second = create_pipeline(
        table=runtime.table, clock=FixedClock(start), workspace_id=workspace.id,
        pipeline_id=derived_id(workspace.created_at, "pipeline", "renewals"), name="Renovaciones",
        stages=_RENEWALS, lost_reasons=_LOST[:3], position=1, changed_by="seed",
    )  # fmt: skip
    return [first, second]


def _products(runtime: Runtime, workspace: Workspace, start: datetime) -> list[str]:
    made = []
    for code, name, price, tax in _PRODUCTS:
        values = {"code": code, "name": name, "unit_price": Decimal(price), "tax_percent": Decimal(tax)}
        product_id = derived_id(start, "product", code)
        create_product(
            table=runtime.table, clock=FixedClock(start), workspace=workspace, product_id=product_id, values=values,
            changed_by="seed",
        )  # fmt: skip
        made.append(product_id)
    return made


def _rates(runtime: Runtime, workspace: Workspace, start: datetime) -> None:
    first = start.date().replace(day=1)
    rates = [Rate("USD", Decimal("0.92"), first), Rate("GBP", Decimal("1.17"), first)]
    try:
        put_rates(
            table=runtime.table, clock=FixedClock(start), workspace=workspace, base=workspace.currency, rates=rates,
            version=0, changed_by="seed",
        )  # fmt: skip
    except ConflictError:
        return


def _live(shop: _Shop, number: int) -> None:
    """One deal, from its beginning to where it is now."""
    chance = random.Random(f"deal {number}")  # each one's chances are its own
    pipeline = shop.pipelines[0] if number % 3 else shop.pipelines[1]
    age = 85 - number * 84 / _DEALS
    began = _cut(shop.now - timedelta(days=age, minutes=chance.randrange(60, 500)))
    fate = "open" if age < 9 else chance.choices(("open", "won", "lost"), (52, 30, 18))[0]
    deal = deals.create_deal(
        table=shop.runtime.table, clock=FixedClock(began), workspace=shop.workspace,
        deal_id=derived_id(began, "deal", str(number)), values=_values(shop, chance, pipeline, number, began, fate),
        changed_by="seed",
    )  # fmt: skip
    if deal.version > 1 or deal.status is not DealStatus.OPEN:
        return  # it has been lived before
    stages = [stage.id for stage in pipeline.stages]
    last = len(stages) - 1 if fate == "won" else chance.randrange(0 if age < 9 else 1, len(stages))
    until = shop.now - timedelta(hours=chance.randrange(1, 24 * 4))
    if fate != "open":
        until = began + (until - began) * (0.35 + 0.6 * chance.random())
    elif chance.random() < 0.45:
        until = began + (until - began) * 0.25  # nobody has looked after it since
    moments = sorted(began + (until - began) * chance.random() for _ in range(last))
    if fate == "open" and moments:
        moments[-1] = until
    for step, moment in enumerate(moments, start=1):
        deal = deals.move_deal(**shop.at(_cut(moment)), deal_id=deal.id, stage_id=stages[step], version=deal.version)
    if fate != "open":
        _close(shop, chance, deal, _cut(until), fate)


def _values(
    shop: _Shop, chance: random.Random, pipeline: Pipeline, number: int, began: datetime, fate: str
) -> dict[str, Any]:
    employed = [each for each, person in enumerate(shop.town.people) if person.company is not None]
    who = chance.choice(employed)
    company = shop.town.people[who].company
    assert company is not None
    values: dict[str, Any] = {
        "title": f"{chance.choice(_TITLES)} {began.year}" if pipeline is shop.pipelines[0] else "Renovación anual",
        "pipeline_id": pipeline.id,
        "contact_id": shop.town.contact_ids[who],
        "company_id": shop.town.company_ids[company],
        "owner_id": chance.choice(shop.owners),
    }
    expected = shop.now + timedelta(days=chance.randrange(4, 130))
    values["expected_close"] = (expected if fate == "open" else began + timedelta(days=45)).date()
    if chance.random() < 0.6:
        picked = chance.sample(shop.products, chance.choice((1, 2, 2, 3)))
        values["lines"] = [
            {
                "product_id": product,
                "quantity": Decimal(chance.choice((1, 1, 2, 6, 12))),
                "discount_percent": Decimal(chance.choice((0, 0, 0, 5, 10, 20))),
            }
            for product in picked
        ]
    else:
        values["amount"] = Decimal(chance.randrange(12, 240)) * 100
        values["currency"] = "USD" if chance.random() < 0.15 else shop.workspace.currency
    if number % 7 == 3:
        values["description"] = "Pide la propuesta por escrito, con los plazos y la forma de pago."
    return values


def _close(shop: _Shop, chance: random.Random, deal: Deal, moment: datetime, fate: str) -> None:
    status = DealStatus.WON if fate == "won" else DealStatus.LOST
    reason = (
        chance.choice(_LOST)
        if fate == "lost"
        else chance.choice(("", "Recomendación de un cliente", "Plazo de entrega"))
    )
    deals.close_deal(
        **shop.at(max(moment, deal.updated_at)), deal_id=deal.id, version=deal.version, status=status, reason=reason
    )


def _cut(moment: datetime) -> datetime:
    """The instant to the millisecond, as it is kept."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
