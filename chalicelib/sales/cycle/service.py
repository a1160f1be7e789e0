"""Reading the sales cycle from the sums that the projector keeps."""

from chalicelib.foundation.table import Table
from chalicelib.sales import rollups
from chalicelib.sales.cycle.domain import Cycle, Stay
from chalicelib.sales.pipelines.domain import Pipeline


def get_cycle(*, table: Table, pipeline: Pipeline, first: str, last: str) -> Cycle:
    """How deals fared in a pipeline in the months from ``first`` to ``last`` (``2026-11``). Steps out of removed stages count for
    the stage in their place. What it reads does not grow with the number of deals.
    """
    cycle = Cycle({stage.id: Stay() for stage in pipeline.stages}, Stay())
    metric = rollups.cycle_metric(pipeline.id)
    for each in rollups.sums(table, pipeline.workspace_id, metric, first=first, last=last):
        stage_id, what = each.parts
        stage = pipeline.find(stage_id)
        if stage_id == rollups.WON:
            cycle.won.count(what, each.value)
        elif stage is not None:
            cycle.stages[stage.id].count(what, each.value)
    return cycle
