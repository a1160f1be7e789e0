"""Who changed the topics."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited

PROJECTIONS: dict[str, list[Projection]] = {
    "preference_topics": [audited("preference_topics", fields=("topics",), subject=lambda record: record.workspace_id)],
}
