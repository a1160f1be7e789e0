"""What of a workspace goes into the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.settings.records import WorkspaceRecord


def _subject(record: WorkspaceRecord) -> str:
    return str(record.workspace_id)


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
            subject=_subject,
        )
    ]
}
