"""The demo's deals, in two pipelines."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals.service import create_deal
from chalicelib.sales.pipelines.domain import Stage
from chalicelib.sales.pipelines.service import create_pipeline, ensure_default
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.customers import Town

_TITLES = (
    "Programa de fidelización",
    "Campaña de otoño",
    "Automatización de correo",
    "Rediseño web",
    "Consultoría CRM",
)
_RENEWALS = (
    Stage("aviso", "Aviso de renovación", 60),
    Stage("propuesta", "Propuesta enviada", 75),
    Stage("firma", "Pendiente de firma", 95),
)


def make_deals(runtime: Runtime, workspace: Workspace, now: datetime, *, town: Town, owners: Sequence[str]) -> None:
    """Thirty-six deals: new business and renewals, some won, some lost."""
    chance = random.Random("deals")
    start = now - timedelta(days=88)
    pipelines = [
        ensure_default(table=runtime.table, clock=FixedClock(start), workspace=workspace),
        create_pipeline(
            table=runtime.table, clock=FixedClock(start), workspace_id=workspace.id,
            pipeline_id=derived_id(workspace.created_at, "pipeline", "renewals"), name="Renovaciones",
            stages=_RENEWALS, changed_by="seed",
        ),
    ]  # fmt: skip
    employed = [number for number, person in enumerate(town.people) if person.company is not None]
    for number in range(36):
        pipeline = pipelines[0] if number % 3 else pipelines[1]
        who = chance.choice(employed)
        company = town.people[who].company
        assert company is not None
        at = now - timedelta(days=85 - number * 2.3, minutes=chance.randrange(500))
        values = {
            "title": f"{chance.choice(_TITLES)} {at.year}" if number % 3 else "Renovación anual",
            "amount": Decimal(chance.randrange(12, 240)) * 100,
            "pipeline_id": pipeline.id,
            "stage_id": chance.choice(pipeline.stages).id,
            "contact_id": town.contact_ids[who],
            "company_id": town.company_ids[company],
            "owner_id": chance.choice(owners),
            "expected_close": (at + timedelta(days=chance.randrange(20, 90))).date(),
            "status": chance.choices(("open", "won", "lost"), (60, 25, 15))[0],
        }
        create_deal(
            table=runtime.table, clock=FixedClock(at), workspace=workspace, deal_id=derived_id(at, "deal", str(number)),
            values=values, changed_by="seed",
        )  # fmt: skip
