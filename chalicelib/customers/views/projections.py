"""What follows from a change of a saved view."""

from chalicelib.customers.views.records import ViewRecord
from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited


def _subject(record: ViewRecord) -> str:
    return record.view_id


PROJECTIONS: dict[str, list[Projection]] = {
    "view": [audited("view", fields=("name", "filter", "sort", "columns", "shared", "pinned"), subject=_subject)]
}
