"""What of workspaces, members and API keys goes into the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited

PROJECTIONS: dict[str, list[Projection]] = {
    "workspace": [
        audited(
            "workspace",
            fields=(
                "name",
                "language",
                "time_zone",
                "currency",
                "postal_address",
                "sender_name",
                "sender_email",
                "shards",
            ),
            subject=lambda record: str(record.workspace_id),
        )
    ],
    "member": [
        audited("member", fields=("email", "name", "role", "language"), subject=lambda record: str(record.user_id))
    ],
    "api_key": [
        audited("api_key", fields=("name", "prefix", "scopes", "valid_until"), subject=lambda record: str(record.id))
    ],
}
