"""What of members goes into the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.members.records import MemberRecord


def _subject(record: MemberRecord) -> str:
    return str(record.user_id)


PROJECTIONS: dict[str, list[Projection]] = {
    "member": [audited("member", fields=("email", "name", "role", "language"), subject=_subject)]
}
