"""Reading what is counted of a campaign's results."""

from chalicelib.foundation.projection import MetricRecord, metric_key
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.results.domain import Figures, results_metric


def figures(table: Table, workspace_id: str, campaign_id: str) -> Figures:
    """All numbers of a campaign's results, as far as they are projected: some hundreds of items at most."""
    pk = metric_key(workspace_id, results_metric(campaign_id), "-", "-").pk
    counts: dict[str, dict[str, int]] = {}
    for record in table.query_all(MetricRecord, pk):
        counts.setdefault(record.day, {})[record.dimension] = int(record.value)
    return Figures(counts)


def group(table: Table, campaign: Campaign, name: str) -> dict[str, int]:
    """What is counted of one variant (``v0``, ``rest``)."""
    pk = metric_key(campaign.workspace_id, f"campaign.{campaign.id}.{name}", "-", "-").pk
    return {record.dimension: int(record.value) for record in table.query_all(MetricRecord, pk)}
