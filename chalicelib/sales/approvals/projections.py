"""What follows from a change of the policy: a line of the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.sales.approvals.records import PolicyRecord
from chalicelib.workspaces.audit.service import audited


def _subject(record: PolicyRecord) -> str:
    return record.workspace_id


PROJECTIONS: dict[str, list[Projection]] = {
    "approval_policy": [
        audited("approval_policy", fields=("enabled", "limits", "discount_above", "role"), subject=_subject)
    ]
}
