"""What follows from a change of the rules: who changed them."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited

PROJECTIONS: dict[str, list[Projection]] = {
    "retention": [audited("retention", fields=("days",), subject=lambda record: str(record.workspace_id))]
}
