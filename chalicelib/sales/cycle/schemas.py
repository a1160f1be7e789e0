"""The sales cycle as the API shows it."""

from typing import Annotated, Self

from pydantic import Field

from chalicelib.customers.schemas import Reference
from chalicelib.foundation.http import Schema
from chalicelib.sales.cycle.domain import Cycle
from chalicelib.sales.forecast.schemas import Month


class SalesCycleQuery(Schema):
    """Of which pipeline (the first, if nothing is said), from which month to which (this one and the eleven before it)."""

    pipeline_id: Reference | None = None
    first: Annotated[Month | None, Field(alias="from")] = None
    last: Annotated[Month | None, Field(alias="to")] = None


class StageStayOut(Schema):
    """How deals fared in a stage: how many came, went on (or were won), went back, were lost; how many of a hundred that left for
    good went on; how long those that left had been there.
    """

    stage_id: str
    entered: int
    left_forward: int
    left_back: int
    lost: int
    conversion_percent: float | None
    median_days: float | None
    average_days: float | None


class WonCycleOut(Schema):
    """From the beginning to being won."""

    count: int
    median_days: float | None
    average_days: float | None


class SalesCycleOut(Schema):
    """The sales cycle of a pipeline."""

    pipeline_id: str
    stages: list[StageStayOut]
    won: WonCycleOut

    @classmethod
    def of(cls, pipeline_id: str, cycle: Cycle) -> Self:
        """The cycle as shown."""
        stages = [
            StageStayOut(
                stage_id=stage_id,
                entered=stay.entered,
                left_forward=stay.forward,
                left_back=stay.back,
                lost=stay.lost,
                conversion_percent=stay.conversion_percent,
                median_days=stay.median_days,
                average_days=stay.average_days,
            )
            for stage_id, stay in cycle.stages.items()
        ]
        won = WonCycleOut(
            count=cycle.won.forward, median_days=cycle.won.median_days, average_days=cycle.won.average_days
        )
        return cls(pipeline_id=pipeline_id, stages=stages, won=won)
