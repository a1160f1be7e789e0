"""The audit of templates and of the brand kit: what people change of them."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited

PROJECTIONS: dict[str, list[Projection]] = {
    "template": [
        audited(
            "template",
            fields=("name", "subject", "language", "body_format", "languages", "size"),
            subject=lambda record: record.template_id,
        )
    ],
    "brand": [audited("brand", fields=("kit",), subject=lambda record: record.workspace_id)],
}
