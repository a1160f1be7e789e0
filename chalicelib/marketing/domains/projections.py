"""Who changed the sending domains and the seed list."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited

PROJECTIONS: dict[str, list[Projection]] = {
    "sending_domain": [
        audited(
            "sending_domain",
            fields=("domain", "verified", "warm_up_started_on", "messages_from"),
            subject=lambda record: record.sk.rpartition("#")[2],
        )
    ],
    "seed_list": [audited("seed_list", fields=("emails",), subject=lambda record: record.workspace_id)],
}
